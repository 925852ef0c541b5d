"""Least squares for many rows: exact against its equations, compiled against batched, step by step against exact."""

import numpy as np
import pytest
import torch

from mftui.core.training.solvers import compiled_rows
from mftui.core.training.solvers.least_squares import Guess, Problem, by_chunks, compiled, solve
from mftui.core.training.solvers.normal_equations import ByRow, Side

N_ROWS, N_COLUMNS, K = 40, 25, 5
N_RATINGS = 2000
"""So many that the first rows have more than are gathered at a time."""


class Case:
    """Rows of many lengths, the last of them empty; everything that a problem can have, or only what it must."""

    def __init__(self, full: bool, memory_budget: int | None = None) -> None:
        random = np.random.default_rng(0)
        rows = np.minimum(random.geometric(0.1, N_RATINGS) - 1, N_ROWS - 2).astype(np.int32)
        columns = random.integers(0, N_COLUMNS, N_RATINGS).astype(np.int32)
        assert np.bincount(rows).max() > compiled_rows._BUFFER
        draw = lambda *shape: torch.from_numpy(random.normal(size=shape).astype(np.float32))  # noqa: E731
        self.side = Side(ByRow.sort(rows, columns, N_ROWS), N_COLUMNS, K, "cpu", memory_budget)
        x, y, offsets, weights = draw(N_COLUMNS, K), draw(N_RATINGS), draw(N_COLUMNS), draw(N_RATINGS).abs()
        rest = (offsets, self.side.sorted(weights), x.T @ x) if full else ()
        self.problem = Problem(x, self.side.sorted(y), torch.linspace(0.1, 2, N_ROWS), *rest)
        self.guess = draw(N_ROWS, K)

    def value(self, z: torch.Tensor) -> torch.Tensor:
        """The objective of every row, term by term."""
        problem, rows = self.problem, torch.arange(N_ROWS).repeat_interleave(self.side.counts)
        columns = self.side.columns.long()
        offsets = 0 if problem.offsets is None else problem.offsets[columns]
        errors = problem.targets - offsets - (problem.features[columns] * z[rows]).sum(1)
        squares = errors.square() if problem.weights is None else errors.square() * problem.weights
        value = torch.zeros(N_ROWS).index_add_(0, rows, squares) + problem.ridge * z.square().sum(1)
        return value if problem.shared is None else value + ((z @ problem.shared) * z).sum(1)


@pytest.fixture(params=[False, True], ids=["plain", "full"])
def case(request: pytest.FixtureRequest) -> Case:
    return Case(request.param)


def test_solutions_satisfy_their_equations(case):
    for chunk in case.side.chunks:
        x = case.side.padded(case.problem.features)
        gram, moment = case.side.normal_equations(chunk, x, case.problem.targets)
        gram += torch.eye(K)
        solution = solve(gram, moment)
        torch.testing.assert_close((gram @ solution[..., None])[..., 0], moment, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_compiled_and_batched_least_squares_agree(case, steps):
    guess = Guess(case.guess, steps) if steps else None
    found, batched = compiled(case.side, case.problem, guess), by_chunks(case.side, case.problem, guess)
    torch.testing.assert_close(found[0], batched[0], rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(found[1], batched[1], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("solved", [compiled, by_chunks])
def test_the_value_told_is_the_objective_at_the_rows_reached(case, solved):
    for guess in (None, Guess(case.guess, 1), Guess(case.guess, 3)):
        rows, values = solved(case.side, case.problem, guess)
        torch.testing.assert_close(values, case.value(rows), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("solved", [compiled, by_chunks])
def test_each_step_comes_closer_and_as_many_as_there_are_factors_arrive(case, solved):
    exact, least = solved(case.side, case.problem)
    before = torch.full((N_ROWS,), np.inf)
    for steps in range(1, K + 2):
        rows, values = solved(case.side, case.problem, Guess(case.guess, steps))
        assert (values <= before + 1e-3).all()
        assert (values >= least - 1e-3).all()
        before = values
    torch.testing.assert_close(rows, exact, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("solved", [compiled, by_chunks])
def test_a_row_that_is_solved_stays_where_it_is(case, solved):
    exact, _ = solved(case.side, case.problem)
    rows, _ = solved(case.side, case.problem, Guess(exact, 50))
    torch.testing.assert_close(rows, exact, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("solved", [compiled, by_chunks])
def test_rows_without_ratings_are_zero_whatever_was_guessed(case, solved):
    for guess in (None, Guess(case.guess, 2)):
        rows, values = solved(case.side, case.problem, guess)
        assert not rows[-1].any()
        assert values[-1] == 0


@pytest.mark.parametrize("steps", [0, 3])
def test_the_size_of_chunks_changes_nothing_beyond_rounding(steps):
    found = []
    for memory_budget in (1, 500, 1 << 20):
        case = Case(True, memory_budget)
        found.append(by_chunks(case.side, case.problem, Guess(case.guess, steps) if steps else None)[0])
    torch.testing.assert_close(found[1], found[0], rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(found[2], found[0], rtol=1e-3, atol=1e-4)
