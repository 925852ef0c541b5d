"""A run's recommender on planted tastes, for models of factors and for one of samples; a file for every user."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import split
from mftui.core.errors import SettingError
from mftui.core.model.posterior import Posterior
from mftui.core.model.tensors import write_tensors
from mftui.core.recommend import Recommender, Wishes
from mftui.core.recommend.batch import FIELDS, write_all
from mftui.core.recommend.own import OwnRating, keep_own_ratings, own_ratings
from mftui.core.runs.options import Als, Bayes
from mftui.core.training.solvers.als import AlsSolver
from mftui.core.training.solvers.base import TrainingRows
from mftui.core.training.solvers.bayes import BayesSolver

ANY = Wishes(min_ratings=0)


def training_rows(ratings: Ratings, rows: np.ndarray) -> TrainingRows:
    return TrainingRows(
        ratings.users[rows], ratings.items[rows], ratings.values[rows], ratings.n_users, ratings.n_items, ratings.scale
    )


def recommender_of(ratings: Ratings, sampled: bool, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    parts = split(ratings, "random")
    is_test = np.zeros(len(ratings), bool)
    is_test[parts.test] = True
    rows = training_rows(ratings, parts.train)
    options = Bayes(n_factors=4, burn_in=2) if sampled else Als(n_factors=4, regularization=0.05)
    solver = BayesSolver(rows, options, 0, "cpu") if isinstance(options, Bayes) else AlsSolver(rows, options, 0, "cpu")
    for epoch in range(1, 13):
        solver.sweep(epoch)
    posterior = None
    if isinstance(solver, BayesSolver):
        path = tmp_path_factory.mktemp("model") / "posterior.safetensors"
        samples = solver.posterior()
        assert samples is not None
        write_tensors(path, samples)
        posterior = Posterior.load(path)
    return Recommender(solver.factors(), posterior, options, ratings, is_test)


@pytest.fixture(scope="module", params=[False, True], ids=["factors", "samples"])
def recommender(
    request: pytest.FixtureRequest, ratings: Ratings, tmp_path_factory: pytest.TempPathFactory
) -> Recommender:
    return recommender_of(ratings, request.param, tmp_path_factory)


def ids(recommender: Recommender, positions: list[int]) -> list[int]:
    return recommender.ratings.item_ids[positions].tolist()


def positions(recommender: Recommender, *item_ids: int) -> list[int]:
    known = recommender.ratings.item_ids.tolist()
    return [known.index(item) for item in item_ids]


@pytest.mark.parametrize("taste", [0, 1])
def test_a_person_of_one_taste_is_shown_that_taste_first_with_reasons(recommender: Recommender, taste: int) -> None:
    liked, other = positions(recommender, 10 + taste, 20 + taste), positions(recommender, 11 - taste)
    given = {**dict.fromkeys(liked, 5.0), other[0]: 1.0}
    found = recommender.for_you(given, recommender.choice(ANY, 8))
    assert len(found) == 8
    assert all(item % 2 == taste for item in ids(recommender, [one.item for one in found]))
    assert not {one.item for one in found} & set(given)
    assert all({reason.item for reason in one.because} <= set(given) and one.because for one in found)
    assert all((one.deviation is not None) == (recommender.posterior is not None) for one in found)


def test_what_is_excluded_is_not_shown(recommender: Recommender) -> None:
    given = {positions(recommender, 10)[0]: 5.0}
    choice = recommender.choice(ANY, 5)
    first = recommender.for_you(given, choice)[0].item
    assert first not in {one.item for one in recommender.for_you(given, choice, exclude=[first])}


def test_a_user_is_shown_their_taste_and_nothing_of_their_training_rows(recommender: Recommender) -> None:
    user = recommender.ratings.user_ids.tolist().index(8)
    history = recommender.history(user)
    known = set(history.items[~history.is_test].tolist())
    found = recommender.for_user(user, recommender.choice(ANY, 6))
    assert not {one.item for one in found} & known
    assert all(item % 2 == 0 for item in ids(recommender, [one.item for one in found]))


def test_a_users_history_is_theirs_and_well_reproduced(recommender: Recommender) -> None:
    ratings = recommender.ratings
    history = recommender.history(3)
    assert history.items.tolist() == ratings.items[ratings.users == 3].tolist()
    assert history.values.tolist() == ratings.values[ratings.users == 3].tolist()
    assert history.is_test.sum() == recommender.is_test[ratings.users == 3].sum()
    assert np.abs(history.predicted - history.values)[~history.is_test].mean() < 0.6


def test_wishes_hold(recommender: Recommender) -> None:
    given = {positions(recommender, 10)[0]: 5.0}
    found = recommender.for_you(given, recommender.choice(Wishes(genre="Drama", min_ratings=0), 50))
    assert found
    assert all(item % 2 for item in ids(recommender, [one.item for one in found]))
    assert recommender.for_you(given, recommender.choice(Wishes(min_ratings=10_000), 5)) == []


def test_of_samples_the_parts_of_an_expectation_add_up_to_it(
    ratings: Ratings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    recommender = recommender_of(ratings, True, tmp_path_factory)
    assert recommender.posterior is not None
    items = np.array(positions(recommender, 10, 11, 20))
    person = recommender.posterior.fold_in(items, np.array([5, 1, 4], np.float32))
    predicted, expected = person.predict().mean, person.expect()
    np.testing.assert_allclose(expected, predicted, atol=1e-5)
    for item in range(ratings.n_items):
        start, adds = person.parts(item)
        assert start + adds.sum() == pytest.approx(float(predicted[item]), abs=1e-5)


def test_of_samples_a_person_is_the_average_of_each_samples_own_solution(
    ratings: Ratings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    posterior = recommender_of(ratings, True, tmp_path_factory).posterior
    assert posterior is not None
    items, values = np.array([3, 4, 9]), np.array([5, 2, 4], np.float32)
    person = posterior.fold_in(items, values)
    prior = posterior._prior_mean(items, None).astype(np.float64)
    for sample in range(len(posterior.noise)):
        inputs = np.hstack([np.ones((3, 1)), posterior.item_rows[sample, items, 1:].astype(np.float64)])
        weights = person.noise[sample] * posterior.noise[sample] * posterior.item_noise[sample, items].astype(float)
        targets = values - posterior.mean - posterior.item_rows[sample, items, 0].astype(np.float64)
        precision = posterior.user_precision[sample].astype(np.float64)
        left = precision + (inputs * weights[:, None]).T @ inputs
        right = precision @ prior[sample] + (inputs * weights[:, None]).T @ targets
        np.testing.assert_allclose(person.row[sample], np.linalg.solve(left, right), atol=2e-5)


# A file for every user


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_every_users_list_is_written(recommender: Recommender, ending: str, tmp_path: Path) -> None:
    output = tmp_path / f"recs.{ending}"
    told: list[float | None] = []
    n_users = write_all(output, recommender, ANY, 3, lambda _, fraction: told.append(fraction))
    rows = read_back(output)
    assert n_users == len({row["user_id"] for row in rows}) == recommender.ratings.n_users
    assert told[-1] == 1.0
    user = recommender.ratings.user_ids.tolist().index(8)
    expected = recommender.for_user(user, recommender.choice(ANY, 3), by_mean=True)
    mine = [row for row in rows if row["user_id"] == "8"]
    assert [int(row["item_id"]) for row in mine] == ids(recommender, [one.item for one in expected])
    assert [int(row["rank"]) for row in mine] == [1, 2, 3]
    assert [float(row["predicted"]) for row in mine] == pytest.approx([one.predicted for one in expected])


def read_back(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".csv":
        with path.open(newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    from pyarrow import parquet

    rows = parquet.read_table(path).to_pylist()
    assert list(rows[0]) == list(FIELDS)
    return rows


def test_a_file_of_no_known_kind_is_refused_and_a_cancelled_one_leaves_the_old(
    recommender: Recommender, tmp_path: Path
) -> None:
    with pytest.raises(SettingError, match=r"Use \.csv, \.jsonl or \.parquet|can be written"):
        write_all(tmp_path / "recs.xlsx", recommender, ANY, 3, lambda *_: None)
    old = tmp_path / "recs.csv"
    old.write_text("old")

    def cancel(words: str, fraction: float | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_all(old, recommender, ANY, 3, cancel)
    assert old.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["recs.csv"]


# A person's own ratings


@pytest.mark.usefixtures("home")
def test_own_ratings_are_kept_by_dataset_in_their_order() -> None:
    mine = {
        "50": OwnRating("50", "Star Wars (1977)", 5.0),
        "7": OwnRating("7", "Twelve Monkeys (1995)", None),
    }
    keep_own_ratings("ml-100k", mine)
    assert own_ratings("ml-100k") == mine
    assert list(own_ratings("ml-100k")) == ["50", "7"]
    assert own_ratings("ml-1m") == {}
