"""Smoothing a growing series: the curve that a person reads, over the raw values that it was made from."""

import math
from collections import deque
from enum import StrEnum
from statistics import median

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
        self._mean = 0.0
        self._counted = 0

    def catch_up(self) -> None:
        """Take what the raw trace has got since."""
        if self._followed != self._raw.cleared:
            self.clear()
        for index in range(len(self.xs), len(self._raw.xs)):
            y = self._raw.ys[index]
            self.append(self._raw.xs[index], None if y is None else self._smooth(y))

    def _smooth(self, y: float) -> float:
        if self._how is Smoothing.MEDIAN:
            self._recent.append(y)
            return median(self._recent)
        # Divided by the weights so far, so that the first values are not drawn towards 0 (Kingma and Ba 2015, §3).
        self._mean = _WEIGHT * self._mean + (1 - _WEIGHT) * y
        self._counted += 1
        return self._mean / (1 - math.pow(_WEIGHT, self._counted))
