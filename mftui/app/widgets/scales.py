"""Which part of the curves a chart shows: an x axis that grows in leaps, a y axis that stays as long as it suits."""

from mftui.app.widgets.axes import Axis, axis_over, on_rows
from mftui.app.widgets.trace import Span, Trace

_FIRST_SETTLED = 0.25
"""The share of the points that may leave a linear chart at the top, because what comes later is what matters."""
_HEADROOM = 1.6
"""How much higher a linear chart reaches than those later values."""
_KEPT = 0.8
"""The share of the height that the curves must fill for the axis to stay."""
_BESIDE = 2.0
"""How much higher than a chart's own curves those beside them may be before they leave it at the top."""


def x_range(traces: list[Trace], begin: int, most: int) -> range:
    """The x to show from `begin` on: growing in leaps towards `most`, so that curves fill it and it seldom moves."""
    newest, wide = newest_x(traces), 10
    while begin + wide - 1 < newest:
        wide = wide * 5 // 2 if str(wide).startswith("2") else wide * 2
    return range(begin, max(min(begin + wide - 1, most), newest, begin + 1) + 1)


def newest_x(traces: list[Trace]) -> int:
    """The largest x of any trace; 0 where there is none."""
    return max((trace.xs[-1] for trace in traces if trace.xs), default=0)


class Scales:
    """The y axis from draw to draw: one that moved at every epoch would redraw every row."""

    def __init__(self) -> None:
        self._axis: Axis | None = None
        self._rows = 0

    def y_axis(self, own: list[Trace], beside: list[Trace], shown: range, columns: int, rows: int, log: bool) -> Axis:
        """The axis that was there before where it suits, else a new one.

        Args:
            own: the traces that the chart is about.
            beside: others, which may leave it at the top.
            shown: the x that are shown.
            columns: how many columns of dots there are.
            rows: how many rows of cells.
            log: whether it is logarithmic.
        """
        values = _shown_values(own, shown, columns, log)
        others = [v for trace in beside for s in trace.spans(shown, columns).values() for v in (s.low, s.high)]
        if values and not log:
            others = [v for v in others if v <= _BESIDE * max(values)]
        needed, old = axis_over(values + others, log), self._axis
        fresh = on_rows(needed, rows)
        if old and old.log == fresh.log and rows == self._rows:
            holds = old.place(needed.low) >= -0.04 and old.place(needed.high) <= 1.04
            if holds and old.place(fresh.high) - old.place(fresh.low) >= _KEPT:
                return old
        self._axis, self._rows = fresh, rows
        return fresh


def _shown_values(traces: list[Trace], shown: range, columns: int, log: bool) -> list[float]:
    """Everything on a log axis; on a linear one the first steep fall may leave at the top."""
    spans = [(column, span) for trace in traces for column, span in trace.spans(shown, columns).items()]
    values = _ends([span for _, span in spans])
    points = newest_x(traces) - shown.start + 1
    settled = _FIRST_SETTLED * points / len(shown) * columns
    late = _ends([span for column, span in spans if column >= settled])
    if log or points < 8 or not late:
        return values
    top = max(min(values) + _HEADROOM * (max(late) - min(values)), max(late))
    return [min(v, top) for v in values]


def _ends(spans: list[Span]) -> list[float]:
    return [v for span in spans for v in (span.low, span.high)]
