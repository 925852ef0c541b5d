"""A few steps of conjugate gradients for every row, compiled for the CPU: least squares without Gram matrices.

Apart because it imports numba. Each row is summed in its own order, so the number of threads changes nothing.
"""

from typing import Any

import numpy as np

from mftui.core.training.solvers.code_cache import must_compile
from mftui.core.training.solvers.compiled import compiled
from mftui.core.training.solvers.compiled_rows import FloatArray, Regressions, by_blocks
from mftui.core.training.solvers.least_squares import NOTHING, ROUNDING


def is_compiled() -> bool:
    """Whether this machine has compiled this before."""
    return not must_compile(_improve_block)


def improve_rows(
    threads: int, regressions: Regressions, shared: FloatArray, ridge: FloatArray, guess: FloatArray, steps: int
) -> tuple[FloatArray, FloatArray]:
    """Go some steps from a guess towards what `compiled_rows.solve_rows` finds, whose arguments the first four are.

    A step costs each rating two products with its features, where a Gram matrix costs k (Takács, Pilászy and Tikk
    2011, section 4). k steps would be exact but for rounding.

    Args:
        guess: where to start, `[n_rows, k]`.
        steps: how many steps, at least 1.

    Returns:
        What is reached, `[n_rows, k]`, zero for rows without ratings, and the value of the objective there, `[n_rows]`.
    """
    solutions, values = guess.copy(), np.zeros(len(ridge), np.float32)

    def block(first: int, last: int) -> None:
        _improve_block(first, last, regressions, shared, ridge, steps, solutions, values)

    by_blocks(block, regressions.starts, guess.shape[1], threads)
    return solutions, values


@compiled()
def _improve_block(first, last, regressions, shared, ridge, steps, solutions, values) -> Any:  # type: ignore[no-untyped-def]  # compiled
    """Rows from `first` to `last`: conjugate gradients (Hestenes and Stiefel 1952), started where the row stands."""
    k = solutions.shape[1]
    residual, direction, change = np.empty(k, np.float32), np.empty(k, np.float32), np.empty(k, np.float32)
    for row in range(first, last):
        z, start, end = solutions[row], regressions.starts[row], regressions.starts[row + 1]
        if start == end:
            z[:] = 0
            continue
        value = _residual(residual, z, np.float32(1), start, end, regressions, shared, ridge[row])
        direction[:] = residual
        squared = np.float64(_dot(residual, residual))
        solved = ROUNDING * squared + NOTHING
        for _ in range(steps):
            if squared <= solved:
                break
            # With targets of 0 the residual is -A d, and the objective d'A d.
            curvature = _residual(change, direction, np.float32(0), start, end, regressions, shared, ridge[row])
            length = np.float32(squared / curvature)
            for a in range(k):
                z[a] += length * direction[a]
                residual[a] += length * change[a]
            value -= length * squared
            before, squared = squared, np.float64(_dot(residual, residual))
            kept = np.float32(squared / before)
            for a in range(k):
                direction[a] = residual[a] + kept * direction[a]
        values[row] = value


@compiled()
def _dot(one, other) -> Any:  # type: ignore[no-untyped-def]  # compiled
    total = np.float32(0)
    for a in range(len(one)):
        total += one[a] * other[a]
    return total


@compiled()
def _residual(out, z, wanted, start, end, regressions, shared, ridge) -> Any:  # type: ignore[no-untyped-def]  # compiled
    """Half the objective's descent at z, `out = sum_j w_j e_j x_j - Sz - rz` with `e_j = t (y_j - o_j) - x_j·z`.

    `wanted` is t. Returns the objective, `sum_j w_j e_j² + z'Sz + r z·z`. Four ratings are taken at a time, so that z
    and `out` are read once for them.
    """
    _, columns, features, targets, offsets, weights = regressions
    k = len(z)
    total = np.float64(0)
    for a in range(k):
        out[a] = -ridge * z[a]
    for b in range(len(shared)):
        for a in range(k):
            out[a] -= shared[b, a] * z[b]
    total -= _dot(out, z)
    whole = start + (end - start) // 4 * 4
    for j in range(start, whole, 4):
        x0, x1, x2, x3 = (
            features[columns[j]], features[columns[j + 1]], features[columns[j + 2]], features[columns[j + 3]],
        )  # fmt: skip
        e0 = e1 = e2 = e3 = np.float32(0)
        for a in range(k):
            e0 -= x0[a] * z[a]
            e1 -= x1[a] * z[a]
            e2 -= x2[a] * z[a]
            e3 -= x3[a] * z[a]
        e0 += wanted * (targets[j] - offsets[columns[j]])
        e1 += wanted * (targets[j + 1] - offsets[columns[j + 1]])
        e2 += wanted * (targets[j + 2] - offsets[columns[j + 2]])
        e3 += wanted * (targets[j + 3] - offsets[columns[j + 3]])
        if weights.size:
            w0, w1, w2, w3 = weights[j], weights[j + 1], weights[j + 2], weights[j + 3]
            total += w0 * e0 * e0 + w1 * e1 * e1 + w2 * e2 * e2 + w3 * e3 * e3
            e0, e1, e2, e3 = w0 * e0, w1 * e1, w2 * e2, w3 * e3
        else:
            total += e0 * e0 + e1 * e1 + e2 * e2 + e3 * e3
        for a in range(k):
            out[a] += e0 * x0[a] + e1 * x1[a] + e2 * x2[a] + e3 * x3[a]
    for j in range(whole, end):
        x = features[columns[j]]
        error = wanted * (targets[j] - offsets[columns[j]]) - _dot(x, z)
        weight = weights[j] if weights.size else np.float32(1)
        total += weight * error * error
        for a in range(k):
            out[a] += weight * error * x[a]
    return total
