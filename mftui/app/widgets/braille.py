"""A canvas of dots finer than the terminal's cells: Braille, or blocks or letters where a terminal lacks it."""

import locale
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Dots:
    """How dots become characters: so many across and down each cell, and a character for each combination."""

    across: int
    down: int
    characters: str
    """By the bits of a cell, counted row by row; a space for none."""


def _braille() -> str:
    """Braille's bits run down the columns; ours run along the rows."""
    weights = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
    patterns = (sum(w for i, w in enumerate(weights) if bits >> i & 1) for bits in range(256))
    return " " + "".join(chr(0x2800 + pattern) for pattern in patterns)[1:]


BRAILLE = Dots(2, 4, _braille())
BLOCKS = Dots(1, 2, " ▀▄█")
ASCII = Dots(1, 1, " *")
_LETTERS = " *o+xabcdef..."
"""What a pen draws with where there are letters only."""


def dots_of_terminal() -> Dots:
    """The finest dots that this terminal is likely to show."""
    encoding = locale.getpreferredencoding(False).lower().replace("-", "")
    if encoding != "utf8":
        return ASCII
    return BLOCKS if os.environ.get("TERM") == "linux" else BRAILLE


class Canvas:
    """Dots drawn by pens numbered from 1; a cell takes the colour of the pen that drew there last."""

    def __init__(self, columns: int, rows: int, dots: Dots = BRAILLE) -> None:
        """Make an empty canvas of so many cells."""
        self.columns, self.rows, self.dots = columns, rows, dots
        self.width, self.height = columns * dots.across, rows * dots.down
        self._bits = bytearray(columns * rows)
        self._pens = bytearray(columns * rows)

    def line(self, start: tuple[int, int], end: tuple[int, int], pen: int, dash: str = "#") -> None:
        """Draw a line from left to right, both ends included; (0, 0) is the upper left corner.

        A dash says by columns of dots what is drawn and what is left out, over and over: `##..`. It depends on the
        place alone, so that a line that grows does not crawl. Letters differ by pen and are never dashed. What lies
        outside is not drawn.
        """
        (x, y), (x_end, y_end) = start, end
        y, y_end = _clipped(y, self.height), _clipped(y_end, self.height)
        wide, deep = x_end - x, y_end - y
        steps = max(wide, abs(deep), 1)
        for column in range(x, x_end + 1):
            if self.dots is ASCII or dash[column % len(dash)] == "#":
                first = -(-(column - x) * steps // wide) if wide else 0
                last = -(-(column + 1 - x) * steps // wide) - 1 if column < x_end else steps
                self._stroke(column, round(y + deep * first / steps), round(y + deep * last / steps), pen)

    def _stroke(self, x: int, start: int, end: int, pen: int) -> None:
        """Draw dots one below the other, a cell at a time."""
        if not 0 <= x < self.width:
            return
        top, bottom, down = max(min(start, end), 0), min(max(start, end), self.height - 1), self.dots.down
        column, right = divmod(x, self.dots.across)
        for row in range(top // down, bottom // down + 1):
            cell = row * self.columns + column
            first, last = max(top - row * down, 0), min(bottom - row * down, down - 1)
            self._bits[cell] |= _stroke(self.dots.across, right, first, last)
            self._pens[cell] = pen

    def scatter(
        self, xs: "NDArray[np.integer[Any]]", ys: "NDArray[np.integer[Any]]", pen: "int | NDArray[np.uint8]"
    ) -> None:
        """Draw many dots at once, `[n]` each, by one pen or a pen each; a cell that they touch holds them alone."""
        import numpy as np

        across, down = self.dots.across, self.dots.down
        inside = (xs >= 0) & (xs < self.width) & (ys >= 0) & (ys < self.height)
        drawn = np.zeros(self.height * self.width, np.bool_)
        drawn[(ys * self.width + xs)[inside]] = True
        weights = (1 << np.arange(across * down, dtype=np.uint8)).reshape(1, down, 1, across)
        cells = (drawn.reshape(self.rows, down, self.columns, across) * weights).sum((1, 3), dtype=np.uint8).ravel()
        touched = cells > 0
        np.frombuffer(self._bits, np.uint8)[touched] = cells[touched]
        pens = np.frombuffer(self._pens, np.uint8)
        if isinstance(pen, int):
            pens[touched] = pen
        else:
            pens[(ys // down * self.columns + xs // across)[inside]] = pen[inside]

    def is_empty(self, row: int, left: int, right: int) -> bool:
        """Whether nothing is drawn in the cells of a row from `left` up to `right`."""
        return not any(self._bits[row * self.columns + max(left, 0) : row * self.columns + min(right, self.columns)])

    def row(self, row: int) -> Iterator[tuple[str, int]]:
        """The runs of one row of cells, each a text and the pen of all its characters."""
        cells = slice(row * self.columns, (row + 1) * self.columns)
        text, at = "".join(map(self.dots.characters.__getitem__, self._bits[cells])), 0
        for pen, run in groupby(self._pens[cells]):
            length = sum(1 for _ in run)
            letters = _LETTERS[pen % len(_LETTERS)] * length
            yield (letters if self.dots is ASCII else text[at : at + length]), pen
            at += length


@cache
def _stroke(across: int, right: int, first: int, last: int) -> int:
    """The bits of one column of dots in a cell, from its first row to its last."""
    return sum(1 << (row * across + right) for row in range(first, last + 1))


def _clipped(y: int, height: int) -> int:
    """A little outside at most: a line that leaves the canvas must not cost more than one that stays."""
    return min(max(y, -height), 2 * height)
