"""The figures of a dataset: known answers on ratings small enough to count by hand."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from mftui.core.data.co_rating import co_rating
from mftui.core.data.ratings import Ratings, Scale
from mftui.core.data.spread import spread_of
from mftui.core.data.statistics import summarize
from mftui.core.data.summary import Summary

_JANUARY, _MARCH = 1_548_000_000, 1_552_000_000
"""20 January and 7 March 2019."""


@pytest.fixture
def small() -> Ratings:
    """Three users, three items, six ratings over three months, of which nobody rates in the second."""
    return Ratings(
        name="small",
        users=np.array([0, 0, 0, 1, 1, 2], np.int32),
        items=np.array([0, 1, 2, 0, 1, 0], np.int32),
        values=np.array([5, 3, 1, 5, 4, 4], np.float32),
        timestamps=np.array([_JANUARY, _MARCH, _MARCH, _MARCH, _MARCH, _MARCH]),
        user_ids=np.arange(3),
        item_ids=np.arange(3),
        scale=Scale(1, 5, 1),
        item_info={"title": np.array(["A", "B", "C"]), "genres": np.array(["Drama|War", "Drama", ""])},
    )


def test_equal_counts_are_spread_evenly() -> None:
    spread = spread_of(np.full(200, 7))
    assert (spread.fewest, spread.most, spread.quantiles) == (7, 7, (7.0,) * 5)
    assert spread.gini == pytest.approx(0, abs=1e-12)
    assert (spread.top_1, spread.top_10) == (pytest.approx(0.01), pytest.approx(0.1))


def test_where_one_has_everything_the_gini_coefficient_is_almost_one() -> None:
    counts = np.zeros(100, np.int64)
    counts[17] = 5
    spread = spread_of(counts)
    assert spread.gini == pytest.approx(0.99)
    assert (spread.top_1, spread.top_10) == (1.0, 1.0)


def test_the_gini_coefficient_is_half_the_relative_mean_difference() -> None:
    counts = np.random.default_rng(0).integers(1, 1000, 80)
    differences = np.abs(counts[:, None] - counts[None, :]).mean()
    assert spread_of(counts).gini == pytest.approx(differences / (2 * counts.mean()))


def test_the_top_tenth_is_at_least_one() -> None:
    assert spread_of(np.array([1, 3])).top_10 == 0.75


def test_best_rated_weighs_an_items_ratings_against_the_mean_of_all(small: Ratings) -> None:
    summary = summarize(small, "here")
    assert summary.prior_weight == 2.0  # six ratings of three items
    mean = 22 / 6
    expected = {"A": (2 * mean + 14) / 5, "B": (2 * mean + 7) / 4, "C": (2 * mean + 1) / 3}
    assert [(title, count) for title, _, count in summary.best_rated] == [("A", 3), ("B", 2), ("C", 1)]
    assert {title: average for title, average, _ in summary.best_rated} == pytest.approx(expected)


def test_months_without_ratings_count_as_zero_and_users_come_once(small: Ratings) -> None:
    summary = summarize(small, "here")
    assert summary.per_month == [("2019-01", 1), ("2019-02", 0), ("2019-03", 5)]
    assert summary.new_users_per_month == [("2019-01", 1), ("2019-02", 0), ("2019-03", 2)]


def test_an_item_counts_for_each_of_its_genres(small: Ratings) -> None:
    assert summarize(small, "here").genres == [("Drama", 5 / 6, 2), ("War", 3 / 6, 1)]


def test_without_times_and_genres_there_are_none(small: Ratings) -> None:
    summary = summarize(replace(small, timestamps=None, item_info={}), "here")
    assert (summary.first, summary.per_month, summary.new_users_per_month, summary.genres) == (None, [], [], [])


def test_moments_before_1970_have_their_month(small: Ratings) -> None:
    assert small.timestamps is not None
    summary = summarize(replace(small, timestamps=small.timestamps - 1_600_000_000), "here")
    assert summary.per_month[0] == ("1968-05", 1)
    assert sum(count for _, count in summary.per_month) == 6


def test_pairs_are_counted_by_the_users_who_rated_both(ratings: Ratings) -> None:
    raters = [set(ratings.users[ratings.items == item].tolist()) for item in range(ratings.n_items)]
    counts = [len(a & b) for a, b in combinations(raters, 2)]
    found = co_rating(ratings)
    assert found is not None
    assert (found.items, found.pairs) == (40, 780)
    assert found.with_one == pytest.approx(np.mean([c >= 1 for c in counts]))
    assert found.with_five == pytest.approx(np.mean([c >= 5 for c in counts]))
    assert found.mean == pytest.approx(np.mean(counts))


def test_what_is_known_is_told_as_soon_as_it_is(small: Ratings) -> None:
    told: list[Summary] = []
    whole = summarize(small, "here", told.append)
    assert whole.is_whole
    assert not any(summary.is_whole for summary in told)
    first = told[0]
    assert (first.users, first.ratings, first.histogram) == (3, 6, whole.histogram)
    assert (first.per_user, first.per_month, first.best_rated) == (None, [], [])
    for field in Summary.__struct_fields__:  # what is told once never changes
        values = [getattr(summary, field) for summary in (*told, whole)]
        assert len({repr(value) for value in values}) <= 2, field


def test_one_item_has_no_pairs(small: Ratings) -> None:
    assert co_rating(replace(small, items=np.zeros(6, np.int32), item_ids=np.arange(1), item_info={})) is None
