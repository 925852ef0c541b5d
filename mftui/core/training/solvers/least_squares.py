"""Least squares for every user, or every item, at once: exactly, or by a few conjugate-gradient steps from a guess.

On a CPU it is compiled code; on other devices torch, chunk by chunk.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mftui.core.training.solvers.normal_equations import ByRow, Chunk, Side

_STEP = 5
"""Rows of a Gram matrix that cost as much as a conjugate-gradient step."""
ROUNDING = 1e-14
"""A row is solved, as far as float32 can tell, when its squared residual is this share of what it began with…"""
NOTHING = 1e-24
"""…or no more than this."""


@dataclass(frozen=True, eq=False)
class Problem:
    """For every row u: minimize `sum_j w_j (y_j - o_j - x_j·z)² + z'Sz + r_u z·z` over z `[k]`."""

    features: Tensor
    """`x` by column, `[n_columns, k]`."""
    targets: Tensor
    """`y` in the side's order, `[n]`."""
    ridge: Tensor
    """`r` by row, `[n_rows]`."""
    offsets: Tensor | None = None
    """`o` by column, `[n_columns]`; 0 if not given."""
    weights: Tensor | None = None
    """`w` in the side's order, `[n]`, none negative; 1 if not given."""
    shared: Tensor | None = None
    """`S`, `[k, k]`; 0 if not given."""


@dataclass(frozen=True, eq=False)
class Guess:
    """Where conjugate gradients start, and how many steps they take."""

    rows: Tensor
    """`[n_rows, k]`"""
    steps: int


def steps_worth_it(steps: int, n_factors: int) -> int:
    """Conjugate-gradient steps to take where so many are wanted: 0, an exact solution, where that is as quick."""
    return steps if n_factors > _STEP * steps else 0


def least_squares(side: Side, problem: Problem, guess: Guess | None = None) -> tuple[Tensor, Tensor]:
    """The solution of every row, or what a few steps from a guess reach.

    Returns:
        `z [n_rows, k]` and the values of the objective there, `[n_rows]`; both 0 for rows without ratings.
    """
    solved = compiled if problem.features.device.type == "cpu" else by_chunks
    return solved(side, problem, guess)


def compiled(side: Side, problem: Problem, guess: Guess | None = None) -> tuple[Tensor, Tensor]:
    """`least_squares` on the CPU, on as many threads as torch was told to use."""
    from mftui.core.training.solvers.compiled_conjugate import improve_rows
    from mftui.core.training.solvers.compiled_rows import Regressions, solve_rows

    features = problem.features
    offsets = features.new_zeros(len(features)) if problem.offsets is None else problem.offsets.contiguous()
    weights = features.new_zeros(0) if problem.weights is None else problem.weights
    shared = features.new_zeros(0, 0) if problem.shared is None else problem.shared
    tensors = (side.starts, side.columns, features, problem.targets, offsets, weights)
    regressions = Regressions(*(tensor.numpy() for tensor in tensors))
    given = (torch.get_num_threads(), regressions, shared.numpy(), problem.ridge.numpy())
    if guess is None:
        solutions, values = solve_rows(*given)
    else:
        solutions, values = improve_rows(*given, guess.rows.numpy(), guess.steps)
    return torch.from_numpy(solutions), torch.from_numpy(values)


def by_chunks(side: Side, problem: Problem, guess: Guess | None = None) -> tuple[Tensor, Tensor]:
    """`least_squares` in torch alone, on any device.

    Gram matrices are made for conjugate gradients as well: on a GPU they cost little, and the steps are the same.
    """
    features, ridge = problem.features, problem.ridge
    solutions, values = features.new_zeros(len(ridge), features.shape[1]), features.new_zeros(len(ridge))
    padded, squares = side.padded(features), _squares(side, problem)
    for chunk in side.chunks:
        gram, moment = _equations(side, chunk, padded, problem)
        if guess is None:
            z = solve(gram, moment)
            pulled = moment
        else:
            z = conjugate(gram, moment, guess.rows[chunk.rows], guess.steps)
            pulled = 2 * moment - (gram @ z[..., None])[..., 0]
        solutions[chunk.rows] = z
        values[chunk.rows] = squares[chunk.rows] - (pulled * z).sum(1)
    return solutions, values


def _equations(side: Side, chunk: Chunk, padded: Tensor, problem: Problem) -> tuple[Tensor, Tensor]:
    """Both sides of a chunk's regularized normal equations, `[m, k, k]` and `[m, k]`."""
    gram, moment = side.normal_equations(chunk, padded, problem.targets, problem.offsets, problem.weights)
    if problem.shared is not None:
        gram += problem.shared
    gram.diagonal(dim1=1, dim2=2).add_(problem.ridge[chunk.rows][:, None])
    return gram, moment


def _squares(side: Side, problem: Problem) -> Tensor:
    """`sum_j w_j (y_j - o_j)²` by row, `[n_rows]`."""
    rest = problem.targets
    if problem.offsets is not None:
        rest = rest - problem.offsets.index_select(0, side.columns)
    squares = rest.square() if problem.weights is None else rest.square() * problem.weights
    return side.sums(squares)


def solve(gram: Tensor, moment: Tensor) -> Tensor:
    """The solutions of `A_u x = b_u`, `[m, k]`, for positive definite `A [m, k, k]` and `b [m, k]`, by Cholesky."""
    # cholesky_ex doesn't look whether it succeeded, so a GPU isn't made to wait.
    lower, _ = torch.linalg.cholesky_ex(gram)
    return torch.cholesky_solve(moment[..., None], lower)[..., 0]


def conjugate(gram: Tensor, moment: Tensor, start: Tensor, steps: int) -> Tensor:
    """Some steps from `start [m, k]` towards `solve(gram, moment)` (Hestenes and Stiefel 1952), `[m, k]`."""
    z = start
    residual = moment - (gram @ z[..., None])[..., 0]
    direction, squared = residual, residual.square().sum(1, keepdim=True)
    solved = ROUNDING * squared + NOTHING
    for _ in range(steps):
        change = (gram @ direction[..., None])[..., 0]
        length = torch.where(squared > solved, squared / (direction * change).sum(1, keepdim=True), 0)
        z = z + length * direction
        residual = residual - length * change
        before, squared = squared, residual.square().sum(1, keepdim=True)
        direction = residual + squared / before.clamp_min(NOTHING) * direction
    return z


def prepare(device: str, say: Callable[[str], None], iterative: bool = False) -> None:
    """Compile what `least_squares` needs on a CPU, where this machine has not done so yet; `say` tells of it.

    Args:
        device: where the solver works; nothing is compiled for others than the CPU.
        say: is given a few words before it takes long.
        iterative: whether there will be a guess.
    """
    if torch.device(device).type != "cpu":
        return
    from mftui.core.training.solvers import compiled_conjugate, compiled_rows

    if not (compiled_conjugate if iterative else compiled_rows).is_compiled():
        say("compiling the solver, once for this machine")
    one, position = torch.ones(1, 1), np.zeros(1, np.int32)
    problem = Problem(one, one[0], one[0])
    least_squares(Side(ByRow.sort(position, position, 1), 1, 1, device), problem, Guess(one, 1) if iterative else None)
