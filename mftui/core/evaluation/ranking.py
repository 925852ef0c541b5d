"""How good a ranking is: every candidate is ranked, never a sample of them, in batches of users."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from mftui.core.model.factors import FloatArray, IntArray

Score = Callable[[NDArray[np.int64]], FloatArray]
"""From user positions `[n]` to a score of every item for each, `[n, n_items]`, in an array that may be written to."""

CUTOFFS = (5, 10, 20, 50)
_BATCH = 1000


def rank_and_judge(
    score: Score, seen: tuple[IntArray, IntArray], liked: tuple[IntArray, IntArray], ks: Sequence[int] = CUTOFFS
) -> tuple[dict[str, float], int]:
    """Precision, recall, NDCG, MAP, MRR and hit rate at each k, and how many users they are the mean of.

    Every item but those that a user has seen is a candidate; equal scores rank by position. Users who like none are
    left out. NDCG has binary gains (Järvelin & Kekäläinen 2002); average precision divides by all that a user likes, as
    trec_eval does.

    Args:
        score: the model.
        seen: users and items of the rows not to rank, positions `[n]` each.
        liked: users and items that a good ranking puts first, positions `[n]` each, no pair twice.
        ks: the lengths at which lists are judged.
    """
    users = np.unique(liked[0])
    totals: dict[str, float] = {}
    seen_of, liked_of = _Grouped(*seen), _Grouped(*liked)
    for start in range(0, len(users), _BATCH):
        batch = users[start : start + _BATCH].astype(np.int64)
        scores = score(batch)
        scores[seen_of.pairs(batch)] = -np.inf
        is_liked = np.zeros(scores.shape, bool)
        is_liked[liked_of.pairs(batch)] = True
        hits = _hits(scores, is_liked, max(ks))
        for name, value in _figures(hits, is_liked.sum(1), ks).items():
            totals[name] = totals.get(name, 0.0) + value
    return {name: total / len(users) for name, total in totals.items()}, len(users)


def most_popular(items: IntArray, n_items: int) -> Score:
    """Items by how often they are in the training rows, the same for everybody."""
    counts = np.bincount(items, minlength=n_items).astype(np.float32)
    return lambda users: np.tile(counts, (len(users), 1))


def ease(users: IntArray, items: IntArray, n_users: int, n_items: int, penalty: float = 400.0) -> Score:
    """The closed-form linear autoencoder of Steck, "Embarrassingly Shallow Autoencoders" (WWW 2019), eq. 8.

    It needs memory for a few `[n_items, n_items]` arrays: meant for catalogues of at most 10,000 items.
    """
    from scipy.sparse import csr_array

    ones = np.ones(len(users), np.float32)
    rated = csr_array((ones, (users, items)), shape=(n_users, n_items))
    gram = np.asarray((rated.T @ rated).todense(), np.float64)
    gram[np.diag_indices(n_items)] += penalty
    inverse = np.linalg.inv(gram)
    weights = (-inverse / np.diag(inverse)).astype(np.float32)
    np.fill_diagonal(weights, 0.0)
    return lambda users: np.asarray(rated[users] @ weights)


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


def _hits(scores: FloatArray, is_liked: NDArray[np.bool_], longest: int) -> NDArray[np.bool_]:
    """Whether the item at each rank is liked, `[n, longest]`, best first; False beyond the candidates."""
    n_items = scores.shape[1]
    length = min(longest, n_items)
    hits = np.zeros((len(scores), longest), bool)
    bars = np.partition(scores, n_items - length, axis=1)[:, n_items - length]
    for place, (row, bar) in enumerate(zip(scores, bars, strict=True)):
        near = np.flatnonzero(row >= bar)
        best = near[np.argsort(-row[near], kind="stable")][:length]
        hits[place, :length] = is_liked[place, best] & np.isfinite(row[best])
    return hits


def _figures(hits: NDArray[np.bool_], n_liked: NDArray[np.intp], ks: Sequence[int]) -> dict[str, float]:
    """Each metric summed over the users of a batch."""
    longest = hits.shape[1]
    ranks = np.arange(1, longest + 1)
    found = np.cumsum(hits, axis=1)
    gains = 1 / np.log2(ranks + 1)
    gained = np.cumsum(hits * gains, axis=1)
    ideal = np.cumsum(gains)
    precisions = np.cumsum(hits * found / ranks, axis=1)
    reciprocal = np.maximum.accumulate(hits / ranks, axis=1)
    figures = {}
    for k in ks:
        at = k - 1
        figures[f"precision@{k}"] = float(np.sum(found[:, at] / k))
        figures[f"recall@{k}"] = float(np.sum(found[:, at] / n_liked))
        figures[f"ndcg@{k}"] = float(np.sum(gained[:, at] / ideal[np.minimum(n_liked, k) - 1]))
        figures[f"map@{k}"] = float(np.sum(precisions[:, at] / n_liked))
        figures[f"mrr@{k}"] = float(np.sum(reciprocal[:, at]))
        figures[f"hit_rate@{k}"] = float(np.sum(found[:, at] > 0))
    return figures
