"""Least squares for every user, or every item, at once: what ALS, implicit ALS and block Gibbs sampling share.

Rows of like length are gathered into chunks and their Gram matrices made by batched products, on any device. Where
nothing is drawn in between, `Side.least_squares` does the whole of it, on a CPU by compiled code.
"""

from collections.abc import Callable, Sequence
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

    def least_squares(
        self,
        features: Tensor,
        targets: Tensor,
        ridge: Tensor,
        offsets: Tensor | None = None,
        weights: Tensor | None = None,
        shared: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """For every row u the z that minimizes `sum_j w_j (y_j - o_j - x_j·z)² + z'Sz + r_u z·z`.

        Args:
            features: `x` by column, `[n_columns, k]`.
            targets: `y` in the side's order, `[n]`.
            ridge: `r` by row, `[n_rows]`.
            offsets: `o` by column, `[n_columns]`; 0 if not given.
            weights: `w` in the side's order, `[n]`, none negative; 1 if not given.
            shared: `S`, `[k, k]`; 0 if not given.

        Returns:
            `z [n_rows, k]` and the minima `[n_rows]`; both 0 for rows without ratings.
        """
        if features.device.type == "cpu":
            return self._compiled(features, targets, ridge, offsets, weights, shared)
        return self.least_squares_by_chunks(features, targets, ridge, offsets, weights, shared)

    def _compiled(
        self,
        features: Tensor,
        targets: Tensor,
        ridge: Tensor,
        offsets: Tensor | None,
        weights: Tensor | None,
        shared: Tensor | None,
    ) -> tuple[Tensor, Tensor]:
        from mftui.core.training.solvers.compiled_rows import solve_rows

        k = features.shape[1]
        offsets = features.new_zeros(len(features)) if offsets is None else offsets.contiguous()
        weights = features.new_zeros(0) if weights is None else weights
        shared = features.new_zeros(k, k) if shared is None else shared
        arrays = (self.starts, self.columns, features, targets, offsets, weights, shared, ridge)
        solutions, minima = solve_rows(torch.get_num_threads(), *(array.numpy() for array in arrays))
        return torch.from_numpy(solutions), torch.from_numpy(minima)

    def least_squares_by_chunks(
        self,
        features: Tensor,
        targets: Tensor,
        ridge: Tensor,
        offsets: Tensor | None = None,
        weights: Tensor | None = None,
        shared: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """`least_squares` in torch alone, on any device."""
        k = features.shape[1]
        solutions, minima = features.new_zeros(len(ridge), k), features.new_zeros(len(ridge))
        padded = self.padded(features)
        squares = self._squares(targets, offsets, weights)
        for chunk in self.chunks:
            gram, moment = self.normal_equations(chunk, padded, targets, offsets, weights)
            if shared is not None:
                gram += shared
            gram.diagonal(dim1=1, dim2=2).add_(ridge[chunk.rows][:, None])
            z = solve(gram, moment)
            solutions[chunk.rows] = z
            minima[chunk.rows] = squares[chunk.rows] - (moment * z).sum(1)
        return solutions, minima

    def _squares(self, targets: Tensor, offsets: Tensor | None, weights: Tensor | None) -> Tensor:
        """`sum_j w_j (y_j - o_j)²` by row, `[n_rows]`."""
        rest = targets if offsets is None else targets - offsets[self.columns]
        squares = rest.square() if weights is None else rest.square() * weights
        return torch.segment_reduce(squares, "sum", lengths=self.counts, unsafe=True)


def solve(gram: Tensor, moment: Tensor) -> Tensor:
    """The solutions of `A_u x = b_u`, `[m, k]`, for positive definite `A [m, k, k]` and `b [m, k]`, by Cholesky."""
    # cholesky_ex doesn't look whether it succeeded, so a GPU isn't made to wait.
    lower, _ = torch.linalg.cholesky_ex(gram)
    return torch.cholesky_solve(moment[..., None], lower)[..., 0]


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


def prepare(device: str, say: Callable[[str], None]) -> None:
    """Compile what `Side.least_squares` needs on a CPU, where this machine has not done so yet; `say` tells of it."""
    if torch.device(device).type != "cpu":
        return
    from mftui.core.training.solvers.compiled_rows import is_compiled

    if not is_compiled():
        say("compiling the solver, once for this machine")
    one = np.zeros(1, np.int32)
    Side(one, one, 1, 1, 1, device).least_squares(torch.ones(1, 1), torch.ones(1), torch.ones(1))
