"""Arrays that grow part by part, since nobody knows how many rows a file has before it is read."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import DTypeLike, NDArray

_LEAST = 1 << 20
"""Rows that there is room for once there is more than one part: large arrays lie in large pages."""
_LEAST_APART = 1 << 16
"""Numbers that are kept apart at least before they are looked up among the others."""


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


class Distinct:
    """Every number that occurs in some part, by first appearance."""

    def __init__(self) -> None:
        self._known = np.empty(0)
        self._apart: list[NDArray[np.float64]] = []
        self._n_apart = 0

    def add(self, part: NDArray[np.float64]) -> NDArray[np.float64]:
        """The numbers of a part, each once. They are looked up among all before only once they are as many as those:
        otherwise every part would cost as much as all before it.
        """
        distinct: NDArray[np.float64] = pd.unique(part)
        self._apart.append(distinct)
        self._n_apart += len(distinct)
        if self._n_apart > max(len(self._known), _LEAST_APART):
            self._put_together()
        return distinct

    @property
    def array(self) -> NDArray[np.float64]:
        """All of them, `[n]`."""
        self._put_together()
        return self._known

    def _put_together(self) -> None:
        self._known = pd.unique(np.concatenate([self._known, *self._apart]))
        self._apart, self._n_apart = [], 0
