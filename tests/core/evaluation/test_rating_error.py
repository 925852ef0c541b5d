"""How far predictions are from ratings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import mean_absolute_error, mean_squared_error, root_mean_squared_error

from mftui.core.evaluation.ratings import error_by_rating, rating_error

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


def test_the_error_of_each_true_rating_lowest_first():
    by_rating = error_by_rating(np.array([3.0, 4.0, 2.0, 5.0]), np.array([5.0, 1.0, 1.0, 5.0], np.float32))
    assert [(row.rating, row.n, row.mean_predicted) for row in by_rating] == [(1.0, 2, 3.0), (5.0, 2, 4.0)]
    assert [row.rmse for row in by_rating] == pytest.approx([np.sqrt(5), np.sqrt(2)])


@given(ratings_of_any_kind)
def test_ratings_of_many_values_are_told_in_at_most_twenty_groups_that_hold_all_rows(true):
    by_rating = error_by_rating(np.zeros(50), true)
    assert len(by_rating) <= 20
    assert sum(row.n for row in by_rating) == 50
    assert [row.rating for row in by_rating] == sorted(row.rating for row in by_rating)
    assert sum(row.n * row.rmse**2 for row in by_rating) == pytest.approx(rating_error(np.zeros(50), true).mse * 50)
