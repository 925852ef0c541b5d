"""Counts as pictures: horizontal bars with their numbers, and small columns for long tails and time."""

import locale
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from mftui.app.widgets.rows import fit

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HEIGHTS = " ▁▂▃▄▅▆▇█"


def plain_terminal() -> bool:
    """Whether the terminal's encoding has no block characters."""
    return "utf" not in locale.getpreferredencoding(False).lower()


@dataclass(frozen=True)
class Bar:
    """One bar: what it is, how long, and the words after it."""

    label: str
    value: float
    figures: tuple[str, ...]
    """Printed after the bar in right-aligned columns: a count and a share, an error…"""
    strong: bool = False
    """The bar that the others are compared with."""


def counted(counts: Sequence[tuple[str, int]]) -> list[Bar]:
    """Bars of counts, each with its number and its share of all."""
    total = sum(count for _, count in counts) or 1
    return [Bar(label, count, (f"{count:,}", f"{count / total:.1%}")) for label, count in counts]


class Bars(Widget):
    """Horizontal bars from zero, a line each; the longest takes all the room there is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"bars--bar", "bars--strong", "bars--label", "bars--figure"}

    DEFAULT_CSS = """
    Bars { height: auto; }
    Bars > .bars--bar { color: $primary; }
    Bars > .bars--strong { color: $accent; text-style: bold; }
    Bars > .bars--label { color: $text-muted; }
    Bars > .bars--figure { color: $foreground; }
    """

    bars: reactive[tuple[Bar, ...]] = reactive((), layout=True)
    headings: tuple[str, ...] = ()
    """What the figures are; a line above the bars, where there are any."""

    def __init__(self, *, headings: tuple[str, ...] = (), plain: bool = False, id: str | None = None) -> None:
        """`headings` name the figures; `plain` draws in ASCII."""
        super().__init__(id=id)
        self.headings = headings
        self.plain = plain or plain_terminal()

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """A line for each bar, and one for the headings."""
        return len(self.bars) + bool(self.headings and self.bars)

    def render_line(self, y: int) -> Strip:
        """The headings, or one bar with its label and figures."""
        width, row = self.size.width, y - bool(self.headings)
        if row >= len(self.bars) or not self.bars:
            return Strip.blank(width, self.rich_style)
        label_width = max(cell_len(bar.label) for bar in self.bars)
        rows = [bar.figures for bar in self.bars] + ([self.headings] if self.headings else [])
        columns = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]

        def aligned(figures: tuple[str, ...]) -> str:
            return "".join("  " + fit(text, cells, right=True) for text, cells in zip(figures, columns, strict=True))

        room = max(0, width - label_width - 1 - sum(columns) - 2 * len(columns))
        if row < 0:
            text = " " * (label_width + 1 + room) + aligned(self.headings)
            return Strip([Segment(text, self._style("label"))]).adjust_cell_length(width, self.rich_style)
        bar = self.bars[row]
        longest = max(b.value for b in self.bars) or 1.0
        return Strip(
            [
                Segment(fit(bar.label, label_width) + " ", self._style("label")),
                Segment(
                    horizontal(bar.value / longest, room, self.plain), self._style("strong" if bar.strong else "bar")
                ),
                Segment(aligned(bar.figures), self._style("strong" if bar.strong else "figure")),
            ]
        ).adjust_cell_length(width, self.rich_style)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"bars--{name}")


class Columns(Widget):
    """Values side by side as narrow columns, as many as there are cells, with what the two ends are below."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"columns--column", "columns--end"}

    DEFAULT_CSS = """
    Columns { height: 4; }
    Columns > .columns--column { color: $primary; }
    Columns > .columns--end { color: $text-muted; }
    """

    values: reactive[tuple[float, ...]] = reactive(())
    ends: reactive[tuple[str, str]] = reactive(("", ""))
    """What stands below the first and the last column."""

    def __init__(self, *, plain: bool = False, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.plain = plain or plain_terminal()

    def render_line(self, y: int) -> Strip:
        """A line of columns; the last line names the ends."""
        width, levels = self.size.width, self.size.height - 1
        if y == levels:
            left, right = self.ends
            text = fit(left, width - cell_len(right)) + right if cell_len(right) < width else fit(left, width)
            return Strip([Segment(text, self.get_component_rich_style("columns--end"))]).adjust_cell_length(width)
        columns = resampled(self.values, width)
        top = max(columns, default=0.0) or 1.0
        text = "".join(vertical(value / top, levels, levels - 1 - y, self.plain) for value in columns)
        return Strip([Segment(text, self.get_component_rich_style("columns--column"))]).adjust_cell_length(width)


def horizontal(share: float, width: int, plain: bool = False) -> str:
    """A bar over `share` (0 to 1) of so many cells, in eighths of a cell; whatever is not zero shows."""
    eighths = round(max(0.0, min(share, 1.0)) * width * 8)
    if share > 0 and width:
        eighths = max(eighths, 1)
    if plain:
        return ("#" * max(round(eighths / 8), int(share > 0))).ljust(width)[:width]
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def vertical(share: float, levels: int, level: int, plain: bool = False) -> str:
    """What a column of `share` (0 to 1) of so many lines shows in one of them, counted from the bottom."""
    eighths = round(max(0.0, min(share, 1.0)) * levels * 8)
    if share > 0:
        eighths = max(eighths, 1)
    here = max(0, min(eighths - level * 8, 8))
    if plain:
        return "#" if here >= 4 or (here and level == 0) else " "
    return _HEIGHTS[here]


def resampled(values: Sequence[float], width: int) -> list[float]:
    """The values as exactly so many columns: means where there are more, repeated where there are fewer."""
    n = len(values)
    if not n or width <= 0:
        return []
    if n <= width:
        return [float(values[column * n // width]) for column in range(width)]
    edges = [column * n // width for column in range(width + 1)]
    return [sum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
