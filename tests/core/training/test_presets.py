"""What the presets must reach on fold 1 of MovieLens 100K, its 20,000 test rows all counted."""

from dataclasses import replace

import numpy as np
import pytest

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split, split
from mftui.core.model.posterior import Posterior
from mftui.core.runs.config import Config
from mftui.core.runs.presets import preset
from mftui.core.training.solvers import Solver, TrainingRows, build

from .conftest import rows_of

pytestmark = pytest.mark.ml100k


@pytest.fixture(scope="module")
def parts(ml100k: Ratings) -> Split:
    return split(ml100k, "fold:1")


@pytest.fixture(scope="module")
def rows(ml100k: Ratings, parts: Split) -> TrainingRows:
    return rows_of(ml100k, parts.train)


def trained(config: Config, rows: TrainingRows) -> Solver:
    solver = build(config, rows, "cpu")
    for epoch in range(1, config.epochs + 1):
        solver.sweep(epoch)
    return solver


def rmse(solver: Solver, ratings: Ratings, rows: np.ndarray) -> float:
    predicted = solver.factors().predict(ratings.users[rows], ratings.items[rows])
    return float(np.sqrt(np.mean((predicted - ratings.values[rows]) ** 2)))


@pytest.mark.parametrize(("name", "limit"), [("als", 0.926), ("fast", 0.917)])
def test_ratings_are_predicted_as_well_as_they_must_be(name, limit, ml100k, parts, rows):
    """The best library without side information, tuned, has .9193 (cornac)."""
    assert rmse(trained(preset(name), rows), ml100k, parts.test) < limit


def test_best_with_sixty_sweeps_beats_the_best_library_and_its_intervals_hold_what_they_say(ml100k, parts, rows):
    solver = trained(preset("best").with_changes({"epochs": 60}), rows)
    assert rmse(solver, ml100k, parts.test) < 0.8839  # myFM's, by an ordered probit with all features

    posterior = Posterior(**{n: float(a) if a.ndim == 0 else a for n, a in (solver.posterior() or {}).items()})
    users, items, values = ml100k.users, ml100k.items, ml100k.values
    errors, within = [], {0.5: [], 0.8: [], 0.95: []}
    for user in np.unique(users[parts.test])[::4]:
        known, asked = (part[users[part] == user] for part in (parts.train, parts.test))
        predicted = posterior.fold_in(items[known], values[known], int(user)).predict(items[asked])
        errors.append(predicted.mean - values[asked])
        for level, inside in within.items():
            lower, upper = predicted.interval(level)
            inside.append((lower <= values[asked]) & (values[asked] <= upper))
    assert np.sqrt(np.mean(np.concatenate(errors) ** 2)) < 0.89
    for level, inside in within.items():
        assert np.mean(np.concatenate(inside)) == pytest.approx(level, abs=0.03)


def test_best_without_side_information_is_as_good_as_bpmf_must_be(ml100k, parts, rows):
    solver = trained(
        preset("best").with_changes({"links": "no", "epochs": 100}), replace(rows, user_info={}, item_info={})
    )
    assert not any("_link_" in name for name in solver.state())
    assert rmse(solver, ml100k, parts.test) <= 0.905


def test_ranking_finds_what_people_like_as_well_as_it_must(ml100k, parts, rows):
    """NDCG@10 of all movies but a user's training rows, for test ratings of 4 and more."""
    liked = parts.test[ml100k.values[parts.test] >= 4]
    scores = trained(preset("ranking"), rows).factors().scores(np.arange(ml100k.n_users))
    scores[rows.users, rows.items] = -np.inf
    positive = np.zeros(scores.shape, bool)
    positive[ml100k.users[liked], ml100k.items[liked]] = True
    judged = positive.any(1)
    best = np.argsort(-scores[judged], axis=1, kind="stable")[:, :10]
    gains = 1 / np.log2(np.arange(2, 12))
    ideal = np.cumsum(gains)[np.minimum(positive[judged].sum(1), 10) - 1]
    ndcg = (np.take_along_axis(positive[judged], best, 1) * gains).sum(1) / ideal
    assert ndcg.mean() >= 0.480
