"""How far predictions are from ratings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score, root_mean_squared_error

from mftui.core.evaluation.ratings import judge_ratings, rating_error

ratings_of_any_kind = arrays(np.float32, 50, elements=st.floats(-100, 100, width=32))


def test_a_case_worked_out_by_hand():
    error = rating_error(np.array([1.0, 2.0, 5.0]), np.array([1.0, 4.0, 4.0]))
    assert (error.mse, error.mae, error.n) == (5 / 3, 1.0, 3)
    assert error.rmse == pytest.approx(1.2909944)


def test_no_rows_give_zero_errors_over_zero_rows():
    error = rating_error(np.array([]), np.array([]))
    assert (error.mse, error.rmse, error.mae, error.n) == (0, 0, 0, 0)


@given(ratings_of_any_kind, ratings_of_any_kind)
def test_scikit_learn_agrees(predicted, true):
    error = rating_error(predicted, true)
    wide = predicted.astype(np.float64), true.astype(np.float64)
    assert error.mse == pytest.approx(mean_squared_error(*wide))
    assert error.rmse == pytest.approx(root_mean_squared_error(*wide))
    assert error.mae == pytest.approx(mean_absolute_error(*wide))


@given(ratings_of_any_kind, ratings_of_any_kind.filter(lambda true: np.var(true, dtype=np.float64) > 1e-3))
def test_scikit_learn_agrees_on_the_share_of_variance_explained(predicted, true):
    r2 = rating_error(predicted, true).r2
    assert r2 == pytest.approx(r2_score(true.astype(np.float64), predicted.astype(np.float64)), rel=1e-6)


def test_where_all_ratings_are_equal_there_is_no_variance_to_explain():
    assert rating_error(np.array([1.0, 2.0]), np.array([2.0, 2.0])).r2 is None


def test_half_a_star_off_is_near_and_more_is_not():
    error = rating_error(np.array([2.5, 3.5, 3.51, 4.0]), np.array([3.0, 3.0, 3.0, 4.0]))
    assert error.within_half == 0.75


def test_rows_without_a_prediction_are_left_out():
    true, users = np.array([3.0, 4.0, 5.0]), np.array([7, 7, 2])
    judged = judge_ratings({"all": np.array([3.0, 3.0, 3.0]), "some": np.array([np.nan, 3.0, np.nan])}, true, users)
    assert (judged["all"].error.n, judged["some"].error.n) == (3, 1)
    assert judged["some"].error.mse == 1.0
    assert judged["all"].error.mse == pytest.approx(5 / 3)


def test_no_row_with_a_prediction_gives_no_error_and_no_interval():
    judged = judge_ratings({"none": np.full(3, np.nan)}, np.array([1.0, 2.0, 3.0]), np.array([0, 1, 1]))
    assert judged["none"].error == rating_error(np.array([]), np.array([]))


def rows(n_users: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(1, 6, 20 * n_users).astype(np.float32), np.repeat(np.arange(n_users), 20)


def test_an_interval_holds_the_figure_and_narrows_with_more_users():
    widths = []
    for n_users in (500, 5000):
        true, users = rows(n_users)
        error = judge_ratings({"mean": np.full(len(true), 3.0)}, true, users)["mean"].error
        assert error.rmse_interval[0] < error.rmse < error.rmse_interval[1]
        assert error.mae_interval[0] < error.mae < error.mae_interval[1]
        widths.append(error.rmse_interval[1] - error.rmse_interval[0])
    assert widths[0] / widths[1] == pytest.approx(np.sqrt(10), rel=0.15)


def test_a_model_that_is_a_little_better_for_everybody_is_clearly_better():
    """Each user's errors differ widely, so the two intervals overlap by far; the paired difference does not doubt."""
    rng = np.random.default_rng(1)
    users = np.repeat(np.arange(200), 10)
    errors = np.repeat(rng.uniform(0.2, 2.0, 200), 10)
    true = np.full(2000, 3.0)
    judged = judge_ratings({"good": true + 0.98 * errors, "bad": true + errors}, true, users)
    good, bad = judged["good"], judged["bad"]
    assert good.error.rmse_interval[1] > bad.error.rmse_interval[0]
    assert good.beside(bad).verdict == "better"
    assert bad.beside(good).verdict == "worse"
    assert good.beside(bad).by == pytest.approx(0.02 * bad.error.rmse)


def test_models_whose_errors_differ_only_by_chance_are_not_told_apart():
    true, users = rows(100)
    noise = np.random.default_rng(2).normal(size=(2, len(true)))
    judged = judge_ratings({"one": true + noise[0], "other": true + noise[1]}, true, users)
    difference = judged["one"].beside(judged["other"])
    assert difference.verdict == "no clear difference"
    assert difference.interval[0] < 0 < difference.interval[1]


def test_a_model_beside_itself_makes_no_difference():
    true, users = rows(10)
    judged = judge_ratings({"model": np.full(len(true), 3.0)}, true, users)["model"]
    assert (judged.beside(judged).by, judged.beside(judged).interval) == (0.0, (0.0, 0.0))
    assert judged.beside(judged).verdict == "no clear difference"
