"""Scales and ticks for charts: from values to places and to short, aligned labels. No widgets in here."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Axis:
    """Values between `low` and `high`, laid over places from 0 to 1; logarithmic if asked."""

    low: float
    high: float
    log: bool = False
    step: float | None = None
    """What ticks are multiples of; None where any round values will do."""

    def place(self, value: float) -> float:
        """Where a value lies: 0 for `low`, 1 for `high`."""
        if self.log:
            value = max(value, self.low)  # a loss of 0 has no logarithm
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value(self, place: float) -> float:
        """The value at a place."""
        if self.log:
            return float(self.low * (self.high / self.low) ** place)
        return self.low + place * (self.high - self.low)

    def ticks(self, most: int) -> list[float]:
        """At most so many round values within the axis, lowest first; those of its `step` where it has one."""
        if self.step is not None:
            # Rounded, since 3 * 0.1 is not 0.3.
            first, last = math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9)
            return [round(i * self.step, 12) for i in range(first, last + 1)]
        if self.log and (found := _log_ticks(self.low, self.high, most)):
            return found
        return _linear_ticks(self.low, self.high, most)


def axis_over(values: list[float], log: bool = False) -> Axis:
    """An axis that holds all the values, with a little room around them; from 0 to 1 where there are none."""
    if log:
        values = [v for v in values if v > 0]
    if not values:
        return Axis(0.1, 1.0, True) if log else Axis(0.0, 1.0)
    low, high = min(values), max(values)
    if log:
        room = max((high / low) ** 0.04, 1.01)
        return Axis(low / room, high * room, True)
    room = max((high - low) * 0.04, abs(high) * 1e-3, 1e-9)
    return Axis(low - room, high + room)


def on_rows(axis: Axis, rows: int) -> Axis:
    """A linear axis widened as little as puts its ticks evenly on whole rows, two of them at least."""
    if axis.log or rows < 5:
        return axis
    laid = [_laid(axis, rows - 1, apart) for apart in (2, 3, 4)]
    return min(laid, key=lambda wider: (len(wider.ticks(rows)) < 2, wider.high - wider.low))


def _laid(axis: Axis, rows: int, apart: int) -> Axis:
    """The axis over so many rows that has ticks so many rows apart, with the smallest round step that holds it."""
    power = 10 ** math.floor(math.log10((axis.high - axis.low) / rows * apart))
    for step in (power * factor for factor in (1, 2, 5, 10, 20)):
        row = step / apart
        low = math.floor(axis.low / row + 1e-9) * row
        if low + rows * row >= axis.high:
            break
    return Axis(low, low + rows * row, step=step)


def labels(ticks: list[float]) -> list[str]:
    """The ticks written with just enough decimals, the same for all; large ones with k and M, far apart ones short."""
    largest = max(map(abs, ticks), default=0.0)
    if largest >= 10_000 and all(t % 100 == 0 for t in ticks):
        unit, letter = (1e6, "M") if largest >= 1e6 else (1e3, "k")
        return [f"{t / unit:g}{letter}" if t else "0" for t in ticks]
    for decimals in range(5):
        written = [f"{t:.{decimals}f}" for t in ticks]
        if all(abs(float(w) - t) <= largest * 1e-9 for w, t in zip(written, ticks, strict=True)):
            return written if decimals < 3 or largest < 10 else [f"{t:g}" for t in ticks]
    return [f"{t:g}" for t in ticks]


def _linear_ticks(low: float, high: float, most: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten."""
    step = 10 ** math.floor(math.log10((high - low) / max(most, 1)))
    for factor in (1, 2, 5, 10, 20, 50):
        first = math.ceil(low / (step * factor) - 1e-9)
        last = math.floor(high / (step * factor) + 1e-9)
        if last - first + 1 <= most:
            # Rounded, since 3 * 0.1 is not 0.3.
            return [round(i * step * factor, 12) for i in range(first, last + 1)]
    return []


def _log_ticks(low: float, high: float, most: int) -> list[float]:
    """1, 2 and 5 times powers of ten, or fewer of them; nothing where not even two fit."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1, 5), (1,)):
        found = [f * 10.0**d for d in decades for f in factors if low <= f * 10.0**d <= high]
        if 2 <= len(found) <= most:
            return [round(t, 12) for t in found]
    return []
