"""Which part of a plane is seen, in cells of a terminal: from afar, zoomed and panned."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PAN = 0.25
"""The share of the view that it is moved by at once."""
_MARGIN = 1.04
"""How much wider the view is than what it must hold."""
_ZOOM = 1.5
_CLOSEST = 20
"""Steps of zoom at most."""

Point = tuple[float, float]
"""x to the right, y upwards."""


class MapView:
    """Both axes have one scale; a cell is twice as high as it is wide."""

    def __init__(self) -> None:
        self.columns = self.rows = 0
        """The cells that there are; none while the map is hidden."""
        self._low: Point = (0.0, 0.0)
        self._high: Point = (0.0, 0.0)
        """The corners of the least box that holds all points."""
        self._centre: Point = (0.0, 0.0)
        self._steps = 0
        """Of zoom."""

    @property
    def magnification(self) -> float:
        """How much larger things are than from afar: 1 there."""
        return float(_ZOOM**self._steps)

    @property
    def is_zoomed(self) -> bool:
        """Whether it is looked at more closely than from afar."""
        return self._steps > 0

    def hold(self, points: "NDArray[np.float32]") -> None:
        """Look from afar at all of these points, `[n, 2]`, at least one."""
        (left, bottom), (right, top) = points.min(0).tolist(), points.max(0).tolist()
        self._low, self._high, self._steps = (left, bottom), (right, top), 0
        self._centre = self._middle

    def look_at(self, point: Point) -> None:
        """Bring a point into view, where it is not; from afar all of them are."""
        if self.is_zoomed and not self.shows(point):
            self._centre = point

    def zoom(self, steps: int, point: Point) -> None:
        """Nearer to a point, or back; from afar everything is in view."""
        self._steps = min(max(self._steps + steps, 0), _CLOSEST)
        self._centre = point if self._steps else self._middle

    def pan(self, right: int, up: int) -> None:
        """Look beside what is in view, but not beyond the points."""
        steps = (right * _PAN * self.columns * self._unit, up * _PAN * self.rows * 2 * self._unit)
        moved = zip(self._centre, steps, self._low, self._high, strict=True)
        across, upwards = (min(max(at + step, low), high) for at, step, low, high in moved)
        self._centre = (across, upwards)

    def middlemost(self, points: "NDArray[np.float32]") -> int:
        """Which of the points is nearest to the middle of the view."""
        away = points - self._centre
        return int((away * away).sum(1).argmin())

    def shows(self, point: Point) -> bool:
        """Whether a point is in view."""
        unit, (x, y) = self._unit, self._centre
        across, down = (point[0] - x) / unit + self.columns / 2, (y - point[1]) / (2 * unit) + self.rows / 2
        return 0 <= across < self.columns and 0 <= down < self.rows

    def cells(self, points: "NDArray[np.float32]") -> "tuple[NDArray[np.float32], NDArray[np.float32]]":
        """The place of each point, `[n, 2]`, in cells from the upper left, `[n]` across and `[n]` down."""
        unit, (x, y) = self._unit, self._centre
        return (points[:, 0] - x) / unit + self.columns / 2, (y - points[:, 1]) / (2 * unit) + self.rows / 2

    @property
    def _middle(self) -> Point:
        (left, bottom), (right, top) = self._low, self._high
        return (left + right) / 2, (bottom + top) / 2

    @property
    def _unit(self) -> float:
        """How much of the plane a cell's width is."""
        across, upwards = (high - low for low, high in zip(self._low, self._high, strict=True))
        cells = max(across / max(self.columns, 1), upwards / (2 * max(self.rows, 1)), 1e-12)
        return cells * _MARGIN / self.magnification
