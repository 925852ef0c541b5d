"""A run's recommender on planted tastes, for every solver; a file for every user."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import split
from mftui.core.errors import SettingError
from mftui.core.evaluation import evaluate
from mftui.core.model.posterior import Person, Posterior
from mftui.core.model.tensors import write_tensors
from mftui.core.recommend import NewUser, Recommender, Reproduction, Wishes, fold_in
from mftui.core.recommend.batch import FIELDS, write_all
from mftui.core.recommend.history import in_words
from mftui.core.recommend.own import OwnRating, keep_own_ratings, own_ratings
from mftui.core.recommend.wishes import CAUTIOUS, MEAN, ORDERS
from mftui.core.runs.config import Config
from mftui.core.runs.options import Als, Bayes, Gradient, Ials, Options, Sgd
from mftui.core.training.solvers import TrainingRows, build

ANY = Wishes(min_ratings=0)
SOLVERS: dict[str, Options] = {
    "als": Als(n_factors=4, regularization=0.05),
    "sgd": Sgd(n_factors=4, learning_rate=0.05),
    "gradient": Gradient(n_factors=4, learning_rate=0.05, biases=True),
    "bayes": Bayes(n_factors=4, burn_in=2),
    "ials": Ials(n_factors=2, threshold=0.5),
}


def recommender_of(ratings: Ratings, solver_name: str, folder: Path) -> Recommender:
    """A model of the training rows of a split that has all three parts."""
    split_rows = split(ratings, "random", validation=0.1)
    config = Config().with_changes({"solver": solver_name})
    config = structs.replace(config, solver=SOLVERS[solver_name])
    train = split_rows.train
    solver = build(
        config,
        TrainingRows(
            ratings.users[train], ratings.items[train], ratings.values[train],
            ratings.n_users, ratings.n_items, ratings.scale,
        ),
        "cpu",
    )  # fmt: skip
    for epoch in range(1, 31 if solver_name == "gradient" else 13):
        solver.sweep(epoch)
    posterior = None
    if (samples := solver.posterior()) is not None:
        write_tensors(folder / "posterior.safetensors", samples)
        posterior = Posterior.load(folder / "posterior.safetensors")
    parts = np.zeros(len(ratings), np.int8)
    parts[split_rows.validation], parts[split_rows.test] = 1, 2
    return Recommender(solver.factors(), posterior, config.solver, ratings, parts)


@pytest.fixture(scope="module")
def trained(ratings: Ratings, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Recommender]:
    """The recommender of a solver, trained once."""
    return cache(lambda name: recommender_of(ratings, name, tmp_path_factory.mktemp("model")))


@pytest.fixture(params=list(SOLVERS))
def recommender(request: pytest.FixtureRequest, trained: Callable[[str], Recommender]) -> Recommender:
    return trained(request.param)


@pytest.fixture
def sampled(trained: Callable[[str], Recommender]) -> Recommender:
    return trained("bayes")


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


def test_what_is_disliked_is_not_shown(recommender: Recommender) -> None:
    given = {positions(recommender, 10)[0]: 5.0}
    choice = recommender.choice(ANY, 5)
    first = recommender.for_you(given, choice)[0].item
    assert first not in {one.item for one in recommender.for_you(given, choice, disliked=[first])}


def test_a_user_is_shown_their_taste_and_nothing_of_their_training_rows(recommender: Recommender) -> None:
    user = recommender.ratings.user_ids.tolist().index(8)
    history = recommender.history(user)
    known = set(history.items[~history.is_test].tolist())
    found = recommender.for_user(user, recommender.choice(ANY, 6))
    assert not {one.item for one in found} & known
    assert all(item % 2 == 0 for item in ids(recommender, [one.item for one in found]))


def test_users_lists_are_those_that_evaluate_judges(recommender: Recommender) -> None:
    """The same factors, and the same rows left out: training and validation."""
    ratings, rows = recommender.ratings, split(recommender.ratings, "random", validation=0.1)
    judged = evaluate(recommender.factors, ratings, rows, "last").ranking
    liked = rows.test[ratings.values[rows.test] >= 4]
    choice = recommender.choice(replace(ANY, order=MEAN), 10)
    gains, figures = 1 / np.log2(np.arange(2, 12)), []
    for user in np.unique(ratings.users[liked]).tolist():
        good = ratings.items[liked[ratings.users[liked] == user]]
        hits = np.isin([one.item for one in recommender.for_user(user, choice)], good)
        figures.append([hits @ gains / gains[: len(good)].sum(), hits[:5].sum() / 5, hits.sum() / len(good)])
    expected = [judged[name] for name in ("ndcg@10", "precision@5", "recall@10")]
    np.testing.assert_allclose(np.mean(figures, axis=0), expected, atol=1e-9)


@pytest.mark.parametrize("order", ORDERS)
def test_many_users_at_once_are_shown_what_each_is_shown(recommender: Recommender, order: str) -> None:
    users, choice = np.array([3, 0, 17]), recommender.choice(replace(ANY, order=order, diversity=0.2), 7)
    for user, chosen in zip(users.tolist(), recommender.for_users(users, choice), strict=True):
        one_by_one = recommender.for_user(user, choice)
        assert [one.item for one in chosen] == [one.item for one in one_by_one]
        assert [one.predicted for one in chosen] == pytest.approx([one.predicted for one in one_by_one], abs=1e-6)


def test_a_users_reasons_are_ratings_of_theirs_that_the_model_learnt_from(recommender: Recommender) -> None:
    user = recommender.ratings.user_ids.tolist().index(8)
    rows = np.flatnonzero(recommender.ratings.users == user)
    learnt = rows[recommender.parts[rows] == 0]
    given = dict(zip(recommender.ratings.items[learnt].tolist(), recommender.ratings.values[learnt], strict=True))
    for one in recommender.for_user(user, recommender.choice(ANY, 6)):
        assert one.because
        assert {reason.item for reason in one.because} <= set(given)
        assert all(reason.adds > 0 for reason in one.because)
        assert one.by_ratings == pytest.approx(one.predicted, abs=0.6)


def test_what_a_users_ratings_alone_predict_is_the_sum_of_its_parts(recommender: Recommender) -> None:
    user, ratings, factors = 3, recommender.ratings, recommender.factors
    rows = np.flatnonzero((ratings.users == user) & (recommender.parts == 0))
    items, values = ratings.items[rows], ratings.values[rows]
    if recommender.posterior is not None:
        person: Person | NewUser = recommender.posterior.fold_in(items, values, user)
    else:
        person = fold_in(factors, recommender.options, items, values)
    for one in recommender.for_user(user, recommender.choice(ANY, ratings.n_items)):
        starts, adds = person.parts(np.array([one.item]))
        total = starts[0] + adds.sum()
        shown = total if factors.kind == "score" else np.clip(total, 1, 5)
        assert one.by_ratings == pytest.approx(shown, abs=1e-5)


def test_a_users_history_is_theirs_and_well_reproduced(recommender: Recommender) -> None:
    ratings = recommender.ratings
    user = next(u for u in range(60) if set(recommender.parts[ratings.users == u].tolist()) == {0, 1, 2})
    history = recommender.history(user)
    rows = np.flatnonzero(ratings.users == user)
    assert history.items.tolist() == ratings.items[rows].tolist()
    assert history.values.tolist() == ratings.values[rows].tolist()
    assert history.parts.tolist() == recommender.parts[rows].tolist()
    assert history.is_test.tolist() == (recommender.parts[rows] == 2).tolist()
    assert [one.part for one in history.reproduced] == ["training", "validation", "test"]
    assert sum(one.n for one in history.reproduced) == len(rows)
    for place, one in enumerate(history.reproduced):
        mine = history.parts == place
        if recommender.factors.kind == "rating":
            off = history.predicted[mine] - history.values[mine]
            assert (one.figure, one.value) == ("RMSE", pytest.approx(np.sqrt((off**2).mean()), abs=1e-5))
        else:
            trained = recommender.factors.item_counts > 0
            scores = recommender.factors.scores(np.array([user]))[0]
            above = [(scores[trained] > scores[item]).mean() for item in history.items[mine]]
            assert (one.figure, one.value) == ("mean rank", pytest.approx(np.mean(above)))
    assert history.reproduced[0].value < 0.6


def test_how_well_a_users_ratings_are_reproduced_is_said_in_words() -> None:
    told = (Reproduction("training", "RMSE", 0.613, 1200), Reproduction("test", "RMSE", 0.9, 8))
    assert in_words(told) == "RMSE 0.61 training (1,200), 0.90 test (8)"
    assert in_words((Reproduction("test", "mean rank", 0.0312, 8),)) == "mean rank: top 3.1% test (8)"
    assert in_words(()) == ""


def test_a_cautious_order_is_by_the_prediction_less_one_spread_and_the_other_by_the_prediction(
    sampled: Recommender,
) -> None:
    given = dict.fromkeys(positions(sampled, 10, 20, 30), 5.0)
    cautious, mean = (
        sampled.for_you(given, sampled.choice(replace(ANY, order=order), 30)) for order in (CAUTIOUS, MEAN)
    )
    assert sampled.posterior is not None
    person = sampled.posterior.fold_in(np.array(list(given)), np.array([5, 5, 5], np.float32))
    sure = person.predict()
    bounds = {item: -(sure.mean - sure.spread)[item] for item in range(sampled.ratings.n_items)}
    assert [one.item for one in cautious] == sorted([one.item for one in cautious], key=bounds.__getitem__)
    assert [one.item for one in mean] == sorted([one.item for one in mean], key=lambda item: -sure.mean[item])
    assert [one.item for one in cautious] != [one.item for one in mean]
    assert all(one.spread == pytest.approx(sure.spread[one.item], abs=1e-5) for one in (*cautious, *mean))
    assert all(0 < (one.spread or 0) < (one.deviation or 0) for one in cautious)
    assert (sampled.order(ANY), sampled.order(replace(ANY, order=MEAN))) == (CAUTIOUS, MEAN)


def test_a_model_that_does_not_know_how_sure_it_is_has_one_order(trained: Callable[[str], Recommender]) -> None:
    plain = trained("als")
    given = {positions(plain, 10)[0]: 5.0}
    one, other = (plain.for_you(given, plain.choice(replace(ANY, order=order), 9)) for order in (CAUTIOUS, MEAN))
    assert one == other
    assert plain.order(ANY) == MEAN
    assert one[0].spread is None


def test_wishes_hold(recommender: Recommender) -> None:
    given = {positions(recommender, 10)[0]: 5.0}
    found = recommender.for_you(given, recommender.choice(Wishes(genre="Drama", min_ratings=0), 50))
    assert found
    assert all(item % 2 for item in ids(recommender, [one.item for one in found]))
    assert recommender.for_you(given, recommender.choice(Wishes(min_ratings=10_000), 5)) == []


def test_of_samples_the_parts_of_an_expectation_add_up_to_it(sampled: Recommender) -> None:
    assert sampled.posterior is not None
    items = np.array(positions(sampled, 10, 11, 20))
    person = sampled.posterior.fold_in(items, np.array([5, 1, 4], np.float32))
    predicted, expected = person.predict().mean, person.expect()
    np.testing.assert_allclose(expected, predicted, atol=1e-5)
    starts, adds = person.parts(np.arange(sampled.ratings.n_items))
    assert adds.shape == (sampled.ratings.n_items, 3)
    np.testing.assert_allclose(starts + adds.sum(1), predicted, atol=1e-5)


def test_of_samples_a_person_is_the_average_of_each_samples_own_solution(sampled: Recommender) -> None:
    posterior = sampled.posterior
    assert posterior is not None
    items, values = np.array([3, 4, 9]), np.array([5, 2, 4], np.float32)
    person = posterior.fold_in(items, values)
    prior = posterior._prior_mean(items, None)
    expected = np.zeros(posterior.n_items)
    for sample in range(len(posterior.noise)):
        rows = posterior.item_rows[sample].astype(np.float64)
        inputs = np.hstack([np.ones((3, 1)), rows[items, 1:]])
        weights = person.noise[sample] * posterior.noise[sample] * posterior.item_noise[sample, items].astype(float)
        targets = values - posterior.mean - rows[items, 0]
        precision = posterior.user_precision[sample].astype(np.float64)
        left = precision + (inputs * weights[:, None]).T @ inputs
        right = precision @ prior[sample] + (inputs * weights[:, None]).T @ targets
        solved = np.linalg.solve(left, right)
        np.testing.assert_allclose(person.row[sample], solved, atol=1e-9)
        expected += posterior.mean + rows[:, 0] + solved[0] + rows[:, 1:] @ solved[1:]
    np.testing.assert_allclose(person.expect(), expected / len(posterior.noise), atol=1e-5)


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
    expected = next(recommender.for_users(np.array([user]), recommender.choice(ANY, 3)))
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
