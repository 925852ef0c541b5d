"""A line chart in the terminal that redraws only the rows that changed: over a slow link every byte counts."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from mftui.app.widgets.axes import Axis, axis_over, labels, on_rows
from mftui.app.widgets.braille import ASCII, Canvas, Dots, dots_of_terminal
from mftui.app.widgets.trace import Trace

_DASHES = ((1, 0), (4, 2), (1, 1))
"""How the lines of the first, second and third series are broken, so that they differ without colour."""
_BRAILLE_LINES = ("──", "╌╌", "┈┈")
_ASCII_LINES = ("**", "oo", "++")
_AXIS, _TEXT, _MARK, _CURSOR = 11, 12, 13, 14
_FIRST_SETTLED = 0.25
"""The share of the points that may leave a linear chart at the top, because what comes later is what matters."""
_HEADROOM = 1.6
"""How much higher a linear chart reaches than those later values."""
_KEPT = 0.8
"""The share of the height that the curves must fill for the axis to stay."""


@dataclass(frozen=True)
class Mark:
    """A place worth a sign: the best value of a series."""

    x: int
    y: float
    label: str


class Chart(Widget):
    """Draws its `traces` when told to by `draw()`."""

    DEFAULT_CSS = """
    Chart {
        height: 1fr;
        min-height: 6;
        .chart--axis { color: $foreground 40%; }
        .chart--text { color: $foreground 65%; }
        .chart--first { color: $primary; }
        .chart--second { color: $accent; }
        .chart--third { color: $secondary; }
        .chart--mark { color: $success; text-style: bold; }
        .chart--cursor { color: $foreground; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chart--axis", "chart--text", "chart--first", "chart--second", "chart--third", "chart--mark", "chart--cursor",
    }  # fmt: skip
    _STYLES = {
        0: "chart--axis", 1: "chart--first", 2: "chart--second", 3: "chart--third",
        _AXIS: "chart--axis", _TEXT: "chart--text", _MARK: "chart--mark", _CURSOR: "chart--cursor",
    }  # fmt: skip

    def __init__(self, *traces: Trace, x_name: str, dots: Dots | None = None, id: str | None = None) -> None:
        """A chart of up to three traces over the same x.

        Args:
            traces: what to draw, in the order of the legend.
            x_name: what x counts, in the singular: "epoch".
            dots: what to draw with; what suits the terminal, if not given.
            id: the widget's id.
        """
        super().__init__(id=id)
        self.traces = traces
        self.x_name = x_name
        self.x_most = 1
        """How far x may go at most; the axis grows towards it as the traces do."""
        self.mark: Mark | None = None
        self.log_scale = False
        self.cursor: int | None = None
        self._dots = dots or dots_of_terminal()
        self._strips: list[Strip] = []
        self._margin = 5
        self._axis: Axis | None = None
        self._axis_rows = 0

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new size."""
        self.draw()

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        super().notify_style_update()
        self._strips = []
        if self.is_mounted:
            self.draw()

    def render_line(self, y: int) -> Strip:
        """A row, as it was drawn last."""
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

    def move_cursor(self, columns: int) -> None:
        """Move the cursor by so many columns, by one x at least; the first time it comes up at the right end."""
        if not (longest := self._longest()).xs:
            return
        step = max(1, round(self._x_axis_end() / max(self._plot_width() - 1, 1)))
        if self.cursor is None:
            self.cursor = longest.xs[-1]
        else:
            self.cursor = min(max(self.cursor + columns * step, longest.xs[0]), longest.xs[-1])
        self.draw()

    def draw(self) -> None:
        """Draw all traces; only rows that differ from what is on the screen are sent."""
        width, height = self.size
        if width < 20 or height < 5:
            return
        old, self._strips = self._strips, self._rows(width, height)
        if len(old) != len(self._strips):
            self.refresh()
            return
        changed = [y for y, (before, after) in enumerate(zip(old, self._strips, strict=True)) if before != after]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    # How the rows come about: a legend, the plot with labels at its left, the axis, its labels.

    def _rows(self, width: int, height: int) -> list[Strip]:
        plot_rows = height - 3
        axis = self._y_axis(plot_rows)
        ticks = axis.ticks(max(2, plot_rows // 2))
        row_of = {
            round((1 - axis.place(t)) * (plot_rows - 1)): label for t, label in zip(ticks, labels(ticks), strict=True)
        }
        margin = max([5, *(len(label) for label in row_of.values())])
        self._margin = margin
        columns = width - margin - 3
        canvas = Canvas(columns, plot_rows, self._dots)
        for pen, trace in enumerate(self.traces, 1):
            self._draw_trace(canvas, trace, axis, pen)
        texts = self._texts(canvas, axis)
        rows = [self._strip(self._legend(width), width)]
        for row in range(plot_rows):
            label = row_of.get(row, "")
            runs = [(f"{label:>{margin}} ", _TEXT), ("┤" if label else "│", _AXIS)]
            rows.append(self._strip(runs + _overlaid(list(canvas.row(row)), texts.get(row, [])), width))
        return rows + self._x_axis_rows(margin, columns, width)

    def _draw_trace(self, canvas: Canvas, trace: Trace, axis: Axis, pen: int) -> None:
        spans = sorted(trace.spans(1, self._x_axis_end(), canvas.width).items())
        dash = _DASHES[(pen - 1) % len(_DASHES)]

        def down(value: float) -> int:
            return round((1 - axis.place(value)) * (canvas.height - 1))

        for column, span in spans:
            canvas.line((column, down(span.high)), (column, down(span.low)), pen, dash)
        for (before, left), (column, right) in pairwise(spans):
            if right.joined:
                canvas.line((before, down(left.last)), (column, down(right.first)), pen, dash)

    def _texts(self, canvas: Canvas, axis: Axis) -> dict[int, list[tuple[int, str, int]]]:
        """What is written over the plot, by row: column, text and pen."""
        texts: dict[int, list[tuple[int, str, int]]] = {}
        end = self._x_axis_end()

        def column_of(x: int) -> int:
            return round((x - 1) * (canvas.columns - 1) / max(end - 1, 1))

        if self.cursor is not None:
            for row in range(canvas.rows):
                texts.setdefault(row, []).append((column_of(self.cursor), "┊", _CURSOR))
        highest = max((s.high for t in self.traces for s in t.spans(1, end, canvas.width).values()), default=axis.high)
        if highest > axis.high:
            column = next(
                c for t in self.traces for c, s in sorted(t.spans(1, end, canvas.width).items()) if s.low < axis.high
            )
            texts.setdefault(0, []).append((column // canvas.dots.across + 1, f" ↑ {highest:.4g}", _TEXT))
        if self.mark is not None and axis.low <= self.mark.y <= axis.high:
            row = round((1 - axis.place(self.mark.y)) * (canvas.rows - 1))
            column = column_of(self.mark.x)
            texts.setdefault(row, []).append((column, "◆", _MARK))
            left = min(max(column - len(self.mark.label) // 2, 0), canvas.columns - len(self.mark.label))
            right = left + len(self.mark.label)
            near = [r for r in (row + away * side for away in range(1, 6) for side in (-1, 1)) if 0 <= r < canvas.rows]
            free = [r for r in near if canvas.is_empty(r, left - 1, right + 1)]
            if left >= 0 and free:
                texts.setdefault(free[0], []).append((left, self.mark.label, _MARK))
        return texts

    def _legend(self, width: int) -> list[tuple[str, int]]:
        """The newest values, or those under the cursor; explanations in brackets go first where it gets narrow."""
        whole = self._legend_of([trace.name for trace in self.traces])
        if sum(len(text) for text, _ in whole) <= width:
            return whole
        return self._legend_of([trace.name.partition(" (")[0] for trace in self.traces])

    def _legend_of(self, names: list[str]) -> list[tuple[str, int]]:
        lines = _ASCII_LINES if self._dots is ASCII else _BRAILLE_LINES
        runs = [(f" {self.x_name} {self.cursor:,} ", _CURSOR)] if self.cursor is not None else []
        for pen, (trace, name) in enumerate(zip(self.traces, names, strict=True), 1):
            value = trace.last() if self.cursor is None else trace.at(self.cursor)
            if trace.xs and any(y is not None for y in (trace.ys[0], trace.last(), value)):
                shown = "-" if value is None else f"{value:.4f}"
                space = "  " if runs else " "
                runs += [(space + lines[pen - 1], pen), (f" {name} ", _TEXT), (shown, _CURSOR)]
        return runs

    def _x_axis_rows(self, margin: int, columns: int, width: int) -> list[Strip]:
        end = self._x_axis_end()
        ticks = [t for t in Axis(1, max(end, 2)).ticks(max(2, columns // 9)) if t == int(t)]
        ticks = [1.0, *(t for t in ticks if t > max(1, end * 0.04))]
        line, text = list("─" * columns), [" "] * (columns + margin + 2)
        for tick, label in zip(ticks, labels(ticks), strict=True):
            column = round((tick - 1) * (columns - 1) / max(end - 1, 1))
            line[column] = "┬"
            left = min(margin + 2 + column - len(label) // 2, len(text) - len(label))
            text[left : left + len(label)] = label
        written = "".join(text)
        if written[-len(self.x_name) - 2 :].isspace():
            written = written[: -len(self.x_name)] + self.x_name
        axis = self._strip([(" " * (margin + 1), _TEXT), ("└" + "".join(line), _AXIS)], width)
        return [axis, self._strip([(written, _TEXT)], width)]

    def _strip(self, runs: list[tuple[str, int]], width: int) -> Strip:
        style = {pen: self.get_component_rich_style(name) for pen, name in self._STYLES.items()}
        segments = [Segment(text, style[pen]) for text, pen in runs if text]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    # Which part of the values is shown.

    def _longest(self) -> Trace:
        return max(self.traces, key=lambda trace: len(trace.xs))

    def _plot_width(self) -> int:
        return self.size.width - self._margin - 3

    def _x_axis_end(self) -> int:
        """Where the x axis ends: it grows in leaps, so that the curve fills the chart and yet seldom moves."""
        newest = self._longest().xs[-1] if self._longest().xs else 1
        end = 10
        while end < newest:
            end = end * 5 // 2 if str(end).startswith("2") else end * 2
        return max(min(end, self.x_most), newest, 2)

    def _y_axis(self, rows: int) -> Axis:
        """The axis that was there before as long as it suits: one that moved at every epoch would redraw every row."""
        needed, old = axis_over(self._shown_values(), self.log_scale), self._axis
        fresh = on_rows(needed, rows)
        if old and old.log == fresh.log and rows == self._axis_rows:
            holds = old.place(needed.low) >= -0.04 and old.place(needed.high) <= 1.04
            if holds and old.place(fresh.high) - old.place(fresh.low) >= _KEPT:
                return old
        self._axis, self._axis_rows = fresh, rows
        return fresh

    def _shown_values(self) -> list[float]:
        """Everything on a log axis; on a linear one the first steep fall may leave at the top."""
        end, columns = self._x_axis_end(), self._plot_width() * self._dots.across
        spans = [sorted(trace.spans(1, end, columns).items()) for trace in self.traces]
        values = [v for found in spans for _, span in found for v in (span.low, span.high)]
        newest = self._longest().xs[-1] if self._longest().xs else 0
        settled = _FIRST_SETTLED * newest / end * columns
        late = [v for found in spans for column, span in found if column >= settled for v in (span.low, span.high)]
        if self.log_scale or newest < 8 or not late:
            return values
        top = max(min(values) + _HEADROOM * (max(late) - min(values)), max(late))
        return [min(v, top) for v in values]


def _overlaid(runs: list[tuple[str, int]], texts: list[tuple[int, str, int]]) -> list[tuple[str, int]]:
    """The runs of a row with texts written over them."""
    cells = [(character, pen) for text, pen in runs for character in text]
    for column, text, pen in texts:
        for offset, character in enumerate(text):
            if 0 <= column + offset < len(cells):
                cells[column + offset] = (character, pen)
    merged: list[tuple[str, int]] = []
    for character, pen in cells:
        if merged and merged[-1][1] == pen:
            merged[-1] = (merged[-1][0] + character, pen)
        else:
            merged.append((character, pen))
    return merged
