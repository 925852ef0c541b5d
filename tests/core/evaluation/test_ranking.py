"""Ranking metrics: cases worked out by hand, and a plain reference that shares no code."""

from math import log2
from threading import Event

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import AP, RR, P, R, Success, nDCG

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import split
from mftui.core.evaluation.rankers import Score, by_factors, ease, in_random_order, most_popular
from mftui.core.evaluation.ranking import rank
from mftui.core.model import Factors


def pairs(of: dict[int, set[int]]) -> tuple[np.ndarray, np.ndarray]:
    listed = [(user, item) for user, items in of.items() for item in sorted(items)]
    columns = np.array(listed, np.int64).reshape(-1, 2).T
    return columns[0], columns[1]


def these(scores: np.ndarray) -> Score:
    """Scores that are known."""
    return lambda users, out: np.copyto(out, scores[users])


def judged(scores: np.ndarray, seen: dict[int, set[int]], liked: dict[int, set[int]], ks: tuple[int, ...]):
    ranked = rank(these(scores), scores.shape[1], pairs(seen), pairs(liked), ks)
    return ranked.means(), len(ranked.best)


def test_a_case_worked_out_by_hand():
    """Ranked 1, 2, 3 (0 is seen); 2 and 3 are liked."""
    figures, n_users = judged(np.array([[9.0, 4.0, 3.0, 2.0]], np.float32), {0: {0}}, {0: {2, 3}}, (2,))
    assert n_users == 1
    assert figures == pytest.approx(
        {
            "precision@2": 1 / 2,
            "recall@2": 1 / 2,
            "ndcg@2": (1 / log2(3)) / (1 + 1 / log2(3)),
            "map@2": (1 / 2) / 2,
            "mrr@2": 1 / 2,
            "hit_rate@2": 1.0,
        }
    )


def test_equal_scores_rank_by_position():
    figures, _ = judged(np.zeros((1, 6), np.float32), {}, {0: {1}}, (1, 2))
    assert (figures["hit_rate@1"], figures["mrr@2"]) == (0.0, 0.5)


def test_users_who_like_nothing_are_not_counted():
    _, n_users = judged(np.zeros((3, 4), np.float32), {1: {0}}, {2: {3}}, (2,))
    assert n_users == 1


def plain(scores, seen, liked, k):
    """One user after another, in Python."""
    sums = dict.fromkeys(("precision", "recall", "ndcg", "map", "mrr", "hit_rate"), 0.0)
    for user, likes in liked.items():
        candidates = [i for i in range(scores.shape[1]) if i not in seen.get(user, ())]
        ranked = sorted(candidates, key=lambda i: (-scores[user, i], i))[:k]
        places = [place for place, item in enumerate(ranked, 1) if item in likes]
        sums["precision"] += len(places) / k
        sums["recall"] += len(places) / len(likes)
        ideal = sum(1 / log2(place + 1) for place in range(1, min(k, len(likes)) + 1))
        sums["ndcg"] += sum(1 / log2(place + 1) for place in places) / ideal
        sums["map"] += sum(n / place for n, place in enumerate(places, 1)) / len(likes)
        sums["mrr"] += 1 / places[0] if places else 0
        sums["hit_rate"] += bool(places)
    return {f"{name}@{k}": total / len(liked) for name, total in sums.items()}


@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 20))
def test_the_plain_reference_agrees_with_ties_and_lists_longer_than_the_catalogue(seed, n_items, k):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (7, n_items)).astype(np.float32)
    kind = rng.integers(0, 3, (7, n_items))
    seen = {user: set(np.flatnonzero(kind[user] == 1).tolist()) for user in range(7)}
    liked = {user: set(np.flatnonzero(kind[user] == 2).tolist()) for user in range(7)}
    liked = {user: items for user, items in liked.items() if items}
    if liked:
        figures, n_users = judged(scores, seen, liked, (k,))
        assert n_users == len(liked)
        assert figures == pytest.approx(plain(scores, seen, liked, k))


@given(st.integers(0, 10**6), st.integers(2, 40), st.integers(1, 30))
def test_ir_measures_agrees_with_ties_empty_lists_and_lists_longer_than_the_catalogue(seed, n_items, k):
    """Their scores have the ties broken beforehand, by position as ours are."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (6, n_items)).astype(np.float32)
    kind = rng.integers(0, 3, (6, n_items))
    kind[0, kind[0] == 0] = 1  # Nothing but what is liked is left to rank for the first user.
    kind[:, 0] = 2
    liked = {user: set(np.flatnonzero(kind[user] == 2).tolist()) for user in range(6)}
    seen = {user: set(np.flatnonzero(kind[user] == 1).tolist()) for user in range(6)}
    good = {str(user): {str(item): 1 for item in items} for user, items in liked.items()}
    run = {
        str(user): {
            str(item): float(scores[user, item] - item / 1000) for item in range(n_items) if item not in seen[user]
        }
        for user in range(6)
    }
    theirs = ir_measures.calc_aggregate([m @ k for m in (P, R, nDCG, AP, RR, Success)], good, run)
    figures, _ = judged(scores, seen, liked, (k,))
    ours = [figures[f"{metric}@{k}"] for metric in ("precision", "recall", "ndcg", "map", "mrr", "hit_rate")]
    assert ours == pytest.approx([theirs[m @ k] for m in (P, R, nDCG, AP, RR, Success)])


@pytest.mark.parametrize("n_values", [3, 10**6])
def test_a_large_catalogue_is_ranked_as_sorting_it_would(n_values):
    scores = np.random.default_rng(0).integers(0, n_values, (5, 3001)).astype(np.float32)
    ranked = rank(these(scores), 3001, pairs({2: {7, 8}}), pairs({u: {0} for u in range(5)}))
    scores[2, [7, 8]] = -np.inf
    assert ranked.best.tolist() == np.argsort(-scores, axis=1, kind="stable")[:, :50].tolist()


def test_the_random_order_is_each_users_own_and_the_same_every_time():
    score = in_random_order(20)
    both, one = np.empty((2, 20), np.float32), np.empty((1, 20), np.float32)
    score(np.array([3, 4]), both)
    score(np.array([4]), one)
    assert np.array_equal(one[0], both[1])
    assert not np.array_equal(both[0], both[1])


def test_how_far_it_is_is_told():
    told: list[float] = []
    rank(these(np.zeros((1, 4), np.float32)), 4, pairs({}), pairs({0: {1}}), (2,), told.append)
    assert told == [1.0]


@pytest.mark.ml100k
def test_movielens_100k_comes_out_as_measured_elsewhere(ml100k: Ratings):
    """Fold 1, fitted to its rows of 4 and more, all its training rows masked."""
    parts = split(ml100k, "fold:1")
    train, test = (rows[ml100k.values[rows] >= 4] for rows in (parts.train, parts.test))
    users, items = ml100k.users[train], ml100k.items[train]
    seen = ml100k.users[parts.train], ml100k.items[parts.train]
    liked = ml100k.users[test], ml100k.items[test]
    n = ml100k.n_items
    popular = rank(most_popular(items, n), n, seen, liked)
    shallow = rank(ease(users, items, ml100k.n_users, n), n, seen, liked)
    assert len(popular.best) == 456
    measured = [(ranked.means()["ndcg@10"], ranked.means()["recall@10"]) for ranked in (popular, shallow)]
    assert measured[0] == pytest.approx((0.260, 0.115), abs=0.001)
    assert measured[1] == pytest.approx((0.468, 0.237), abs=0.001)


def test_a_model_ranks_as_it_predicts(ratings: Ratings):
    rng = np.random.default_rng(0)
    factors = Factors(
        mean=3.0,
        user_bias=rng.normal(size=5).astype(np.float32),
        item_bias=rng.normal(size=300).astype(np.float32),
        user_factors=rng.normal(size=(5, 4)).astype(np.float32),
        item_factors=rng.normal(size=(300, 4)).astype(np.float32),
        user_counts=np.ones(5, np.int32),
        item_counts=np.ones(300, np.int32),
        scale=ratings.scale,
    )
    ranked = rank(by_factors(factors), 300, pairs({1: {7}}), pairs({u: {0} for u in range(5)}), (20,))
    assert ranked.best[1].tolist() == factors.top(1, 20, np.array([7])).tolist()
    assert ranked.best[4].tolist() == factors.top(4, 20).tolist()


@pytest.mark.parametrize("cores", [1, 3])
def test_batches_and_cores_change_no_list(monkeypatch, cores):
    scores = np.random.default_rng(0).normal(size=(50, 2000)).astype(np.float32)
    liked = pairs({user: {0} for user in range(50)})
    whole = rank(these(scores), 2000, pairs({}), liked).best
    told: list[float] = []
    monkeypatch.setattr("mftui.core.evaluation.ranking._MOST_SCORES", 7 * 2000)
    monkeypatch.setattr("mftui.core.evaluation.ranking._cores", lambda: cores)
    assert np.array_equal(rank(these(scores), 2000, pairs({}), liked, tell=told.append).best, whole)
    assert told == [done / 8 for done in range(1, 9)]


def test_ranking_can_be_cancelled_between_batches(monkeypatch):
    monkeypatch.setattr("mftui.core.evaluation.ranking._MOST_SCORES", 4)
    scored: list[int] = []
    told = Event()

    def score(users, out):
        if users[0]:
            told.wait()
        scored.extend(users)
        out[:] = 0

    def cancel(fraction):
        told.set()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rank(score, 4, pairs({}), (np.arange(20_000), np.zeros(20_000, np.int64)), tell=cancel)
    assert len(scored) < 20_000
