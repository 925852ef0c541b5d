"""The baselines that a model must beat."""

import numpy as np
import pytest

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split, split
from mftui.core.evaluation.baselines import average, fit_biases


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


def test_averages_of_what_was_seen_and_the_mean_for_the_rest():
    found = average(np.array([0, 0, 2]), np.array([2.0, 4.0, 4.0], np.float32), 4)
    assert found.mean == pytest.approx(10 / 3)
    assert found.item.tolist() == pytest.approx([3.0, 10 / 3, 4.0, 10 / 3])
    assert found.majority == 4.0


def rmse_and_mae(ratings: Ratings, parts: Split) -> tuple[float, float]:
    users, items, values = (column[parts.train] for column in (ratings.users, ratings.items, ratings.values))
    biases = fit_biases(users, items, values, ratings.n_users, ratings.n_items)
    predicted = biases.predict(ratings.users[parts.test], ratings.items[parts.test]).clip(1, 5)
    difference = predicted - ratings.values[parts.test]
    return float(np.sqrt(np.mean(difference**2))), float(np.mean(np.abs(difference)))


@pytest.mark.ml100k
def test_fold_1_of_movielens_100k_is_where_other_libraries_have_it(ml100k: Ratings):
    assert 0.956 <= rmse_and_mae(ml100k, split(ml100k, "fold:1"))[0] <= 0.960


@pytest.mark.ml100k
def test_five_random_folds_of_movielens_100k_come_out_as_surprise_publishes_them(ml100k: Ratings):
    """Surprise's own table says 0.944 RMSE and 0.748 MAE for its `BaselineOnly`."""
    folds = np.array_split(np.random.default_rng(0).permutation(len(ml100k)), 5)
    none = np.empty(0, np.int64)
    errors = [
        rmse_and_mae(ml100k, Split(np.concatenate(folds[:i] + folds[i + 1 :]), none, folds[i], "")) for i in range(5)
    ]
    assert np.mean(errors, axis=0) == pytest.approx([0.944, 0.748], abs=0.001)
