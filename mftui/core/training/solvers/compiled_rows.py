"""Regularized least squares for every row, compiled for the CPU: what `normal_equations` does on other devices.

Apart because it imports numba. A thread takes a block of rows at a time and each row is summed in its own order, so
the number of threads changes nothing.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mftui.core.training.solvers.code_cache import must_compile
from mftui.core.training.solvers.compiled import compiled

FloatArray = NDArray[np.float32]

_TILE = 4
"""Gram matrices are summed in tiles of 4 by 4, whose 16 sums stay in registers."""
_BUFFER = 128
"""Ratings gathered at a time."""
_LANES = 16
"""The number gathered is filled up to a multiple of this, so that vector registers are full."""
_BLOCKS = 16
"""Blocks of rows for each thread, of equal work, taken as threads get free."""


class Regressions(NamedTuple):
    """For every row, the regression of `y_j - o_j` on `x_j` over its ratings j, each with the weight `w_j`."""

    starts: NDArray[np.int64]
    """Where each row's ratings begin and the last one's end, `[n_rows + 1]`."""
    columns: NDArray[np.int32]
    """The column of each rating, by row, `[n]`."""
    features: FloatArray
    """`x` by column, `[n_columns, k]`."""
    targets: FloatArray
    """`y` by row, `[n]`."""
    offsets: FloatArray
    """`o` by column, `[n_columns]`."""
    weights: FloatArray
    """`w` by row, `[n]`; empty if all are 1."""


def is_compiled() -> bool:
    """Whether this machine has compiled this before."""
    return not must_compile(_solve_block)


def solve_rows(
    threads: int, regressions: Regressions, shared: FloatArray, ridge: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Minimize `sum_j w_j (y_j - o_j - x_j·z)² + z'Sz + r_u z·z` over z for every row u.

    Args:
        threads: how many work at once.
        regressions: `x`, `y`, `o` and `w`.
        shared: `S`, `[k, k]`, added to every row's Gram matrix; empty if it is 0.
        ridge: `r` by row, `[n_rows]`.

    Returns:
        The solutions `[n_rows, k]`, zero for rows without ratings, and what is minimized there, `[n_rows]`.
    """
    n_rows, k = len(ridge), regressions.features.shape[1]
    solutions, minima = np.zeros((n_rows, k), np.float32), np.zeros(n_rows, np.float32)

    def block(first: int, last: int) -> None:
        _solve_block(first, last, regressions, shared, ridge, solutions, minima)

    by_blocks(block, regressions.starts, k, threads)
    return solutions, minima


def by_blocks(work_on: Callable[[int, int], None], starts: NDArray[np.int64], k: int, threads: int) -> None:
    """Do the work for blocks of rows, `work_on(first, last)`, on some threads."""
    n_rows = len(starts) - 1
    # A row costs its ratings, and its factorization as much as k / 3 of them.
    work = starts + np.arange(n_rows + 1) * max(1, k // 3)
    blocks = max(1, min(n_rows, _BLOCKS * threads))
    bounds = np.searchsorted(work, np.linspace(0, work[-1], blocks + 1))
    bounds[0], bounds[-1] = 0, n_rows
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work_on, bounds[:-1], bounds[1:]))


@compiled()
def _solve_block(first, last, regressions, shared, ridge, solutions, minima) -> Any:  # type: ignore[no-untyped-def]  # compiled
    """Rows from `first` to `last`: the Gram matrix of `[x, y]`, its Cholesky factor, back substitution.

    With y as one more feature, the right side is the Gram matrix's last row, and factorizing the matrix solves
    the lower triangular system on the way.
    """
    k = solutions.shape[1]
    gram, x = room(k)
    for row in range(first, last):
        start, end = regressions.starts[row], regressions.starts[row + 1]
        if start == end:
            continue
        gram[:] = 0
        if shared.size:
            gram[:k, :k] = shared
        for a in range(k):
            gram[a, a] += ridge[row]
        add_ratings(gram, x, start, end, regressions)
        factorize(gram, k)
        minima[row] = gram[k, k]
        for a in range(k):
            minima[row] -= gram[k, a] * gram[k, a]
        for a in range(k - 1, -1, -1):
            solutions[row, a] = gram[k, a] / gram[a, a]
            for b in range(a):
                gram[k, b] -= gram[a, b] * solutions[row, a]


@compiled()
def room(k) -> Any:  # type: ignore[no-untyped-def]  # compiled
    """Where a row's Gram matrix is summed, and where its ratings are gathered."""
    width = -(-(k + 1) // _TILE) * _TILE
    return np.empty((width, width), np.float32), np.zeros((width, _BUFFER), np.float32)


@compiled()
def add_ratings(gram, x, start, end, regressions) -> Any:  # type: ignore[no-untyped-def]  # compiled
    """Add the Gram matrix of `[x, y]` over the ratings from `start` to `end`; its last row is the right side."""
    _, columns, features, targets, offsets, weights = regressions
    k, width = features.shape[1], len(gram)
    for begin in range(start, end, _BUFFER):
        n = min(_BUFFER, end - begin)
        for j in range(n):
            column = columns[begin + j]
            root = np.sqrt(weights[begin + j]) if len(weights) else np.float32(1)
            for a in range(k):
                x[a, j] = features[column, a] * root
            x[k, j] = (targets[begin + j] - offsets[column]) * root
        filled = -(-n // _LANES) * _LANES
        x[:, n:filled] = 0
        for a in range(0, width, _TILE):
            for b in range(0, a + _TILE, _TILE):
                _add_tile(gram, x, filled, a, b)


@compiled()
def _add_tile(gram, x, n, a, b) -> Any:  # type: ignore[no-untyped-def]  # compiled
    """Add `x[a:a+4, :n] @ x[b:b+4, :n].T` to its place in the Gram matrix."""
    zero = np.float32(0)
    s00 = s01 = s02 = s03 = s10 = s11 = s12 = s13 = zero
    s20 = s21 = s22 = s23 = s30 = s31 = s32 = s33 = zero
    for j in range(n):
        x0, x1, x2, x3 = x[a, j], x[a + 1, j], x[a + 2, j], x[a + 3, j]
        y0, y1, y2, y3 = x[b, j], x[b + 1, j], x[b + 2, j], x[b + 3, j]
        s00, s01, s02, s03 = s00 + x0 * y0, s01 + x0 * y1, s02 + x0 * y2, s03 + x0 * y3
        s10, s11, s12, s13 = s10 + x1 * y0, s11 + x1 * y1, s12 + x1 * y2, s13 + x1 * y3
        s20, s21, s22, s23 = s20 + x2 * y0, s21 + x2 * y1, s22 + x2 * y2, s23 + x2 * y3
        s30, s31, s32, s33 = s30 + x3 * y0, s31 + x3 * y1, s32 + x3 * y2, s33 + x3 * y3
    for i, sums in enumerate(((s00, s01, s02, s03), (s10, s11, s12, s13), (s20, s21, s22, s23), (s30, s31, s32, s33))):
        for j in range(_TILE):
            gram[a + i, b + j] += sums[j]


@compiled()
def factorize(gram, k) -> Any:  # type: ignore[no-untyped-def]  # compiled
    """Turn the lower triangle into Cholesky's L, LL' being the matrix; row k becomes the solution of `L v = b`."""
    for p in range(k):
        pivot = gram[p, p]
        for s in range(p):
            pivot -= gram[p, s] * gram[p, s]
        pivot = np.sqrt(pivot)
        gram[p, p] = pivot
        scale = np.float32(1) / pivot
        a = p + 1
        while a + 3 <= k:
            s0, s1, s2, s3 = gram[a, p], gram[a + 1, p], gram[a + 2, p], gram[a + 3, p]
            for s in range(p):
                factor = gram[p, s]
                s0 -= gram[a, s] * factor
                s1 -= gram[a + 1, s] * factor
                s2 -= gram[a + 2, s] * factor
                s3 -= gram[a + 3, s] * factor
            gram[a, p], gram[a + 1, p], gram[a + 2, p], gram[a + 3, p] = s0 * scale, s1 * scale, s2 * scale, s3 * scale
            a += 4
        while a <= k:
            s0 = gram[a, p]
            for s in range(p):
                s0 -= gram[a, s] * gram[p, s]
            gram[a, p] = s0 * scale
            a += 1
