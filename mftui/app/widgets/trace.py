"""A growing series of values, kept so that drawing ten thousand points costs as much as drawing a hundred."""

from dataclasses import dataclass


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
    """Values over a growing whole-numbered x, such as a loss by epoch. None is a gap."""

    def __init__(self, name: str) -> None:
        """Start empty; the name is for the legend."""
        self.name = name
        self.cleared = 0
        """How often it was begun anew, for those who follow it."""
        self.clear()

    def clear(self) -> None:
        """Forget all points."""
        self.cleared += 1
        self.xs: list[int] = []
        self.ys: list[float | None] = []
        self._spans: dict[int, Span] = {}
        self._scale = (0, 0, 0)
        self._done = 0

    def append(self, x: int, y: float | None) -> None:
        """Add a point to the right of all others."""
        self.xs.append(x)
        self.ys.append(y)

    def at(self, x: int) -> float | None:
        """The value at x; None where there is none."""
        index = x - self.xs[0] if self.xs else -1
        return self.ys[index] if 0 <= index < len(self.ys) else None

    def last(self) -> float | None:
        """The newest value."""
        return self.ys[-1] if self.ys else None

    def spans(self, low: int, high: int, columns: int) -> dict[int, Span]:
        """The spans by column, for an axis from low to high; only points added since the last call cost anything."""
        if self._scale != (low, high, columns):
            self._scale, self._spans, self._done = (low, high, columns), {}, 0
        for index in range(self._done, len(self.xs)):
            y = self.ys[index]
            if y is None:
                continue
            column = round((self.xs[index] - low) * (columns - 1) / max(high - low, 1))
            if (span := self._spans.get(column)) is None:
                joined = index > 0 and self.ys[index - 1] is not None
                self._spans[column] = Span(y, y, y, y, joined)
            else:
                span.low, span.high, span.last = min(span.low, y), max(span.high, y), y
        self._done = len(self.xs)
        return self._spans
