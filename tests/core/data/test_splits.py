"""Splits: known rows, and what holds for every split."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from mftui.core.data.ratings import Ratings, Scale
from mftui.core.data.splits import split
from mftui.core.errors import DataError

KINDS = ["random", "fold:1", "fold:2", "fold:3", "fold:4", "fold:5", "temporal", "leave-last-out"]


def ratings_of(users: list[int], times: list[int] | None) -> Ratings:
    """Ratings by these users at these times, each of another item."""
    n = len(users)
    return Ratings(
        name="made up",
        users=np.array(users, np.int32),
        items=np.arange(n, dtype=np.int32),
        values=np.ones(n, np.float32),
        timestamps=None if times is None else np.array(times, np.int64),
        user_ids=np.arange(max(users) + 1),
        item_ids=np.arange(n),
        scale=Scale(1, 5, 1),
    )


@pytest.mark.parametrize("n", [5, 99, 100, 1001, 100_000])
@pytest.mark.parametrize(("fraction", "seed"), [(0.2, 42), (0.25, 0), (0.1, 7), (1 / 3, 3)])
def test_random_gives_the_very_rows_of_scikit_learn(n: int, fraction: float, seed: int) -> None:
    theirs_train, theirs_test = train_test_split(np.arange(n), test_size=fraction, random_state=seed)
    ours = split(ratings_of([0] * n, None), "random", test_fraction=fraction, seed=seed)
    np.testing.assert_array_equal(ours.train, theirs_train)
    np.testing.assert_array_equal(ours.test, theirs_test)


def test_validation_rows_are_those_of_a_second_split_of_the_training_rows() -> None:
    train, test = train_test_split(np.arange(1000), test_size=0.2, random_state=5)
    train, validation = train_test_split(train, test_size=0.1, random_state=5)
    ours = split(ratings_of([0] * 1000, None), "random", seed=5, validation=0.1)
    np.testing.assert_array_equal(ours.train, train)
    np.testing.assert_array_equal(ours.validation, validation)
    np.testing.assert_array_equal(ours.test, test)


def test_the_folds_are_fifths_of_the_file_in_order() -> None:
    ratings = ratings_of([0] * 100_000, None)
    for number in range(1, 6):
        fold = split(ratings, f"fold:{number}")
        np.testing.assert_array_equal(fold.test, np.arange(20_000 * (number - 1), 20_000 * number))
        assert len(fold.train) == 80_000


def test_any_number_of_folds_covers_each_row_once() -> None:
    ratings = ratings_of([0] * 10, None)
    folds = [split(ratings, f"fold:{number}/3") for number in (1, 2, 3)]
    assert [fold.test.tolist() for fold in folds] == [[0, 1, 2], [3, 4, 5], [6, 7, 8, 9]]
    assert folds[1].description.startswith("fold 2 of 3:")


def test_random_folds_cover_each_row_once_in_an_order_of_their_seed() -> None:
    ratings = ratings_of([0] * 10, None)
    folds = [split(ratings, f"random-fold:{number}/3", seed=7) for number in (1, 2, 3)]
    assert [len(fold.test) for fold in folds] == [3, 3, 4]
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(10))
    assert all(set(fold.train) == set(range(10)) - set(fold.test) for fold in folds)
    assert folds[0].test.tolist() != [0, 1, 2]
    assert folds[0].test.tolist() == split(ratings, "random-fold:1/3", seed=7).test.tolist()
    assert folds[0].test.tolist() != split(ratings, "random-fold:1/3", seed=8).test.tolist()
    assert folds[1].description == "random fold 2 of 3, seed 7: 3 rows"


@pytest.mark.parametrize("kind", ["fold:4/3", "fold:1/1", "random-fold:4/3"])
def test_a_fold_that_is_not_there_is_refused(kind: str) -> None:
    with pytest.raises(DataError, match="There is no fold"):
        split(ratings_of([0] * 10, None), kind)


def test_temporal_tests_on_the_newest_and_ties_follow_the_file() -> None:
    parts = split(ratings_of([0] * 5, [30, 10, 30, 20, 30]), "temporal", test_fraction=0.4)
    assert parts.test.tolist() == [2, 4]
    assert parts.train.tolist() == [1, 3, 0]


def test_leave_last_out_tests_on_the_newest_of_each_user_and_ties_follow_the_file() -> None:
    parts = split(ratings_of([0, 1, 0, 1, 0], [5, 9, 7, 9, 6]), "leave-last-out")
    assert parts.test.tolist() == [2, 3]
    assert parts.train.tolist() == [0, 1, 4]


def test_a_user_with_one_row_stays_in_training_when_the_last_is_left_out() -> None:
    parts = split(ratings_of([0, 1, 0], [1, 2, 3]), "leave-last-out")
    assert parts.test.tolist() == [2]
    assert "users with one row stay in training (1)" in parts.description


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 20)), min_size=15, max_size=80),
    st.sampled_from(KINDS),
    st.floats(0.05, 0.6),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 0.1, 0.5]),
)
def test_every_row_is_in_exactly_one_part(
    rows: list[tuple[int, int]], kind: str, fraction: float, seed: int, validation: float
) -> None:
    ratings = ratings_of([user for user, _ in rows], [time for _, time in rows])
    parts = split(ratings, kind, test_fraction=fraction, seed=seed, validation=validation)
    together = np.concatenate([parts.train, parts.validation, parts.test])
    np.testing.assert_array_equal(np.sort(together), np.arange(len(rows)))
    assert bool(len(parts.validation)) == bool(validation)
    assert {part.dtype for part in (parts.train, parts.validation, parts.test)} == {np.dtype(np.int64)}


@pytest.mark.parametrize("kind", KINDS)
def test_validation_never_changes_the_test_rows(ratings: Ratings, kind: str) -> None:
    with_validation, without = split(ratings, kind, validation=0.2), split(ratings, kind)
    np.testing.assert_array_equal(with_validation.test, without.test)


@pytest.mark.parametrize("kind", ["temporal", "leave-last-out"])
def test_a_split_in_time_needs_timestamps(ratings: Ratings, kind: str) -> None:
    with pytest.raises(DataError, match="planted has no timestamps"):
        split(replace(ratings, timestamps=None), kind)


def test_too_few_ratings_are_refused_in_a_sentence() -> None:
    with pytest.raises(DataError, match=r"Too few ratings \(1\) for the split random: no training rows are left"):
        split(ratings_of([0], None), "random")
    with pytest.raises(DataError, match="no test rows are left"):
        split(ratings_of([0, 1, 2], [1, 2, 3]), "leave-last-out")


def test_descriptions_say_how_the_parts_were_made(ratings: Ratings) -> None:
    assert split(ratings, "random").description == "random: 20% of the rows, seed 42"
    assert split(ratings, "fold:1").description == f"fold 1 of 5: rows 1 to {len(ratings) // 5:,} of the file"
    assert split(ratings, "temporal", test_fraction=0.125, validation=0.1, seed=3).description == (
        "temporal: the newest 12.5% of the rows, ties in time by file order; "
        "10% of the training rows for validation, seed 3"
    )


@pytest.mark.ml100k
def test_many_newest_rows_of_movielens_100k_share_their_time_and_the_split_says_how_that_is_settled(
    ml100k: Ratings,
) -> None:
    assert ml100k.timestamps is not None
    newest = np.zeros(ml100k.n_users, np.int64)
    np.maximum.at(newest, ml100k.users, ml100k.timestamps)
    at_last = np.bincount(ml100k.users[ml100k.timestamps == newest[ml100k.users]])
    assert (at_last > 1).sum() == 415
    parts = split(ml100k, "leave-last-out")
    assert "ties in time by file order" in parts.description
    last_rows = [np.flatnonzero((ml100k.users == u) & (ml100k.timestamps == newest[u]))[-1] for u in range(20)]
    assert set(last_rows) <= set(parts.test.tolist())
