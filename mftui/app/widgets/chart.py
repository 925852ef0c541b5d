"""A line chart in the terminal that redraws only the cells that changed: over a slow link every byte counts."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from mftui.app.widgets import legend
from mftui.app.widgets.axes import axis_over
from mftui.app.widgets.braille import Dots, dots_of_terminal
from mftui.app.widgets.pens import BESIDE, OWN, PENS, raw
from mftui.app.widgets.plot import MARGIN, Curve, Mark, Plot, Runs
from mftui.app.widgets.scales import Scales, newest_x, x_range
from mftui.app.widgets.smoothing import Smoothed, Smoothing
from mftui.app.widgets.trace import Trace


class Chart(Widget):
    """Draws its `traces`, and those of other runs `beside` them, when told to by `draw()`."""

    DEFAULT_CSS = """
    Chart {
        height: 1fr;
        min-height: 6;
        .chart--axis { color: $foreground 40%; }
        .chart--text { color: $foreground 65%; }
        .chart--first { color: $primary; }
        .chart--second { color: $accent; }
        .chart--third { color: $secondary; }
        .chart--first-raw { color: $primary 35%; }
        .chart--second-raw { color: $accent 35%; }
        .chart--third-raw { color: $secondary 35%; }
        .chart--a { color: $secondary; }
        .chart--b { color: $success; }
        .chart--c { color: $error; }
        .chart--d { color: $foreground 80%; }
        .chart--e { color: $primary-darken-2; }
        .chart--f { color: $accent-darken-2; }
        .chart--mark { color: $success; text-style: bold; }
        .chart--cursor { color: $foreground; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {pen.style for pen in PENS.values()}

    def __init__(
        self, *traces: Trace, x_name: str, whole: bool = False, dots: Dots | None = None, id: str | None = None
    ) -> None:
        """A chart of up to three traces over the same x.

        Args:
            traces: what to draw, in the order of the legend.
            x_name: what x counts, in the singular: "epoch".
            whole: whether all values are shown, as large as they can be: for curves that don't grow.
            dots: what to draw with; what suits the terminal, if not given.
            id: the widget's id.
        """
        super().__init__(id=id)
        self.traces = traces
        self.beside: dict[str, Trace] = {}
        """The curves of other runs, by the letters that the runs go by."""
        self.x_name = x_name
        self.whole = whole
        self.x_most = 1
        """How far x may go at most; the axis grows towards it as the traces do."""
        self.x_begin = 1
        """Where the axis begins."""
        self.mark: Mark | None = None
        self.log_scale = False
        self.cursor: int | None = None
        self._smoothing = Smoothing.NONE
        self._smoothed: list[Smoothed] = []
        self._dots = dots or dots_of_terminal()
        self._scales = Scales()
        self._strips: list[Strip] = []

    @property
    def smoothing(self) -> Smoothing:
        """How the chart's own traces are smoothed; the raw values stay below, dimmed."""
        return self._smoothing

    @smoothing.setter
    def smoothing(self, how: Smoothing) -> None:
        self._smoothing = how
        self._smoothed = [] if how is Smoothing.NONE else [Smoothed(trace, how) for trace in self.traces]

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
        longest = max(self._all(), key=lambda trace: len(trace.xs), default=None)
        if longest is None or not longest.xs:
            return
        step = max(1, round(len(self._shown()) / max(self.size.width - MARGIN - 4, 1)))
        if self.cursor is None:
            self.cursor = longest.xs[-1]
        else:
            self.cursor = min(max(self.cursor + columns * step, longest.xs[0], self.x_begin), longest.xs[-1])
        self.draw()

    def zoom(self) -> None:
        """Begin the axis at the cursor, or where the last tenth of the curves begins; or show all again."""
        last = newest_x(self._all())
        begin = self.cursor if self.cursor is not None else last - last // 10 + 1
        self.x_begin = 1 if self.x_begin > 1 else max(min(begin, last - 1), 1)
        self.draw()

    def draw(self) -> None:
        """Draw all traces; only what differs from what is on the screen is sent."""
        width, height = self.size
        if width < 20 or height < 5:
            return
        style = {number: self.get_component_rich_style(pen.style) for number, pen in PENS.items()}
        old, self._strips = self._strips, [
            Strip([Segment(text, style[pen]) for text, pen in runs if text]).adjust_cell_length(width, self.rich_style)
            for runs in self._rows(width, height)
        ]  # fmt: skip
        if len(old) != len(self._strips):
            self.refresh()
            return
        changed = [
            Region(at.start, y, len(at), 1)
            for y, (before, after) in enumerate(zip(old, self._strips, strict=True))
            if before != after and (at := _changed(before, after))
        ]
        if changed:
            self.refresh(*changed)

    def _rows(self, width: int, height: int) -> list[Runs]:
        for trace in self._smoothed:
            trace.catch_up()
        own = [Curve(trace, pen) for trace, pen in zip(self.traces, OWN, strict=False)]
        beside = [Curve(trace, BESIDE[letter], letter) for letter, trace in sorted(self.beside.items())]
        head = [legend.own(own, self.x_name, self.cursor, width, self._dots)] if own else []
        head += legend.beside(beside, self.cursor, width, self._dots)
        height -= len(head)

        shown, dots_across = self._shown(), (width - MARGIN - 3) * self._dots.across
        others = list(self.beside.values())
        # Where there is nothing but the curves of runs, the chart is about all of them.
        about = (list(self.traces), others) if self.traces else (others, [])
        if self.whole:
            axis = axis_over([y for trace in self._all() for y in trace.ys if y == y], self.log_scale)
        else:
            axis = self._scales.y_axis(*about, shown, dots_across, height - 2, self.log_scale)
        smoothed = [Curve(trace, pen) for trace, pen in zip(self._smoothed, OWN, strict=False)]
        if smoothed:
            own = [Curve(curve.trace, raw(curve.pen)) for curve in own]
        # The first own curve is drawn first, so that the held-out one, which says more, lies on top.
        plot = Plot([*beside, *own, *smoothed], axis, shown, self._dots, self.mark, self.cursor)
        return head + plot.rows(width, height, self.x_name)

    def _shown(self) -> range:
        return x_range(self._all(), self.x_begin, self.x_most)

    def _all(self) -> list[Trace]:
        return [*self.traces, *self.beside.values()]


def _changed(before: Strip, after: Strip) -> range:
    """The cells of a row from the first that differs to the last; all of them where characters are wide."""
    if before.cell_length != after.cell_length or after.cell_length != len(after.text):
        return range(after.cell_length)
    cells = zip(_cells(before), _cells(after), strict=False)
    differing = [x for x, (old, new) in enumerate(cells) if old != new]
    return range(differing[0], differing[-1] + 1) if differing else range(0)


def _cells(strip: Strip) -> list[tuple[str, Style | None]]:
    return [(character, style) for text, style, _ in strip for character in text]
