"""The baselines that a model must beat."""

import numpy as np
import pytest

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import split
from mftui.core.evaluation.baselines import fit_biases


def test_the_biases_solve_the_ridge_regression_they_stand_for():
    rng = np.random.default_rng(0)
    users, items = np.divmod(rng.choice(12 * 9, 70, replace=False), 9)
    values = rng.integers(1, 6, 70).astype(np.float32)
    design = np.concatenate([np.eye(12)[users], np.eye(9)[items]], axis=1)
    penalty = np.diag([15.0] * 12 + [10.0] * 9)
    centred = values - values.mean(dtype=np.float64)
    expected = np.linalg.solve(design.T @ design + penalty, design.T @ centred)
    biases = fit_biases(users, items, values, 12, 9)
    assert np.concatenate([biases.user, biases.item]) == pytest.approx(expected, abs=1e-4)


def test_who_was_never_seen_is_predicted_without_a_bias():
    biases = fit_biases(np.array([0, 0]), np.array([0, 1]), np.array([2.0, 4.0], np.float32), 2, 3)
    assert biases.predict(np.array([1]), np.array([2])) == pytest.approx([3.0])


@pytest.mark.ml100k
def test_movielens_100k_comes_out_as_surprise_publishes_it(ml100k: Ratings):
    """Surprise's own table says 0.944 RMSE and 0.748 MAE for its `BaselineOnly`, over five folds."""
    rmse, mae = [], []
    for number in range(1, 6):
        parts = split(ml100k, f"fold:{number}")
        users, items, values = (column[parts.train] for column in (ml100k.users, ml100k.items, ml100k.values))
        biases = fit_biases(users, items, values, ml100k.n_users, ml100k.n_items)
        predicted = biases.predict(ml100k.users[parts.test], ml100k.items[parts.test]).clip(1, 5)
        difference = predicted - ml100k.values[parts.test]
        rmse.append(np.sqrt(np.mean(difference**2)))
        mae.append(np.mean(np.abs(difference)))
    assert 0.956 <= rmse[0] <= 0.960
    assert np.mean(rmse) == pytest.approx(0.944, abs=0.001)
    assert np.mean(mae) == pytest.approx(0.748, abs=0.001)
