"""Draws of every row from its Gaussian conditional, compiled for the CPU: what `gibbs` does by chunks on other devices.

Apart because it imports numba. Each row is summed in its own order, so the number of threads changes nothing.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.core.training.solvers.code_cache import must_compile
from mftui.core.training.solvers.compiled import compiled
from mftui.core.training.solvers.compiled_rows import FloatArray, Regressions, add_ratings, by_blocks, factorize, room


def is_compiled() -> bool:
    """Whether this machine has compiled this before."""
    return not must_compile(_draw_block)


def draw_rows(
    threads: int,
    regressions: Regressions,
    precision: FloatArray,
    moments: FloatArray,
    noise: FloatArray,
    means: FloatArray,
    draws: FloatArray,
) -> None:
    """Draw every row u from `N(A^-1 b, A^-1)`, `A = S + sum_j w_j x_j x_j'`, `b = m_u + sum_j w_j (y_j - o_j) x_j`.

    Args:
        threads: how many work at once.
        regressions: `x`, `y`, `o` and `w`.
        precision: `S`, `[k, k]`.
        moments: `m`, `[n_rows, k]`.
        noise: standard normal, `[n_rows, k]`.
        means: where the means go; rows without ratings keep what they have, `[n_rows, k]`.
        draws: where the draws go; likewise.
    """

    def block(first: int, last: int) -> None:
        _draw_block(first, last, regressions, precision, moments, noise, means, draws)

    by_blocks(block, regressions.starts, means.shape[1], threads)


def predict_rows(
    threads: int,
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    rows: FloatArray,
    other: FloatArray,
    predicted: FloatArray,
) -> None:
    """Predict ratings by their rows' and columns' biases and factors, `b_u + b_i + p_u·q_i`.

    Args:
        threads: how many work at once.
        starts: where each row's ratings begin and the last one's end, `[n_rows + 1]`.
        columns: the column of each rating, by row, `[n]`.
        rows: a bias and factors each, `[n_rows, k]`.
        other: the same of the columns, `[n_columns, k]`.
        predicted: where the predictions go, `[n]`.
    """

    def block(first: int, last: int) -> None:
        _predict_block(first, last, starts, columns, rows, other, predicted)

    by_blocks(block, starts, 1, threads)


@compiled()
def _predict_block(first, last, starts, columns, rows, other, predicted) -> Any:  # type: ignore[no-untyped-def]  # compiled
    """Rows from `first` to `last`."""
    for row in range(first, last):
        for place in range(starts[row], starts[row + 1]):
            column = columns[place]
            dot = rows[row, 0] + other[column, 0]
            for a in range(1, rows.shape[1]):
                dot += rows[row, a] * other[column, a]
            predicted[place] = dot


@compiled()
def _draw_block(first, last, regressions, precision, moments, noise, means, draws) -> Any:  # type: ignore[no-untyped-def]  # compiled
    """Rows from `first` to `last`: with `A = L L'`, the factorization leaves `v = L^-1 b`; then the mean is `L'^-1 v`
    and a draw `L'^-1 (v + z)`.
    """
    k = means.shape[1]
    gram, x = room(k)
    shaken = np.empty(k, np.float32)
    for row in range(first, last):
        start, end = regressions.starts[row], regressions.starts[row + 1]
        if start == end:
            continue
        gram[:] = 0
        gram[:k, :k] = precision
        gram[k, :k] = moments[row]
        add_ratings(gram, x, start, end, regressions)
        factorize(gram, k)
        for a in range(k):
            shaken[a] = gram[k, a] + noise[row, a]
        for a in range(k - 1, -1, -1):
            means[row, a] = gram[k, a] / gram[a, a]
            draws[row, a] = shaken[a] / gram[a, a]
            for b in range(a):
                gram[k, b] -= gram[a, b] * means[row, a]
                shaken[b] -= gram[a, b] * draws[row, a]
