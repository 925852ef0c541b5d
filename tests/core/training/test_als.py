"""Biased ALS: that each half of a sweep is the minimum, or comes as close as it must, and what that brings."""

import numpy as np
import pytest
import torch

from mftui.core.data.ratings import Scale
from mftui.core.runs.options import Als
from mftui.core.training.solvers.als import AlsSolver

from .conftest import every_pair, planted_rows, shrunk


def ridge(factors: np.ndarray, targets: np.ndarray, regularization: float) -> np.ndarray:
    """The bias and factors of a row that rated others of these factors so (Zhou et al. 2008, eq. 5)."""
    design = np.c_[np.ones(len(factors)), factors].astype(np.float64)
    penalty = regularization * len(factors) * np.eye(design.shape[1])
    return np.linalg.solve(design.T @ design + penalty, design.T @ targets)


def test_items_solve_their_own_ridge_regressions(rows):
    solver = AlsSolver(rows, Als(n_factors=3, regularization=0.05, steps=0), 0, "cpu")
    solver.sweep(1)
    factors = solver.factors()
    for item in (0, 7, 20):
        mine = rows.items == item
        users = rows.users[mine]
        solution = ridge(factors.user_factors[users], rows.values[mine] - factors.mean - factors.user_bias[users], 0.05)
        found = np.r_[factors.item_bias[item], factors.item_factors[item]]
        np.testing.assert_allclose(found, solution, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("steps", [0, 3])
def test_a_whole_matrix_is_its_mean_and_what_its_singular_values_keep(steps):
    """Rows and columns that sum to nothing leave the biases at 0; λ n_u |p|² and λ n_i |q|² are balanced between P and
    Q at λ √(n_u n_i) each."""
    table = np.random.default_rng(0).normal(size=(24, 18))
    table -= table.mean(0)
    table -= table.mean(1, keepdims=True)
    solver = AlsSolver(
        every_pair(3 + table, Scale(-9, 9, 1)), Als(n_factors=18, regularization=0.2, steps=steps), 0, "cpu"
    )
    for epoch in range(1, 201):
        solver.sweep(epoch)
    factors = solver.factors()
    expected = shrunk(table, 0.2 * (24 * 18) ** 0.5)
    assert 0 < np.linalg.matrix_rank(expected, tol=0.01) < 18
    np.testing.assert_allclose(factors.user_factors @ factors.item_factors.T, expected, atol=0.01)
    np.testing.assert_allclose(factors.user_bias, 0, atol=0.01)
    np.testing.assert_allclose(factors.item_bias, 0, atol=0.01)
    assert factors.mean == pytest.approx(3, abs=1e-5)


def test_where_it_comes_to_rest_users_solve_their_own_ridge_regressions_as_well(rows):
    solver = AlsSolver(rows, Als(n_factors=2, regularization=0.1, steps=0), 0, "cpu")
    for epoch in range(1, 301):
        solver.sweep(epoch)
    factors = solver.factors()
    for user in (0, 7, 20):
        mine = rows.users == user
        items = rows.items[mine]
        solution = ridge(factors.item_factors[items], rows.values[mine] - factors.mean - factors.item_bias[items], 0.1)
        np.testing.assert_allclose(np.r_[factors.user_bias[user], factors.user_factors[user]], solution, atol=0.01)


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_the_loss_is_that_of_the_model_the_sweep_ends_with(rows, steps):
    solver = AlsSolver(rows, Als(n_factors=20, regularization=0.05, steps=steps), 0, "cpu")
    for epoch in (1, 2, 3):
        loss = solver.sweep(epoch).train_mse
        errors = solver.factors().predict(rows.users, rows.items, clip=False) - rows.values
        assert loss == pytest.approx(np.mean(errors**2), rel=1e-3)


def test_planted_factors_are_found():
    rows = planted_rows(noise=0.0)
    solver = AlsSolver(rows, Als(n_factors=4, regularization=1e-3), 0, "cpu")
    for epoch in range(1, 31):
        loss = solver.sweep(epoch).train_mse
    assert loss < 0.02


def test_three_steps_a_row_lead_to_the_exact_solvers_model(rows):
    exact, stepped = (AlsSolver(rows, Als(n_factors=20, steps=steps), 0, "cpu") for steps in (0, 3))
    for epoch in range(1, 31):
        losses = exact.sweep(epoch).train_mse, stepped.sweep(epoch).train_mse
    assert losses[1] == pytest.approx(losses[0], rel=0.01)
    predicted = [solver.predict(rows.users, rows.items) for solver in (exact, stepped)]
    np.testing.assert_allclose(predicted[0], predicted[1], atol=0.05)


@pytest.mark.parametrize("steps", [2, 3])
def test_few_factors_are_solved_exactly_for_that_is_no_slower(rows, steps):
    exact, stepped = (AlsSolver(rows, Als(n_factors=10, steps=n), 0, "cpu") for n in (0, steps))
    assert exact.sweep(1) == stepped.sweep(1)


@pytest.mark.parametrize("steps", [0, 3])
def test_the_number_of_threads_changes_nothing(rows, steps):
    found = []
    before = torch.get_num_threads()
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            solver = AlsSolver(rows, Als(n_factors=20, steps=steps), 0, "cpu")
            solver.sweep(1)
            found.append(solver.state())
    finally:
        torch.set_num_threads(before)
    for name in found[0]:
        np.testing.assert_array_equal(found[0][name], found[1][name])
