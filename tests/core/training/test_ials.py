"""iALS: that it minimizes its objective, what it learns of the scale, and how well it ranks."""

import numpy as np
import pytest

from mftui.core.data.ratings import Scale
from mftui.core.errors import DataError
from mftui.core.model.factors import Factors
from mftui.core.runs.options import Ials
from mftui.core.training.solvers.ials import IalsSolver, targets_of

from .conftest import every_pair, shrunk


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_figures_are_those_of_the_objective_and_it_never_rises(rows, steps):
    options = Ials(n_factors=16, unobserved_weight=0.3, regularization=0.05, steps=steps)
    solver, before = IalsSolver(rows, options, 0, "cpu"), np.inf
    targets, _ = targets_of(rows.values, rows.scale, options)
    for epoch in (1, 2, 3, 4):
        told = solver.sweep(epoch)
        factors = solver.factors()
        scores = factors.scores(np.arange(rows.n_users)).astype(np.float64)
        squared = (targets - scores[rows.users, rows.items]) ** 2
        penalty = sum(
            ((counts + 0.3 * others) * (table.astype(np.float64) ** 2).sum(1)).sum()
            for counts, others, table in (
                (factors.user_counts, rows.n_items, factors.user_factors),
                (factors.item_counts, rows.n_users, factors.item_factors),
            )
        )
        objective = (squared.sum() + 0.3 * (scores**2).sum() + 0.05 * penalty) / len(rows)
        assert told.train_mse == pytest.approx(squared.mean(), rel=1e-3)
        assert told.figures["objective"] == pytest.approx(objective, rel=1e-3)
        assert objective < before * (1 + 1e-5)
        before = objective


@pytest.mark.parametrize("steps", [0, 3])
def test_a_whole_matrix_is_what_its_singular_values_keep(steps):
    """With every pair rated, (t - s)² + c s² is (1 + c) (s - t / (1 + c))² and a constant, and so are the penalties'
    weights n + c n; λ w_u |p|² and λ w_i |q|² are balanced between P and Q at λ (1 + c) √(n_u n_i) each."""
    table, c, regularization = np.random.default_rng(0).random((24, 18)), 0.5, 0.03
    options = Ials(
        n_factors=18, unobserved_weight=c, regularization=regularization, lowest_target=0, highest_target=2, steps=steps
    )
    solver = IalsSolver(every_pair(table, Scale(0, 1, 0.1)), options, 0, "cpu")
    for epoch in range(1, 201):
        solver.sweep(epoch)
    expected = shrunk(2 * table / (1 + c), regularization * (24 * 18) ** 0.5)
    assert 1 < np.linalg.matrix_rank(expected, tol=0.01) < 18
    np.testing.assert_allclose(solver.factors().scores(np.arange(24)), expected, atol=0.01)


@pytest.mark.parametrize("scale", [Scale(1, 5, 1), Scale(0.5, 5, 0.5), Scale(0, 100, 1)])
def test_targets_depend_on_the_place_in_the_scale(scale):
    values = np.array([scale.lowest, (scale.lowest + scale.highest) / 2, scale.highest], np.float32)
    targets, kept = targets_of(values, scale, Ials(lowest_target=0.2, highest_target=1.2))
    np.testing.assert_allclose(targets, [0.2, 0.7, 1.2], rtol=1e-6)
    assert kept.all()


def test_a_threshold_of_three_quarters_keeps_four_and_five_stars():
    _, kept = targets_of(np.arange(1, 6, dtype=np.float32), Scale(1, 5, 1), Ials(threshold=0.75))
    assert kept.tolist() == [False, False, False, True, True]


def test_ratings_of_one_value_are_all_at_the_top():
    targets, _ = targets_of(np.ones(3, np.float32), Scale(1, 1, 1), Ials())
    np.testing.assert_allclose(targets, 1.4, rtol=1e-6)


def test_no_rating_above_the_threshold_is_said_in_a_sentence():
    with pytest.raises(DataError, match="threshold"):
        targets_of(np.ones(3, np.float32), Scale(1, 5, 1), Ials(threshold=0.75))


def test_an_item_that_nobody_rated_weighs_on_nobody_from_the_start(rows):
    start = IalsSolver(rows, Ials(n_factors=3), 0, "cpu").state()["item_factors"]
    assert start[:-1].any(axis=1).all()
    assert not start[-1].any()


def test_its_model_says_that_it_holds_scores_also_from_a_file(rows, tmp_path):
    solver = IalsSolver(rows, Ials(n_factors=3), 0, "cpu")
    solver.sweep(1)
    solver.factors().save(tmp_path / "model.safetensors")
    assert Factors.load(tmp_path / "model.safetensors").kind == "score"
