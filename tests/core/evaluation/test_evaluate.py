"""A whole evaluation, of a model whose predictions are known beforehand."""

from dataclasses import replace

import numpy as np
import pytest

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split, split
from mftui.core.errors import DataError, ModelError
from mftui.core.evaluation import evaluate
from mftui.core.evaluation.baselines import fit_biases
from mftui.core.evaluation.ratings import judge_ratings
from mftui.core.model import Factors


@pytest.fixture
def parts(ratings: Ratings) -> Split:
    return split(ratings, "random", validation=0.1)


@pytest.fixture
def factors(ratings: Ratings, parts: Split) -> Factors:
    """Predicts 6 for what was planted as liked and 0 for the rest, and was never trained on item 7."""
    like = np.where(ratings.user_ids % 2, 3.0, -3.0).astype(np.float32)
    kind = np.where(ratings.item_ids % 2, 1.0, -1.0).astype(np.float32)
    item_counts = np.bincount(ratings.items[parts.train], minlength=ratings.n_items).astype(np.int32)
    item_counts[7] = 0
    return Factors(
        mean=3.0,
        user_bias=np.zeros(ratings.n_users, np.float32),
        item_bias=np.zeros(ratings.n_items, np.float32),
        user_factors=like[:, None],
        item_factors=kind[:, None],
        user_counts=np.bincount(ratings.users[parts.train], minlength=ratings.n_users).astype(np.int32),
        item_counts=item_counts,
        scale=ratings.scale,
    )


def test_predictions_are_judged_on_the_scale_and_as_they_are(ratings, parts, factors):
    evaluation = evaluate(factors, ratings, parts, "last, epoch 3")
    true = ratings.values[parts.test]
    liked = true >= 4
    known = ratings.items[parts.test] != 7
    assert evaluation.ratings.n == len(parts.test)
    assert evaluation.ratings.mae == pytest.approx(np.mean(np.where(liked, 5 - true, true - 1)))
    assert evaluation.known.n == evaluation.raw.n == known.sum() < len(true)
    assert evaluation.known.mae == pytest.approx(np.mean(np.where(liked, 5 - true, true - 1)[known]))
    assert evaluation.raw.mae == pytest.approx(np.mean(np.where(liked, 6 - true, true)[known]))


def test_every_number_says_how_it_was_made(ratings, parts, factors):
    protocol = evaluate(factors, ratings, parts, "last, epoch 3").protocol
    assert protocol.dataset == "planted"
    assert protocol.fingerprint == ratings.fingerprint
    assert protocol.split == parts.description
    assert (protocol.training_rows, protocol.validation_rows, protocol.test_rows) == tuple(
        len(rows) for rows in (parts.train, parts.validation, parts.test)
    )
    assert protocol.clipped
    assert protocol.scale == (1.0, 5.0, 1.0)
    assert protocol.model == "last, epoch 3"


def test_the_global_mean_baseline_is_the_mean_of_the_training_rows_alone(ratings, parts, factors):
    mean = ratings.values[parts.train].mean()
    expected = np.sqrt(np.mean((ratings.values[parts.test] - mean) ** 2))
    baselines = evaluate(factors, ratings, parts, "").baselines
    assert set(baselines) == {"global_mean", "item_mean", "bias", "majority"}
    assert baselines["global_mean"].rmse == pytest.approx(expected, rel=1e-6)


def test_every_baseline_stands_beside_the_model_with_what_came_of_it(ratings, parts, factors):
    evaluation = evaluate(factors, ratings, parts, "")
    assert set(evaluation.beside) == set(evaluation.baselines)
    for name, difference in evaluation.beside.items():
        assert difference.by == pytest.approx(evaluation.baselines[name].rmse - evaluation.ratings.rmse)
        assert difference.verdict == "better"
    assert "draws of the users" in evaluation.protocol.intervals


def test_the_majority_baseline_is_the_commonest_training_rating(ratings, parts, factors):
    values, counts = np.unique(ratings.values[parts.train], return_counts=True)
    off = np.abs(ratings.values[parts.test] - values[np.argmax(counts)])
    assert evaluate(factors, ratings, parts, "").baselines["majority"].mae == pytest.approx(off.mean())


def test_the_test_rows_are_grouped_in_every_way_that_the_data_allows(ratings, parts, factors):
    found = evaluate(factors, ratings, parts, "").segments
    assert set(found) == {"prediction", "user_ratings", "item_ratings", "genre", "time"}
    assert {segment.name for segment in found["genre"]} == {"Action", "Sci-Fi", "Drama", "Romance"}
    for by in ("prediction", "user_ratings", "item_ratings", "time"):
        assert sum(segment.n for segment in found[by]) == len(parts.test)
    bare = replace(ratings, timestamps=None, item_info={})
    assert set(evaluate(factors, bare, parts, "").segments) == {"prediction", "user_ratings", "item_ratings"}


def test_a_model_that_only_ranks_has_a_ranking_and_no_error(ratings, parts, factors):
    evaluation = evaluate(replace(factors, kind="score"), ratings, parts, "")
    assert evaluation.ranking["ndcg@10"] > 0
    assert evaluation.ratings.n == evaluation.known.n == 0
    assert evaluation.baselines == evaluation.segments == {}
    assert evaluation.worst == evaluation.by_rating == []


def test_the_worst_predictions_come_worst_first_with_what_is_known_of_them(ratings, parts, factors):
    worst = evaluate(factors, ratings, parts, "").worst
    errors = [abs(row.predicted - row.rating) for row in worst]
    assert len(worst) == 20
    assert errors == sorted(errors, reverse=True)
    first = worst[0]
    user = int(np.flatnonzero(ratings.user_ids == int(first.user_id))[0])
    item = int(np.flatnonzero(ratings.item_ids == int(first.item_id))[0])
    assert first.title == ratings.titles[item]
    assert first.user_ratings == np.sum(ratings.users[parts.train] == user)
    row = parts.test[(ratings.users[parts.test] == user) & (ratings.items[parts.test] == item)][0]
    assert first.rating == ratings.values[row]


def test_the_parameters_are_summed_up_and_unused_ones_left_out(ratings, parts, factors):
    parameters = {p.name: p for p in evaluate(factors, ratings, parts, "").parameters}
    assert set(parameters) == {"mean", "user_factors", "item_factors"}
    item_factors = parameters["item_factors"]
    assert item_factors.shape == (40, 1)
    assert item_factors.norm == pytest.approx(np.sqrt(40))
    assert item_factors.first == tuple(factors.item_factors.ravel()[:6])


def test_the_norms_of_trained_factors_are_counted_and_of_no_other_array(ratings, parts, factors):
    parameters = {p.name: p for p in evaluate(factors, ratings, parts, "").parameters}
    norms = parameters["item_factors"].norms
    assert sum(bin.n for bin in norms) == (factors.item_counts > 0).sum() == 39
    assert (norms[0].low, norms[-1].high, norms[-1].n) == (0.0, 1.0, 39)
    assert parameters["mean"].norms == []


def test_a_model_of_other_ratings_is_refused(ratings, parts, factors):
    smaller = replace(factors, item_bias=factors.item_bias[1:], item_factors=factors.item_factors[1:])
    with pytest.raises(ModelError, match="39 items, but planted has"):
        evaluate(smaller, ratings, parts, "")


def test_no_test_rows_are_refused(ratings, parts, factors):
    with pytest.raises(DataError, match="no test rows"):
        evaluate(factors, ratings, replace(parts, test=parts.test[:0]), "")


def test_the_ranking_stands_beside_its_baselines_and_says_how_it_was_made(ratings, parts, factors):
    evaluation = evaluate(factors, ratings, parts, "")
    assert set(evaluation.ranking_baselines) == {"random", "most_popular", "ease"}
    assert all(set(figures) == set(evaluation.ranking) for figures in evaluation.ranking_baselines.values())
    assert evaluation.ranking["ndcg@10"] > evaluation.ranking_baselines["most_popular"]["ndcg@10"]
    n_users = len(np.unique(ratings.users[parts.test][ratings.values[parts.test] >= 4]))
    assert f"mean over the {n_users} users" in evaluation.ranking_protocol
    assert "rated 4 or more" in evaluation.ranking_protocol


def test_the_ranking_says_how_sure_it_is_and_what_it_beats(ratings, parts, factors):
    evaluation = evaluate(factors, ratings, parts, "")
    low, high = evaluation.ranking_intervals["ndcg@10"]
    assert low < evaluation.ranking["ndcg@10"] < high
    for name, difference in evaluation.ranking_beside.items():
        baseline = evaluation.ranking_baselines[name]["ndcg@10"]
        assert difference.by == pytest.approx(evaluation.ranking["ndcg@10"] - baseline)
    assert evaluation.ranking_beside["random"].verdict == "better"


def test_the_ranking_says_how_well_known_and_how_mixed_its_lists_are(ratings, parts, factors):
    evaluation = evaluate(factors, ratings, parts, "")
    popular = evaluation.ranking_baselines["most_popular"]
    assert 0 < evaluation.ranking["coverage@5"] <= evaluation.ranking["coverage@50"] == 1.0
    assert popular["popularity@5"] > evaluation.ranking["popularity@5"]
    assert popular["novelty@5"] < evaluation.ranking["novelty@5"]
    assert evaluation.ranking["genre_diversity@5"] < popular["genre_diversity@5"]
    assert evaluation.liked_popularity > 0


def test_what_is_too_large_to_rank_in_passing_is_ranked_when_asked(ratings, parts, factors, monkeypatch):
    monkeypatch.setattr("mftui.core.evaluation.ranked._MOST_SCORES", 100)
    passing = evaluate(factors, ratings, parts, "")
    assert passing.ranking == {}
    assert "too many to rank in passing" in passing.ranking_protocol
    told = []
    asked = evaluate(factors, ratings, parts, "", lambda words, fraction: told.append(fraction), thorough=True)
    assert asked.ranking["ndcg@10"] > 0
    assert told[-1] == 1.0


def test_without_any_good_test_row_there_is_no_ranking_and_a_word_why(ratings, parts, factors):
    bad = replace(parts, test=parts.test[ratings.values[parts.test] < 4])
    evaluation = evaluate(factors, ratings, bad, "")
    assert evaluation.ranking == evaluation.ranking_baselines == {}
    assert evaluation.ranking_protocol.startswith("not computed")


@pytest.mark.ml100k
def test_fold_1_is_said_to_be_no_random_fifth(ml100k: Ratings):
    parts = split(ml100k, "fold:1")
    counts = [np.bincount(c[parts.train], minlength=n) for c, n in ((ml100k.users, 943), (ml100k.items, 1682))]
    none = [np.zeros((n, *k), np.float32) for n, k in ((943, ()), (1682, ()), (943, (1,)), (1682, (1,)))]
    factors = Factors(3.5, *none, *(count.astype(np.int32) for count in counts), ml100k.scale)
    evaluation = evaluate(factors, ml100k, parts, "")
    protocol, beaten = evaluation.protocol, evaluation.ranking_baselines
    assert beaten["most_popular"]["ndcg@10"] == pytest.approx(0.260, abs=5e-4)
    assert beaten["ease"]["ndcg@10"] == pytest.approx(0.4814, abs=5e-4), "graded; from likes alone it comes to .468"
    assert (protocol.users, protocol.test_users) == (943, 459)
    assert protocol.held_out_share == pytest.approx(0.38, abs=0.005)


@pytest.mark.ml100k
def test_the_interval_of_fold_1_is_as_wide_as_users_differ(ml100k: Ratings):
    """The bias model's own error: rows drawn instead of users would give an interval about half as wide."""
    parts = split(ml100k, "fold:1")
    biases = fit_biases(*(c[parts.train] for c in (ml100k.users, ml100k.items, ml100k.values)), 943, ml100k.n_items)
    users, items, true = (c[parts.test] for c in (ml100k.users, ml100k.items, ml100k.values))
    predicted = biases.predict(users, items).clip(1, 5)
    low, high = judge_ratings({"bias": predicted}, true, users)["bias"].error.rmse_interval
    one_row_a_user = judge_ratings({"bias": predicted}, true, np.arange(len(true)))["bias"].error.rmse_interval
    assert high - low == pytest.approx(0.05, abs=0.006)
    assert high - low > 2 * (one_row_a_user[1] - one_row_a_user[0])
