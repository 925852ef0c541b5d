"""Arrays that grow part by part, since nobody knows how many rows a file has before it is read."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_LEAST = 1 << 20
"""Rows that there is room for once there is more than one part: large arrays lie in large pages."""


class Growing:
    """One array for all parts: kept apart until the end, they would take twice the memory when put together."""

    def __init__(self, dtype: DTypeLike, room: int = 0) -> None:
        """Make room for about so many rows: what is not used of it takes no memory, and growing costs a copy."""
        self._array: NDArray[Any] = np.empty(0, dtype)
        self._room = room
        self._n = self._n_before = 0

    def add(self, part: NDArray[Any]) -> None:
        """Put a part at the end; whole numbers become floats where a part has floats."""
        self._n_before, self._n = self._n, self._n + len(part)
        if self._array.dtype.kind == "i" and part.dtype.kind == "f":
            self._array = self._array.astype(np.float64)
        if self._n > len(self._array):
            n_rows = max(self._n, 2 * len(self._array), _LEAST) if self._n_before else max(self._n, self._room)
            wider = np.empty(n_rows, self._array.dtype)
            wider[: self._n_before] = self._array[: self._n_before]
            self._array = wider
        self._array[self._n_before : self._n] = part

    @property
    def array(self) -> NDArray[Any]:
        """All that was added, `[n]`."""
        return self._array[: self._n]

    @property
    def last(self) -> NDArray[Any]:
        """The last part."""
        return self._array[self._n_before : self._n]
