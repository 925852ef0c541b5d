"""A ranking metric of the validation rows that chooses the model: what it is, what follows it, and what is refused."""

import math
from pathlib import Path

import numpy as np
import pytest

from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.errors import DataError, SettingError
from mftui.core.model import Factors
from mftui.core.runs import directory, events
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Run
from mftui.core.runs.history import State, told_by
from mftui.core.runs.options import SOLVERS
from mftui.core.runs.rows import split_of
from mftui.core.training import watching
from mftui.core.training.process import train_run
from mftui.core.training.solvers import TrainingRows, build
from mftui.core.training.stopping import StopRequest
from tests.planted import planted_ratings


def config(folder: Path, solver: str = "ials", **changes: object) -> Config:
    return Config().with_changes(
        {"data": str(folder), "solver": solver, "n_factors": 4, "device": "cpu", "threads": 1, "epochs": 8}
        | {"watch": "ndcg@10", "seed": 3}
        | changes
    )


def told(run: Run) -> list[tuple[object, ...]]:
    return [(e.epoch, e.train_mse, e.held_out_mse, e.watched, e.watched_value, e.best) for e in told_by(run).epochs]


def ndcg(factors: Factors, ratings: Ratings, settings: Config) -> float:
    """NDCG@10 of the validation rows by its definition, one user after another."""
    parts = split_of(settings, ratings)
    found = []
    for user in range(ratings.n_users):
        rated, held_out = (rows[ratings.users[rows] == user] for rows in (parts.train, parts.validation))
        liked = set(ratings.items[held_out[ratings.values[held_out] >= 4]].tolist())
        if liked:
            scores = factors.scores(np.array([user]))[0]
            known = set(ratings.items[rated].tolist())
            order = [item for item in np.argsort(-scores, kind="stable").tolist() if item not in known][:10]
            gained = sum(1 / math.log2(place + 2) for place, item in enumerate(order) if item in liked)
            found.append(gained / sum(1 / math.log2(place + 2) for place in range(min(10, len(liked)))))
    return float(np.mean(found))


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("solver", ["ials", "als"])
def test_the_kept_model_is_the_one_of_the_epoch_with_the_highest_metric(ratings_folder: Path, solver: str):
    run = directory.create(config(ratings_folder, solver))
    assert train_run(run) == 0
    epochs = told_by(run).epochs
    values = [epoch.watched_value for epoch in epochs]
    assert {epoch.watched for epoch in epochs} == {"ndcg@10"}
    best = int(np.argmax(values))
    assert [epoch.epoch for epoch in epochs if epoch.best][-1] == best + 1
    kept = Factors.load(run.model)
    assert kept.kind == ("score" if solver == "ials" else "rating")
    assert ndcg(kept, load(str(ratings_folder)), run.record().config) == pytest.approx(values[best])


@pytest.mark.usefixtures("home")
def test_patience_counts_epochs_without_a_higher_metric(ratings_folder: Path):
    run = directory.create(config(ratings_folder, epochs=200, patience=3))
    assert train_run(run) == 0
    history = told_by(run)
    assert isinstance(history.closing, events.Finished)
    assert history.closing.reason == "no better validation ndcg@10 for 3 epochs"
    values = [epoch.watched_value for epoch in history.epochs]
    assert len(values) < 200
    assert int(np.argmax(values)) == len(values) - 4


@pytest.mark.usefixtures("home")
def test_stopped_and_resumed_it_is_the_run_that_was_never_stopped(ratings_folder: Path, monkeypatch):
    straight, stopped = (directory.create(config(ratings_folder)) for _ in range(2))
    assert train_run(straight) == 0
    with monkeypatch.context() as patch:
        patch.setattr(StopRequest, "is_asked", lambda self: len(told_by(stopped).epochs) == 5)
        assert train_run(stopped) == 0
    assert told_by(stopped).state() is State.STOPPED
    assert train_run(stopped) == 0
    assert told(stopped) == told(straight)
    assert stopped.model.read_bytes() == straight.model.read_bytes()


def test_of_many_users_the_same_two_thousand_are_watched():
    ratings = planted_ratings(n_users=5000, n_items=30)
    settings = Config(watch="ndcg@10")
    parts = split_of(settings, ratings)
    first, again = (watching.ranking_metric(settings, ratings, parts) for _ in range(2))
    assert first is not None
    assert again is not None
    users = np.unique(first.liked[0])
    assert len(users) == 2000
    assert np.array_equal(users, np.unique(again.liked[0]))
    assert np.isin(first.seen[0], users).all()


@pytest.mark.parametrize("held_out", ["test", "none"])
def test_without_validation_rows_there_is_no_metric_to_watch(held_out: str):
    with pytest.raises(SettingError, match="needs validation rows") as refused:
        Config().with_changes({"held_out": held_out, "watch": "ndcg@10"})
    assert refused.value.field == "watch"


def test_validation_rows_that_nobody_likes_are_refused():
    ratings = planted_ratings()
    settings = Config(watch="ndcg@10")
    parts = split_of(settings, ratings)
    ratings.values[parts.validation] = 1.0
    with pytest.raises(DataError, match="no validation row is rated 4 or more"):
        watching.ranking_metric(settings, ratings, parts)


def test_a_loss_can_not_stop_a_model_that_only_ranks(tmp_path: Path):
    with pytest.raises(SettingError, match="only ranks") as refused:
        config(tmp_path, watch="loss", patience=3)
    assert refused.value.field == "patience"


@pytest.mark.parametrize("solver", list(SOLVERS))
def test_a_config_knows_whether_its_solver_predicts_ratings(solver: str):
    settings = Config().with_changes({"solver": solver, "n_factors": 2})
    ratings = planted_ratings(n_users=6, n_items=5)
    rows = TrainingRows(ratings.users, ratings.items, ratings.values, ratings.n_users, ratings.n_items, ratings.scale)
    assert settings.only_ranks is not build(settings, rows, "cpu").predicts_ratings
