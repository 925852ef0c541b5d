"""The training ratings by user, or by item, and the normal equations of each: what ALS and Gibbs sampling share.

Rows of like length are gathered into chunks and their Gram matrices made by batched products, on any device.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

_PADDING = 1.25
"""Rows share a chunk if none is longer than the shortest by more than this factor (and two)."""

MEMORY_BUDGET = {"cpu": 4 << 20, "cuda": 256 << 20, "mps": 256 << 20}
"""Bytes of gathered features in a chunk, by type of device: the CPU's fit its cache, a GPU's keep it busy."""


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
    chunks: Sequence[Chunk]
    """All rows that have ratings, shortest first."""

    def __init__(
        self,
        rows: NDArray[np.int32],
        columns: NDArray[np.int32],
        n_rows: int,
        n_columns: int,
        width: int,
        device: str,
        memory_budget: int | None = None,
    ) -> None:
        """Sort ratings by row and group the rows.

        Args:
            rows: each rating's row, `[n]`.
            columns: each rating's column, `[n]`.
            n_rows: how many rows there are; some may have no rating.
            n_columns: how many columns there are.
            width: numbers that will be gathered for a rating (float32).
            device: where the work is done, as torch names it.
            memory_budget: bytes for the gathered features of a chunk; a row too long for it is taken in pieces.
        """
        budget = memory_budget or MEMORY_BUDGET[torch.device(device).type]
        self.n_columns = n_columns
        self.cells = max(1, budget // (4 * width))
        counts = np.bincount(rows, minlength=n_rows)
        order = _by_row(rows, n_rows)
        self.starts = torch.from_numpy(np.append(0, np.cumsum(counts))).to(device)
        self.order = torch.from_numpy(order).to(device)
        self.columns = torch.from_numpy(columns[order]).to(device)
        self.counts = torch.from_numpy(counts).to(device)
        self.chunks = _chunks(counts, self.cells, device)

    def sorted(self, values: Tensor) -> Tensor:
        """Values of the training ratings, `[n]`, in the side's order."""
        return values[self.order]

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
        step = max(1, self.cells // m)
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


def _by_row(rows: NDArray[np.int32], n_rows: int) -> NDArray[np.int32]:
    """The stable order by row, `[n]`, by counting: turning rows into columns is scipy's quickest way to it."""
    n = len(rows)
    one_a_rating = csr_array((np.ones(n, np.int8), rows, np.arange(n + 1, dtype=np.int32)), shape=(n, n_rows))
    order: NDArray[np.int32] = one_a_rating.tocsc().indices
    return order


def _chunks(counts: NDArray[np.int64], cells: int, device: str) -> list[Chunk]:
    """Rows by ascending count, cut where padding or memory would go out of bounds."""
    by_count = np.argsort(counts, kind="stable")
    by_count = by_count[np.searchsorted(counts[by_count], 1) :]
    lengths, starts = counts[by_count], (np.cumsum(counts) - counts)[by_count]
    chunks, first = [], 0
    while first < len(by_count):
        alike = int(np.searchsorted(lengths, lengths[first] * _PADDING + 2, side="right"))
        end = min(alike, first + max(1, cells // int(lengths[alike - 1])))
        rows, begin, count = (torch.from_numpy(a[first:end]).to(device) for a in (by_count, starts, lengths))
        chunks.append(Chunk(rows, begin, count, int(lengths[end - 1])))
        first = end
    return chunks
