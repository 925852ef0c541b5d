"""The training ratings by user, or by item, and the normal equations of each: what ALS and Gibbs sampling share.

Rows of like length are gathered into chunks and their Gram matrices made by batched products, on any device.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

_PADDING = 1.25
"""Rows share a chunk if none is longer than the shortest by more than this factor (and two)."""

MEMORY_BUDGET = {"cpu": 4 << 20, "cuda": 256 << 20, "mps": 256 << 20}
"""Bytes of a chunk's gathered features, Gram matrices and their factors, by type of device: a GPU's keep it busy."""


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some rows of a side, padded to the longest of them."""

    rows: Tensor
    """Their positions, `[m]` int64."""
    starts: Tensor
    """Where the ratings of each begin in the side's order, `[m]` int64."""
    counts: Tensor
    """How many ratings each has, `[m]` int64, all above zero."""
    length: int
    """The largest count."""


@dataclass(frozen=True, eq=False)
class ByRow:
    """The training ratings sorted by row, in the order they were given within one, on the host."""

    order: NDArray[np.int32]
    """Which training rating stands at each place, `[n]`."""
    starts: NDArray[np.int32]
    """Where each row's ratings begin, and the last one's end, `[n_rows + 1]`."""
    columns: NDArray[np.int32]
    """The column of the rating at each place, `[n]`."""

    @classmethod
    def sort(cls, rows: NDArray[np.int32], columns: NDArray[np.int32], n_rows: int) -> Self:
        """Sort by counting: turning rows into columns is scipy's quickest way to it."""
        n = len(rows)
        one_a_rating = csr_array((np.ones(n, np.int8), rows, np.arange(n + 1, dtype=np.int32)), shape=(n, n_rows))
        by_row = one_a_rating.tocsc()
        return cls(by_row.indices, by_row.indptr, np.take(columns, by_row.indices))


class Side:
    """The training ratings of one side, with the users (or the items) as rows and the others as columns.

    The ratings are kept by row ("the side's order"); a row's ratings are in the order they were given.
    """

    order: Tensor
    """Which training rating stands at each place, `[n]` int32."""
    starts: Tensor
    """Where each row's ratings begin in that order, and the last one's end, `[n_rows + 1]` int64."""
    columns: Tensor
    """The column of the rating at each place, `[n]` int32."""
    counts: Tensor
    """Ratings of each row, `[n_rows]` int64."""

    def __init__(
        self, ratings: ByRow, n_columns: int, width: int, device: str, memory_budget: int | None = None
    ) -> None:
        """Move the ratings to a device.

        Args:
            ratings: sorted by row; some rows may have none.
            n_columns: how many columns there are.
            width: numbers that will be gathered for a rating (float32).
            device: where the work is done, as torch names it.
            memory_budget: bytes that a chunk may take; a row too long for it is taken in pieces.
        """
        budget = memory_budget or MEMORY_BUDGET[torch.device(device).type]
        self.n_columns = n_columns
        self._width = width
        self._cells = max(1, budget // (4 * width))
        starts = ratings.starts.astype(np.int64)
        counts = np.diff(starts)
        self.starts, self.counts = torch.from_numpy(starts).to(device), torch.from_numpy(counts).to(device)
        self.order, self.columns = (torch.from_numpy(array).to(device) for array in (ratings.order, ratings.columns))

    @cached_property
    def chunks(self) -> Sequence[Chunk]:
        """All rows that have ratings, shortest first; the compiled solvers do without."""
        return _chunks(self.counts.cpu().numpy(), self._cells, 2 * self._width, self.counts.device)

    def sorted(self, values: Tensor) -> Tensor:
        """Values of the training ratings, `[n]`, in the side's order."""
        return values.index_select(0, self.order)

    def sums(self, values: Tensor) -> Tensor:
        """Sums by row of values in the side's order, each in that order, `[n_rows]`."""
        return torch.segment_reduce(values, "sum", lengths=self.counts, unsafe=True)

    def padded(self, features: Tensor) -> Tensor:
        """Features of the columns with the zero row that fills up short rows: `[n_columns + 1, k]`."""
        return torch.cat([features, features.new_zeros(1, features.shape[1])])

    def normal_equations(
        self,
        chunk: Chunk,
        features: Tensor,
        targets: Tensor,
        offsets: Tensor | None = None,
        weights: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """The left and right sides of weighted least squares for every row of a chunk.

        For row u with ratings j: `A_u = sum_j w_j x_j x_j'` and `b_u = sum_j w_j (y_j - o_j) x_j`. What regularizes
        them is the caller's to add to `A` (and to `b`, for a prior mean), both being fresh arrays.

        Args:
            chunk: one of `chunks`.
            features: `x`, as `padded` gives it, `[n_columns + 1, k]`.
            targets: `y` in the side's order, `[n]`.
            offsets: `o` by column, `[n_columns]`.
            weights: `w` in the side's order, `[n]`, none negative; all 1 if not given.

        Returns:
            `A [m, k, k]` and `b [m, k]`.
        """
        m, k = len(chunk.rows), features.shape[1]
        gram, moment = features.new_zeros(m, k, k), features.new_zeros(m, k, 1)
        step = max(1, self._cells // m)
        for first in range(0, chunk.length, step):
            within = torch.arange(first, min(first + step, chunk.length), device=features.device)
            filled = within < chunk.counts[:, None]
            places = torch.where(filled, chunk.starts[:, None] + within, 0)
            columns = torch.where(filled, self.columns[places], self.n_columns)
            x = features.index_select(0, columns.view(-1)).view(m, len(within), k)
            y = targets[places]
            if offsets is not None:
                y = y - offsets[columns.clamp_max(self.n_columns - 1)]
            if weights is not None:
                root = weights[places].sqrt_()
                x.mul_(root[..., None])
                y = y * root
            transposed = x.transpose(1, 2)
            gram.baddbmm_(transposed, x)
            moment.baddbmm_(transposed, y[..., None])
        return gram, moment[..., 0]


def sides(
    users: NDArray[np.int32], items: NDArray[np.int32], n_users: int, n_items: int, width: int, device: str
) -> tuple[Side, Side]:
    """The same ratings by user and by item, sorted at the same time.

    Args:
        users: each rating's user, `[n]`.
        items: each rating's item, `[n]`.
        n_users: how many users there are.
        n_items: how many items.
        width: numbers that will be gathered for a rating.
        device: where the work is done, as torch names it.
    """
    with ThreadPoolExecutor(2) as pool:
        by_user = pool.submit(ByRow.sort, users, items, n_users)
        by_item = pool.submit(ByRow.sort, items, users, n_items)
    return Side(by_user.result(), n_items, width, device), Side(by_item.result(), n_users, width, device)


def _chunks(counts: NDArray[np.int64], cells: int, cells_of_gram: int, device: torch.device) -> list[Chunk]:
    """Rows by ascending count, cut where padding or memory would go out of bounds.

    A cell is as many numbers as are gathered for a rating. Short rows cost little but the Gram matrix and its factor.
    """
    by_count = np.argsort(counts, kind="stable")
    by_count = by_count[np.searchsorted(counts[by_count], 1) :]
    lengths, starts = counts[by_count], (np.cumsum(counts) - counts)[by_count]
    chunks, first = [], 0
    while first < len(by_count):
        alike = int(np.searchsorted(lengths, lengths[first] * _PADDING + 2, side="right"))
        end = min(alike, first + max(1, cells // (int(lengths[alike - 1]) + cells_of_gram)))
        rows, begin, count = (torch.from_numpy(a[first:end]).to(device) for a in (by_count, starts, lengths))
        chunks.append(Chunk(rows, begin, count, int(lengths[end - 1])))
        first = end
    return chunks
