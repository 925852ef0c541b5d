"""Where the error is: groups of test rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mftui.core.data.ratings import Scale
from mftui.core.evaluation import segments
from mftui.core.evaluation.ratings import rating_error

ratings_of_any_kind = arrays(np.float32, 50, elements=st.floats(-100, 100, width=32))
STARS = Scale(1.0, 5.0, 1.0)


def rows(true: list[float], model: list[float] | None = None) -> segments.Predicted:
    values = np.array(true, np.float64)
    return segments.Predicted(values, values if model is None else np.array(model), np.full(len(true), 3.0))


def test_the_error_of_each_true_rating_lowest_first():
    by_rating = segments.error_by_rating(np.array([3.0, 4.0, 2.0, 5.0]), np.array([5.0, 1.0, 1.0, 5.0], np.float32))
    assert [(row.rating, row.n, row.mean_predicted) for row in by_rating] == [(1.0, 2, 3.0), (5.0, 2, 4.0)]
    assert [row.rmse for row in by_rating] == pytest.approx([np.sqrt(5), np.sqrt(2)])


@given(ratings_of_any_kind)
def test_ratings_of_many_values_are_told_in_at_most_twenty_groups_that_hold_all_rows(true):
    by_rating = segments.error_by_rating(np.zeros(50), true)
    assert len(by_rating) <= 20
    assert sum(row.n for row in by_rating) == 50
    assert [row.rating for row in by_rating] == sorted(row.rating for row in by_rating)
    assert sum(row.n * row.rmse**2 for row in by_rating) == pytest.approx(rating_error(np.zeros(50), true).mse * 50)


def test_ratings_of_many_values_are_written_in_a_few_digits():
    true = np.linspace(-9.987654, 9.987654, 50)
    by_rating = segments.error_by_rating(np.zeros(50), true)
    stretches = segments.by_prediction(rows(true.tolist(), true.tolist()), Scale(-9.987654, 9.987654, 0.1))
    assert (by_rating[0].label, by_rating[-1].label) == ("-9.17", "9.17")
    assert (stretches[0].name, stretches[4].name) == ("-9.99 to -7.49", "0 to 2.5")


def test_a_group_is_told_by_its_figures_and_those_of_the_bias_model():
    (group,) = segments.by_genre(rows([5.0, 3.0], [4.0, 3.5]), np.array(["Drama", "Drama"]))
    assert (group.name, group.n, group.mean_rating, group.mean_predicted) == ("Drama", 2, 4.0, 3.75)
    assert group.rmse == pytest.approx(np.sqrt((1 + 0.25) / 2))
    assert group.mae == 0.75
    assert group.bias_rmse == pytest.approx(np.sqrt(4 / 2))


def test_predictions_are_grouped_by_half_stars_and_their_ends_belong_somewhere():
    found = segments.by_prediction(rows([4.0, 4.0, 1.0, 5.0], [3.5, 3.9, 1.0, 5.0]), STARS)
    assert [(group.name, group.n) for group in found] == [("1 to 1.5", 1), ("3.5 to 4", 2), ("4.5 to 5", 1)]


def test_a_movie_counts_in_each_of_its_genres_and_the_commonest_come_first():
    found = segments.by_genre(rows([1.0, 2.0, 3.0, 4.0]), np.array(["War|Drama", "Drama", "", "War|Drama|Drama"]))
    assert [(group.name, group.n) for group in found] == [("Drama", 3), ("War", 2), ("no genre", 1)]
    assert found[1].mean_rating == 2.5


def test_groups_by_training_ratings_hold_as_many_rows_each():
    counts = np.random.default_rng(0).permutation(np.arange(1, 101))
    found = segments.by_count(rows([3.0] * 100), counts)
    assert [group.name for group in found] == ["1 to 21", "22 to 41", "42 to 61", "62 to 81", "82 to 100"]
    assert all(19 <= group.n <= 21 for group in found)


def test_those_never_trained_on_are_a_group_of_their_own():
    found = segments.by_count(rows([1.0, 1.0, 5.0]), np.array([0, 0, 8]))
    assert [(group.name, group.n, group.mean_rating) for group in found] == [("0", 2, 1.0), ("1 to 8", 1, 5.0)]
    assert [group.name for group in segments.by_count(rows([1.0, 1.0]), np.array([0, 0]))] == ["0"]


@given(arrays(np.int64, 40, elements=st.integers(0, 30)))
def test_groups_by_training_ratings_hold_every_row_once_in_order(counts):
    found = segments.by_count(rows([3.0] * 40), counts)
    assert sum(group.n for group in found) == 40
    lowest = [int(group.name.split()[0]) for group in found]
    assert lowest == sorted(set(lowest))


def when(*days: str) -> np.ndarray:
    return np.array(days, "datetime64[s]").astype(np.int64)


def test_times_are_told_by_month_or_over_long_spans_by_year():
    short = segments.by_time(rows([1.0, 2.0, 3.0]), when("1998-02-28", "1997-09-01", "1998-02-01"))
    assert [(group.name, group.n) for group in short] == [("1997-09", 1), ("1998-02", 2)]
    long = segments.by_time(rows([1.0, 2.0, 3.0]), when("1998-02-28", "2003-09-01", "1998-12-31"))
    assert [(group.name, group.n) for group in long] == [("1998", 2), ("2003", 1)]


def test_the_histogram_of_errors_reaches_as_far_as_the_scale_allows_and_holds_all_rows():
    bins = segments.error_histogram(np.array([1.0, 5.0, 3.0, 3.2, 2.9]), np.array([5.0, 1.0, 3.0, 3.0, 3.0]), STARS)
    assert (len(bins), bins[0].low, bins[-1].high) == (16, -4.0, 4.0)
    assert {bin.low: bin.n for bin in bins if bin.n} == {-4.0: 1, -0.5: 1, 0.0: 2, 3.5: 1}


def test_the_groups_add_up_to_the_whole():
    true, model = np.random.default_rng(0).uniform(1, 5, (2, 300))
    found = segments.by_prediction(segments.Predicted(true, model, model), STARS)
    total = sum(group.n * group.rmse**2 for group in found) / 300
    assert total == pytest.approx(rating_error(model, true).mse)
