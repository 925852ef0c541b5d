"""A growing series of values, kept so that drawing ten thousand points costs as much as drawing a hundred."""

import math
from array import array
from dataclasses import dataclass
from itertools import repeat

_FAR = 1_000_000
"""So many points are never left out."""
_NOWHERE = range(0), 0
"""The axis of spans that are not taken yet."""


@dataclass(slots=True)
class Span:
    """What a series does within one column of dots: where it comes in, how far it reaches, where it goes out."""

    first: float
    low: float
    high: float
    last: float
    joined: bool
    """Whether a line leads here from the column before; not after a gap."""


class Trace:
    """Values over a whole-numbered x, such as a loss by epoch: eight bytes a point."""

    def __init__(self, name: str) -> None:
        """Start empty; the name is for the legend."""
        self.name = name
        self.cleared = 0
        """How often it was begun anew, for those who follow it."""
        self.clear()

    def clear(self) -> None:
        """Forget all points."""
        self.cleared += 1
        self.ys = array("d")
        """The values from the first x on, one for each x; NaN is a gap."""
        self.has_values = False
        """Whether there is a point that is no gap."""
        self._first = 1
        self._spans: dict[int, Span] = {}
        self._scale = _NOWHERE
        self._begun = 0
        """Where the newest column begins."""

    @property
    def xs(self) -> range:
        """The x of each value."""
        return range(self._first, self._first + len(self.ys))

    def append(self, x: int, y: float | None) -> None:
        """Add a point to the right of all others; None is a gap, and so is every x that was left out.

        Only a damaged file tells points in another order: one that comes late is put in its place, and one that lies
        far off is passed over.
        """
        if not self.ys:
            self._first = x
        ahead = x - self.xs.stop
        if x < self._first or ahead > _FAR:
            return
        self.ys.extend(repeat(math.nan, ahead + 1))
        self.ys[x - self._first] = math.nan if y is None else y
        self.has_values = self.has_values or y is not None
        if ahead < 0:
            self._scale = _NOWHERE

    def at(self, x: int) -> float | None:
        """The value at x; None where there is none."""
        return _known(self.ys[x - self._first]) if x in self.xs else None

    def last(self) -> float | None:
        """The newest value; None where it is a gap."""
        return _known(self.ys[-1]) if self.ys else None

    def spans(self, shown: range, columns: int) -> dict[int, Span]:
        """The spans by column, left to right, of the points whose x is shown, on an axis that holds just these x.

        A call costs what was added since the last on the same axis; on another axis a pass over the points in C.
        """
        if self._scale != (shown, columns):
            self._scale, self._spans, self._begun = (shown, columns), {}, max(shown.start - self._first, 0)
        low, steps, across = shown.start, max(len(shown) - 1, 1), max(columns - 1, 1)
        index, end = self._begun, min(len(self.ys), shown.stop - self._first)
        while index < end:
            self._begun = index  # there may be more points to come in this column
            # The column of x is (x - low) * across / steps, rounded.
            column = (2 * (self._first + index - low) * across + steps) // (2 * steps)
            beyond = low - (-(2 * column + 1) * steps // (2 * across)) - self._first
            values = [y for y in self.ys[index : min(beyond, end)] if y == y]
            if values:
                joined = index > 0 and not math.isnan(self.ys[index - 1] + self.ys[index])
                self._spans[column] = Span(values[0], min(values), max(values), values[-1], joined)
            index = beyond
        return self._spans


def _known(y: float) -> float | None:
    return None if math.isnan(y) else y
