"""Models side by side on the same test rows."""

from dataclasses import replace

import numpy as np
import pytest

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split, split
from mftui.core.errors import ModelError
from mftui.core.evaluation import evaluate
from mftui.core.evaluation.comparison import Candidate, compare
from mftui.core.model import Factors


@pytest.fixture
def parts(ratings: Ratings) -> Split:
    return split(ratings, "random")


def planted(ratings: Ratings, parts: Split, strength: float) -> Factors:
    """Predicts `3 + strength` for what was planted as liked, `3 - strength` for the rest."""
    return Factors(
        mean=3.0,
        user_bias=np.zeros(ratings.n_users, np.float32),
        item_bias=np.zeros(ratings.n_items, np.float32),
        user_factors=np.where(ratings.user_ids % 2, strength, -strength).astype(np.float32)[:, None],
        item_factors=np.where(ratings.item_ids % 2, 1.0, -1.0).astype(np.float32)[:, None],
        user_counts=np.bincount(ratings.users[parts.train], minlength=ratings.n_users).astype(np.int32),
        item_counts=np.bincount(ratings.items[parts.train], minlength=ratings.n_items).astype(np.int32),
        scale=ratings.scale,
    )


def test_each_model_is_told_better_worse_or_neither_than_the_first(ratings, parts):
    strengths = {"middling": 1.0, "good": 1.5, "useless": 0.0, "the same": 1.0}
    candidates = [Candidate(name, planted(ratings, parts, s), parts, "last") for name, s in strengths.items()]
    comparison = compare(candidates, ratings)
    verdicts = {model.name: [difference.verdict for difference in model.beside] for model in comparison.models}
    assert verdicts == {
        "middling": [],
        "good": ["better", "no clear difference"],  # It ranks as the first does.
        "useless": ["worse", "worse"],
        "the same": ["no clear difference", "no clear difference"],
    }
    first, good, useless, _ = comparison.models
    assert good.beside[0].by == pytest.approx(first.ratings.rmse - good.ratings.rmse)
    assert useless.beside[1].by == pytest.approx(useless.ranking["ndcg@10"] - first.ranking["ndcg@10"])


def test_the_errors_are_those_that_each_evaluation_says(ratings, parts):
    factors = planted(ratings, parts, 1.0)
    evaluation = evaluate(factors, ratings, parts, "last")
    comparison = compare([Candidate("one", factors, parts, "last")], ratings)
    assert comparison.models[0].ratings == evaluation.ratings
    assert comparison.test_fingerprint == evaluation.protocol.test_fingerprint


def test_other_test_rows_are_refused_in_a_sentence_that_names_both_splits(ratings, parts):
    factors, fold = planted(ratings, parts, 1.0), split(ratings, "fold:1")
    with pytest.raises(ModelError, match=r"a and b were tested on different rows.*random: 20%.*fold 1 of 5"):
        compare([Candidate("a", factors, parts, ""), Candidate("b", factors, fold, "")], ratings)


def test_the_same_test_rows_may_come_with_other_validation_rows_and_in_any_order(ratings, parts):
    factors = planted(ratings, parts, 1.0)
    other = replace(split(ratings, "random", validation=0.2), test=parts.test[::-1])
    comparison = compare([Candidate("a", factors, parts, ""), Candidate("b", factors, other, "")], ratings)
    assert comparison.models[1].beside[0].by == 0.0
    assert comparison.models[1].training_rows < comparison.models[0].training_rows


def test_a_model_that_only_ranks_is_compared_by_its_ranking(ratings, parts):
    factors = planted(ratings, parts, 1.0)
    candidates = [
        Candidate("ratings", factors, parts, ""),
        Candidate("ranker", replace(factors, kind="score"), parts, ""),
    ]
    ranker = compare(candidates, ratings).models[1]
    assert ranker.ratings is None
    assert [(difference.metric, difference.by) for difference in ranker.beside] == [("ndcg@10", 0.0)]


def test_whoever_asks_for_a_comparison_gets_the_ranking_of_any_catalogue(ratings, parts, monkeypatch):
    monkeypatch.setattr("mftui.core.evaluation.ranked._MOST_SCORES", 100)
    comparison = compare([Candidate(name, planted(ratings, parts, 1.0), parts, "") for name in "ab"], ratings)
    assert comparison.ranking_protocol.startswith("all 40 items ranked")
    assert "EASE" not in comparison.ranking_protocol
    assert [difference.metric for difference in comparison.models[1].beside] == ["rmse", "ndcg@10"]


def test_how_far_it_is_is_told_over_all_models(ratings, parts):
    told: list[tuple[str, float | None]] = []
    candidates = [Candidate(name, planted(ratings, parts, 1.0), parts, "last") for name in ("a", "b")]
    compare(candidates, ratings, lambda words, fraction: told.append((words, fraction)))
    assert told == [("comparing", None), ("ranking", 0.5), ("ranking", 1.0)]
