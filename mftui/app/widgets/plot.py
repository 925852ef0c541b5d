"""The rows of a chart below its legend: the curves with labels at their left, the axis. Text and pens, no widgets."""

from dataclasses import dataclass
from itertools import pairwise

from mftui.app.widgets.axes import Axis, labels
from mftui.app.widgets.braille import Canvas, Dots
from mftui.app.widgets.pens import AXIS, CURSOR, MARK, PENS, TEXT
from mftui.app.widgets.trace import Span, Trace

Runs = list[tuple[str, int]]
"""A row: texts, each with its pen."""
MARGIN = 5
"""Cells for the labels of the y axis, at least."""
_APART = 9
"""Cells from one label of the x axis to the next, about."""


@dataclass(frozen=True)
class Mark:
    """A place worth a sign: the best value of a series."""

    x: int
    y: float
    label: str


@dataclass(frozen=True)
class Curve:
    """A trace and the pen that draws it."""

    trace: Trace
    pen: int
    letter: str = ""
    """What it goes by, written where it ends."""


@dataclass(frozen=True)
class Plot:
    """What is drawn between the legend and the labels of the x axis."""

    curves: list[Curve]
    """In the order in which they are drawn: the last lies on top."""
    axis: Axis
    shown: range
    """The x that there is room for, two at least."""
    dots: Dots
    mark: Mark | None = None
    cursor: int | None = None

    def rows(self, width: int, height: int, x_name: str) -> list[Runs]:
        """So many rows of so many cells, the axis and its labels included."""
        plot_rows = height - 2
        # Those of a log axis lie unevenly, some of them on neighbouring rows.
        ticks = self.axis.ticks(max(3, plot_rows * 2 // 3 if self.axis.log else plot_rows // 2))
        label_at = {
            round((1 - self.axis.place(t)) * (plot_rows - 1)): label
            for t, label in zip(ticks, labels(ticks), strict=True)
            if any(curve.trace.has_values for curve in self.curves)  # before that, any label would be made up
        }
        margin = max([MARGIN, *(len(label) for label in label_at.values())])
        canvas = Canvas(width - margin - 3, plot_rows, self.dots)
        for curve in self.curves:
            self._draw(canvas, curve)
        texts = self._texts(canvas)
        rows = []
        for row in range(plot_rows):
            label = label_at.get(row, "")
            runs = [(f"{label:>{margin}} ", TEXT), ("┤" if label else "│", AXIS)]
            rows.append(runs + _overlaid(list(canvas.row(row)), texts.get(row, [])))
        return rows + self._x_axis(margin, canvas.columns, x_name)

    def _draw(self, canvas: Canvas, curve: Curve) -> None:
        spans, dash = self._spans(canvas, curve), PENS[curve.pen].dash
        for column, span in spans:
            top, bottom = self._down(canvas, span.high), self._down(canvas, span.low)
            canvas.line((column, top), (column, bottom), curve.pen, dash)
        for (before, left), (column, right) in pairwise(spans):
            if right.joined:
                start, stop = self._down(canvas, left.last), self._down(canvas, right.first)
                canvas.line((before, start), (column, stop), curve.pen, dash)

    def _spans(self, canvas: Canvas, curve: Curve) -> list[tuple[int, Span]]:
        return list(curve.trace.spans(self.shown, canvas.width).items())

    def _down(self, canvas: Canvas, value: float) -> int:
        return round((1 - self.axis.place(value)) * (canvas.height - 1))

    # What is written over the plot, by row: column, text and pen.

    def _texts(self, canvas: Canvas) -> dict[int, list[tuple[int, str, int]]]:
        texts: dict[int, list[tuple[int, str, int]]] = {}
        if self.cursor is not None and self.cursor in self.shown:
            for row in range(canvas.rows):
                texts.setdefault(row, []).append((self._column(canvas, self.cursor), "┊", CURSOR))
        for curve in self.curves:
            spans = self._spans(canvas, curve)
            if curve.letter and spans and self.axis.low <= spans[-1][1].last <= self.axis.high:
                column, span = spans[-1]
                place = min(column // self.dots.across + 1, canvas.columns - 1)
                texts.setdefault(self._row(canvas, span.last), []).append((place, curve.letter, curve.pen))
        spans = [found for curve in self.curves for found in self._spans(canvas, curve)]
        spans.sort(key=lambda found: found[0])
        if (highest := max((span.high for _, span in spans), default=self.axis.high)) > self.axis.high:
            column = next((column for column, span in spans if span.low < self.axis.high), 0)
            texts.setdefault(0, []).append((column // self.dots.across + 1, f" ↑ {highest:.4g}", TEXT))
        if self.mark is not None and self.mark.x in self.shown and self.axis.low <= self.mark.y <= self.axis.high:
            self._write_mark(canvas, self.mark, texts)
        return texts

    def _write_mark(self, canvas: Canvas, mark: Mark, texts: dict[int, list[tuple[int, str, int]]]) -> None:
        """The sign, and its label on the nearest free row."""
        row, column = self._row(canvas, mark.y), self._column(canvas, mark.x)
        texts.setdefault(row, []).append((column, "◆", MARK))
        left = min(max(column - len(mark.label) // 2, 0), canvas.columns - len(mark.label))
        right = left + len(mark.label)
        near = [r for r in (row + away * side for away in range(1, 6) for side in (-1, 1)) if 0 <= r < canvas.rows]
        free = [r for r in near if canvas.is_empty(r, left - 1, right + 1)]
        if left >= 0 and free:
            texts.setdefault(free[0], []).append((left, mark.label, MARK))

    def _column(self, canvas: Canvas, x: int) -> int:
        return self._across(x, canvas.columns)

    def _across(self, x: float, columns: int) -> int:
        return round((x - self.shown.start) * (columns - 1) / (len(self.shown) - 1))

    def _row(self, canvas: Canvas, y: float) -> int:
        return round((1 - self.axis.place(y)) * (canvas.rows - 1))

    def _x_axis(self, margin: int, columns: int, x_name: str) -> list[Runs]:
        first, last = self.shown.start, self.shown[-1]
        ticks = [t for t in Axis(first, last).ticks(max(3, columns // _APART)) if t == int(t)]
        ticks = [float(first), *(t for t in ticks if t > first + 0.04 * len(self.shown))]
        line, text = list("─" * columns), [" "] * (columns + margin + 2)
        free = 0
        for tick, label in zip(ticks, labels(ticks), strict=True):
            column = self._across(tick, columns)
            line[column] = "┬"
            left = min(margin + 2 + column - len(label) // 2, len(text) - len(label))
            if left >= free:
                text[left : left + len(label)] = label
                free = left + len(label) + 1
        written = "".join(text)
        if written[-len(x_name) - 2 :].isspace():
            written = written[: -len(x_name)] + x_name
        return [[(" " * (margin + 1), TEXT), ("└" + "".join(line), AXIS)], [(written, TEXT)]]


def _overlaid(runs: Runs, texts: list[tuple[int, str, int]]) -> Runs:
    """The runs of a row with texts written over them."""
    cells = [(character, pen) for text, pen in runs for character in text]
    for column, text, pen in texts:
        for offset, character in enumerate(text):
            if 0 <= column + offset < len(cells):
                cells[column + offset] = (character, pen)
    merged: Runs = []
    for character, pen in cells:
        if merged and merged[-1][1] == pen:
            merged[-1] = (merged[-1][0] + character, pen)
        else:
            merged.append((character, pen))
    return merged
