"""How good a ranking is: every candidate is ranked, never a sample of them, in batches of users."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftui.core.evaluation.asked import CUTOFFS
from mftui.core.evaluation.rankers import Score
from mftui.core.model.factors import FloatArray, IntArray

_BATCH = 1000

_MOST_SCORES = 1 << 26
"""Scores that are held at once: 256 MB."""

_BLOCKS = 8
"""Blocks of items for each place in a list: their highest scores tell which items can't be in it."""


@dataclass(frozen=True, eq=False)
class Ranked:
    """The best items of each user who likes something, and how good each list is."""

    best: NDArray[np.int64]
    """Item positions, best first, `[n_users, longest]`; -1 where there are no more candidates."""
    figures: dict[str, NDArray[np.float64]]
    """`precision@5`… of each user, `[n_users]`."""

    def means(self) -> dict[str, float]:
        """Each figure's mean over the users."""
        return {name: float(values.mean()) for name, values in self.figures.items()}


def rank(
    score: Score,
    n_items: int,
    seen: tuple[IntArray, IntArray],
    liked: tuple[IntArray, IntArray],
    ks: Sequence[int] = CUTOFFS,
    tell: Callable[[float], None] = lambda fraction: None,
) -> Ranked:
    """Precision, recall, NDCG, MAP, MRR and hit rate at each k, for each user who likes something.

    Every item but those that a user has seen is a candidate; equal scores rank by position. NDCG has binary gains
    (Järvelin & Kekäläinen 2002); average precision divides by all that a user likes, as trec_eval does.

    Args:
        score: the model.
        n_items: how many items there are.
        seen: users and items of the rows not to rank, positions `[n]` each.
        liked: users and items that a good ranking puts first, positions `[n]` each, at least one, no pair twice.
        ks: the lengths at which lists are judged.
        tell: is told the fraction done, batch by batch.
    """
    users = np.unique(liked[0]).astype(np.int64)
    seen_of, longest = _Grouped(*seen), max(ks)
    best = np.full((len(users), longest), -1, np.int64)
    size = max(1, min(_BATCH, _MOST_SCORES // n_items))
    for start in range(0, len(users), size):
        batch = users[start : start + size]
        scores = score(batch)
        scores[seen_of.pairs(batch)] = -np.inf
        _fill(best[start : start + size], scores)
        tell((start + len(batch)) / len(users))
    hits = _hits(best, users, liked)
    n_liked = np.bincount(np.searchsorted(users, liked[0]), minlength=len(users))
    return Ranked(best, _figures(hits, n_liked, ks))


class _Grouped:
    """Items by user, so that a batch's are found without looking through all rows."""

    def __init__(self, users: IntArray, items: IntArray) -> None:
        order = np.argsort(users, kind="stable")
        self._users, self._items = users[order], items[order]

    def pairs(self, batch: NDArray[np.int64]) -> tuple[NDArray[np.intp], IntArray]:
        """The items of each user of a batch, with the user's place in the batch: indices into `[batch, n_items]`."""
        first, last = (np.searchsorted(self._users, batch, side=side) for side in ("left", "right"))
        places = np.repeat(np.arange(len(batch)), last - first)
        rows = np.arange(len(places)) + np.repeat(first - np.cumsum(last - first) + (last - first), last - first)
        return places, self._items[rows]


def _fill(best: NDArray[np.int64], scores: FloatArray) -> None:
    """Write each row's best items with a finite score, best first, ties by position."""
    longest = best.shape[1]
    for found, row, bar in zip(best, scores, _bars(scores, longest), strict=True):
        near = np.flatnonzero(row >= bar)
        top = near[np.argsort(-row[near], kind="stable")][:longest]
        top = top[np.isfinite(row[top])]
        found[: len(top)] = top


def _bars(scores: FloatArray, longest: int) -> FloatArray:
    """A score for each row that at least `longest` items reach, and few more: those below can't be in the list.

    Of the highest scores of blocks of items, the `longest`-th: as many blocks have an item that reaches it.
    """
    n, n_items = scores.shape
    width = n_items // (_BLOCKS * longest)
    if width < 2:
        length = min(longest, n_items)
        return np.partition(scores, n_items - length, axis=1)[:, n_items - length]
    n_blocks = n_items // width
    highest = scores[:, : n_blocks * width].reshape(n, n_blocks, width).max(2)
    return np.partition(highest, n_blocks - longest, axis=1)[:, n_blocks - longest]


def _hits(best: NDArray[np.int64], users: NDArray[np.int64], liked: tuple[IntArray, IntArray]) -> NDArray[np.bool_]:
    """Whether each item of the lists is liked, `[n_users, longest]`."""
    span = int(max(best.max(), liked[1].max())) + 1
    likes = np.sort(np.searchsorted(users, liked[0]) * span + liked[1])
    pairs = np.arange(len(users))[:, None] * span + best
    places = np.minimum(np.searchsorted(likes, pairs), len(likes) - 1)
    hits: NDArray[np.bool_] = (likes[places] == pairs) & (best >= 0)
    return hits


def _figures(hits: NDArray[np.bool_], n_liked: NDArray[np.intp], ks: Sequence[int]) -> dict[str, NDArray[np.float64]]:
    """Each metric of each user, `[n_users]`."""
    ranks = np.arange(1, hits.shape[1] + 1)
    found = np.cumsum(hits, axis=1)
    gains = 1 / np.log2(ranks + 1)
    gained = np.cumsum(hits * gains, axis=1)
    ideal = np.cumsum(gains)
    precisions = np.cumsum(hits * found / ranks, axis=1)
    reciprocal = np.maximum.accumulate(hits / ranks, axis=1)
    figures = {}
    for k in ks:
        at = k - 1
        figures[f"precision@{k}"] = found[:, at] / k
        figures[f"recall@{k}"] = found[:, at] / n_liked
        figures[f"ndcg@{k}"] = gained[:, at] / ideal[np.minimum(n_liked, k) - 1]
        figures[f"map@{k}"] = precisions[:, at] / n_liked
        figures[f"mrr@{k}"] = reciprocal[:, at]
        figures[f"hit_rate@{k}"] = (found[:, at] > 0).astype(np.float64)
    return figures
