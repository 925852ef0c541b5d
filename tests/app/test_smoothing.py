"""Smoothed curves: known values, gaps that stay gaps, and following a trace that begins anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mftui.app.widgets.smoothing import Smoothed, Smoothing
from mftui.app.widgets.trace import Trace


def smoothed(ys: list[float | None], how: Smoothing) -> list[float | None]:
    raw = Trace("loss")
    follower = Smoothed(raw, how)
    for x, y in enumerate(ys, 1):
        raw.append(x, y)
        follower.catch_up()
    assert follower.xs == raw.xs
    return [follower.at(x) for x in follower.xs]


def test_the_exponential_mean_begins_with_the_first_value_and_weighs_the_past_by_four_fifths() -> None:
    assert smoothed([5.0, 1.0], Smoothing.EXPONENTIAL) == pytest.approx([5.0, (0.8 * 5 + 1) / 1.8])


def test_the_median_passes_over_a_single_leap() -> None:
    assert smoothed([1.0, 1.0, 900.0, 1.0], Smoothing.MEDIAN) == [1.0, 1.0, 1.0, 1.0]


@pytest.mark.parametrize("how", [Smoothing.EXPONENTIAL, Smoothing.MEDIAN])
def test_a_gap_stays_a_gap_and_does_not_count(how: Smoothing) -> None:
    with_gap = smoothed([3.0, None, 1.0], how)
    assert with_gap == [*smoothed([3.0], how), None, smoothed([3.0, 1.0], how)[1]]


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=50), st.sampled_from(Smoothing))
def test_a_smoothed_curve_stays_among_its_values(ys: list[float], how: Smoothing) -> None:
    if how is not Smoothing.NONE:
        found = smoothed(list(ys), how)
        assert all(y is not None and min(ys) - 1e-9 <= y <= max(ys) + 1e-9 for y in found)


def test_a_trace_that_begins_anew_is_followed_anew() -> None:
    raw = Trace("loss")
    follower = Smoothed(raw, Smoothing.MEDIAN)
    for x in range(1, 6):
        raw.append(x, 100.0)
    follower.catch_up()
    raw.clear()
    for x in range(1, 8):
        raw.append(x, 1.0)
    follower.catch_up()
    assert list(follower.ys) == [1.0] * 7


def test_one_key_goes_through_all_kinds() -> None:
    assert Smoothing.NONE.next.next.next is Smoothing.NONE
