"""An epoch's ratings laid out batch after batch on their device, so that a step reads plain slices."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_VIEWS = 4096
"""Batches whose views are made at a time: all of them would take gigabytes where there are many ratings."""


class Batch(NamedTuple):
    """Views of one batch of `b` ratings."""

    rows: Tensor
    """Its ratings' rows of the table, `[2 b]` int64: first their users', then their items'."""
    targets: Tensor
    """What is to be predicted, `[b]`."""
    errors: Tensor
    """Where the errors of the predictions go, `[b]`."""


class Batches:
    """All ratings, in batches of one size; the last has what is left."""

    def __init__(self, users: Tensor, items: Tensor, values: Tensor, size: int) -> None:
        """Take room for an epoch.

        Args:
            users: each rating's user's row of the table, `[n]` int32.
            items: its item's row, `[n]` int32.
            values: what is to be predicted, `[n]`.
            size: ratings in a batch, where there are so many.
        """
        n = len(values)
        self._users, self._items, self._values, self._size = users, items, values, min(size, n)
        self._rows = torch.empty(2 * n, dtype=torch.int64, device=values.device)
        self._targets = torch.empty_like(values)
        self.errors = torch.empty_like(values)
        """Of the last epoch, in its order, `[n]`."""
        self.sizes = {self._size, n % self._size} - {0}
        """How many ratings a batch may have."""

    def shuffle(self, order: NDArray[np.int64]) -> None:
        """Lay the ratings out in an order, `[n]`."""
        n, size = len(order), self._size
        shuffled = torch.from_numpy(order).to(self._values.device)
        torch.index_select(self._values, 0, shuffled, out=self._targets)
        whole = n // size * size
        full, rest = self._rows[: 2 * whole].view(-1, 2, size), self._rows[2 * whole :].view(2, n - whole)
        for side, rows in enumerate((self._users, self._items)):
            ordered = rows[shuffled]
            full[:, side] = ordered[:whole].view(-1, size)
            rest[side] = ordered[whole:]

    def __iter__(self) -> Iterator[Batch]:
        """The batches, one after another."""
        lot = _VIEWS * self._size
        for start in range(0, len(self._values), lot):
            part = slice(start, start + lot)
            views = (
                torch.split(self._rows[2 * part.start : 2 * part.stop], 2 * self._size),
                torch.split(self._targets[part], self._size),
                torch.split(self.errors[part], self._size),
            )
            yield from map(Batch, *views)
