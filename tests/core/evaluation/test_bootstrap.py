"""Intervals from resampled users."""

import numpy as np
import pytest

from mftui.core.evaluation.bootstrap import DRAWS, interval, resampled, sums_by_user


def test_rows_are_added_up_per_user():
    sums = sums_by_user(np.array([1, 0, 1]), np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]]))
    assert sums.tolist() == [[2.0, 1.0], [4.0, 2.0]]


def test_users_who_are_all_alike_give_the_same_total_in_every_draw():
    totals = resampled(np.tile([3.0, 1.0], (7, 1)))
    assert totals.shape == (DRAWS, 2)
    assert np.all(totals == [21.0, 7.0])


def test_the_interval_of_a_mean_is_as_wide_as_theory_says():
    values = np.random.default_rng(0).normal(10, 2, 400)
    low, high = interval(resampled(values[:, None])[:, 0] / 400)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.02)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)


def test_a_user_who_says_the_same_ten_times_counts_as_one_witness():
    values = np.random.default_rng(0).normal(size=50)
    once, ten_times = (
        resampled(sums_by_user(np.repeat(np.arange(50), n), np.array([np.repeat(values, n), np.ones(50 * n)])))
        for n in (1, 10)
    )
    assert interval(once[:, 0] / once[:, 1]) == pytest.approx(interval(ten_times[:, 0] / ten_times[:, 1]))


def test_the_draws_are_the_same_every_time():
    sums = np.random.default_rng(0).random((30, 3))
    assert np.array_equal(resampled(sums), resampled(sums))
