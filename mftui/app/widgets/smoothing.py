"""Smoothing a growing series: the curve that a person reads, over the raw values that it was made from."""

import math
from bisect import bisect_left, insort
from collections import deque
from enum import StrEnum

from mftui.app.widgets.trace import Trace

_WEIGHT = 0.8
"""What the past counts in the exponential mean."""
_WINDOW = 9
"""Epochs in the running median."""


class Smoothing(StrEnum):
    """How a curve is smoothed."""

    NONE = "not smoothed"
    EXPONENTIAL = "exponential mean"
    MEDIAN = f"median of {_WINDOW}"

    @property
    def next(self) -> "Smoothing":
        """The one that a key goes on to."""
        every = list(Smoothing)
        return every[(every.index(self) + 1) % len(every)]


class Smoothed(Trace):
    """Follows another trace; a gap there is a gap here, and is not counted."""

    def __init__(self, raw: Trace, how: Smoothing) -> None:
        """Follow `raw`, smoothed in this way."""
        self._raw, self._how = raw, how
        super().__init__(raw.name)

    def clear(self) -> None:
        """Begin anew."""
        super().clear()
        self._followed = self._raw.cleared
        self._recent: deque[float] = deque(maxlen=_WINDOW)
        self._sorted: list[float] = []
        """The same, the lowest first."""
        self._mean = 0.0
        self._counted = 0

    def catch_up(self) -> None:
        """Take what the raw trace has got since."""
        if self._followed != self._raw.cleared:
            self.clear()
        told = len(self.ys)
        for x, y in zip(self._raw.xs[told:], self._raw.ys[told:], strict=True):
            self.append(x, None if math.isnan(y) else self._smooth(y))

    def _smooth(self, y: float) -> float:
        if self._how is Smoothing.MEDIAN:
            if len(self._recent) == _WINDOW:
                del self._sorted[bisect_left(self._sorted, self._recent[0])]
            self._recent.append(y)
            insort(self._sorted, y)
            return (self._sorted[(len(self._sorted) - 1) // 2] + self._sorted[len(self._sorted) // 2]) / 2
        # Divided by the weights so far, so that the first values are not drawn towards 0 (Kingma and Ba 2015, §3).
        self._mean = _WEIGHT * self._mean + (1 - _WEIGHT) * y
        self._counted += 1
        return self._mean / (1 - math.pow(_WEIGHT, self._counted))
