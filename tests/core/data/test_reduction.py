"""Sampling and k-cores: what is left keeps its ratings, and everything left has enough of them."""

from dataclasses import replace

import numpy as np
import pytest

from mftui.core.data.ratings import Ratings
from mftui.core.data.reduction import reduced
from mftui.core.errors import DataError
from mftui.core.runs.config import Config
from mftui.core.runs.directory import create
from mftui.core.runs.rows import loaded
from tests.planted import planted_ratings


@pytest.fixture
def sparse() -> Ratings:
    """So few ratings that a 4-core takes more than one pass."""
    return planted_ratings(60, 40, density=0.08, seed=3)


def triples(ratings: Ratings) -> list[tuple[int, int, float]]:
    users, items = ratings.user_ids[ratings.users], ratings.item_ids[ratings.items]
    return list(zip(users.tolist(), items.tolist(), ratings.values.tolist(), strict=True))


def core_by_hand(rows: list[tuple[int, int, float]], k: int) -> list[tuple[int, int, float]]:
    while True:
        users = [user for user, _, _ in rows]
        items = [item for _, item, _ in rows]
        left = [row for row in rows if users.count(row[0]) >= k and items.count(row[1]) >= k]
        if len(left) == len(rows):
            return left
        rows = left


def test_a_core_is_what_is_left_when_nothing_more_has_to_go(sparse: Ratings) -> None:
    found = reduced(sparse, min_user=4, min_item=4)
    expected = core_by_hand(triples(sparse), 4)
    assert 0 < len(expected) < len(sparse)
    assert triples(found) == expected
    assert min(np.bincount(found.users).min(), np.bincount(found.items).min()) >= 4


def test_users_and_items_are_numbered_anew_by_first_appearance(sparse: Ratings) -> None:
    found = reduced(sparse, min_user=4, min_item=4)
    for positions, ids in ((found.users, found.user_ids), (found.items, found.item_ids)):
        assert np.unique(positions).tolist() == list(range(len(ids)))
        _, first = np.unique(positions, return_index=True)
        assert (np.diff(first) > 0).all()
    assert len(found.item_info["title"]) == found.n_items
    assert len(found.user_info["age"]) == found.n_users


def test_what_is_known_of_items_and_users_goes_with_them(sparse: Ratings) -> None:
    found = reduced(sparse, min_user=4, min_item=4)
    titles = dict(zip(sparse.item_ids.tolist(), sparse.titles.tolist(), strict=True))
    assert [titles[item] for item in found.item_ids.tolist()] == found.titles.tolist()


def test_a_sample_takes_users_with_all_their_ratings(ratings: Ratings) -> None:
    found = reduced(ratings, sample=0.25, seed=1)
    assert found.n_users == 15
    chosen = set(found.user_ids.tolist())
    assert triples(found) == [row for row in triples(ratings) if row[0] in chosen]
    assert triples(reduced(ratings, sample=0.25, seed=1)) == triples(found)
    assert set(reduced(ratings, sample=0.25, seed=2).user_ids.tolist()) != chosen


def test_what_was_done_stands_in_the_name_the_notes_and_the_fingerprint(ratings: Ratings) -> None:
    found = reduced(ratings, sample=0.5, min_user=10, min_item=10)
    assert found.name == "planted (0.5 of the users, 10-core)"
    assert found.notes[0] == "Sampled on purpose: 30 of 60 users, with all their ratings."
    assert found.notes[1].endswith("every user has at least 10 and every item at least 10.")
    assert found.fingerprint != ratings.fingerprint


def test_where_nothing_is_asked_nothing_is_done(ratings: Ratings) -> None:
    assert reduced(ratings) is ratings
    assert reduced(ratings, min_user=1, min_item=1) is ratings


def test_nothing_left_is_an_error(ratings: Ratings) -> None:
    with pytest.raises(DataError, match="leaves no ratings"):
        reduced(ratings, min_user=10_000)


def test_ratings_without_times_stay_without(ratings: Ratings) -> None:
    assert reduced(replace(ratings, timestamps=None), min_user=5).timestamps is None


@pytest.mark.usefixtures("home")
def test_a_run_trains_on_what_its_config_takes(ratings_folder, ratings: Ratings) -> None:
    config = Config().with_changes({"data": str(ratings_folder), "sample": "0.25", "min_item": 3, "split_seed": 1})
    assert triples(loaded(config)) == triples(reduced(ratings, sample=0.25, min_item=3, seed=1))


@pytest.mark.usefixtures("home")
def test_what_was_taken_is_recorded_and_said(ratings_folder) -> None:
    config = Config().with_changes({"data": str(ratings_folder), "sample": "0.5", "min_user": 10, "min_item": 10})
    run = create(config)
    assert (run.record().config.sample, run.record().config.min_user, run.record().config.min_item) == (0.5, 10, 10)
    for setting in ("sample=0.5", "min_user=10", "min_item=10"):
        assert f"--set {setting}" in run.record().command
    assert loaded(run.record().config).name == "planted (0.5 of the users, 10-core)"
