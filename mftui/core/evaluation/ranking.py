"""How good a ranking is: every candidate is ranked, never a sample of them, in batches of users."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import local

import numpy as np
from numpy.typing import NDArray

from mftui.core.evaluation.asked import CUTOFFS
from mftui.core.evaluation.rankers import Score
from mftui.core.model.factors import FloatArray, IntArray
from mftui.core.threads import one_thread

_BATCH = 1000
"""Users whose scores are computed together, where the catalogue is small."""

_MOST_SCORES = 1 << 22
"""Scores that a thread holds at once: 16 MB, which a processor's cache holds too. How many threads there are must not
change a batch, since a product of another size may be rounded otherwise."""

_MOST_THREADS = 16
"""So that what they hold stays well below a gigabyte."""

_FOLDS = 8
"""Items of which the highest score stands for all, when the bar is looked for that a list must reach."""

_BLOCKS = 8
"""Blocks of items for each place in a list: the more, the closer the bar is to the last place."""


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
    best = np.full((len(users), max(ks)), -1, np.int64)
    _rank(score, n_items, users, _Grouped(*seen), best, tell)
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


def _rank(
    score: Score,
    n_items: int,
    users: NDArray[np.int64],
    seen: _Grouped,
    best: NDArray[np.int64],
    tell: Callable[[float], None],
) -> None:
    """Write each user's best items, batch by batch; every core takes batches, and the product keeps to one of them."""
    size = max(1, min(_BATCH, _MOST_SCORES // n_items))
    own = local()

    def work(start: int) -> None:
        batch = users[start : start + size]
        if not hasattr(own, "scores"):
            own.scores = np.empty((size, n_items), np.float32)
        scores = own.scores[: len(batch)]
        score(batch, scores)
        scores[seen.pairs(batch)] = -np.inf
        _fill(best[start : start + size], scores)

    starts = range(0, len(users), size)
    pool = ThreadPoolExecutor(min(_cores(), _MOST_THREADS, len(starts)))
    try:
        with one_thread():
            for done, _ in enumerate(pool.map(work, starts), start=1):
                tell(done / len(starts))
    finally:
        pool.shutdown(cancel_futures=True)


def _fill(best: NDArray[np.int64], scores: FloatArray) -> None:
    """Write each row's best items with a finite score, best first, ties by position."""
    (n, n_items), longest = scores.shape, best.shape[1]
    cells = np.sort(_near(scores, longest))
    rows, items = np.divmod(cells, n_items)
    counts = np.bincount(rows, minlength=n)
    places = np.arange(len(cells)) - np.repeat(np.cumsum(counts) - counts, counts)
    near = np.full((n, max(longest, counts.max())), -1, np.int64)
    low = np.full(near.shape, np.inf, np.float32)
    near[rows, places], low[rows, places] = items, -scores.ravel()[cells]
    order = np.argsort(low, axis=1, kind="stable")[:, :longest]
    found = np.take_along_axis(low, order, axis=1) < np.inf
    best[:] = np.where(found, np.take_along_axis(near, order, axis=1), -1)


def _near(scores: FloatArray, longest: int) -> NDArray[np.intp]:
    """The cells of all scores that can be among the `longest` best of their row, and of few more.

    Items are folded: of so many that lie equally far apart only the highest score is kept. Folded again into blocks,
    the `longest`-th of the highest scores is a bar that as many items reach, so that only what reaches it counts.
    """
    n, n_items = scores.shape
    n_blocks = _BLOCKS * longest
    if n_items < 2 * n_blocks:
        length = min(longest, n_items)
        return np.flatnonzero(scores >= _bars(scores, length))
    folds = min(_FOLDS, n_items // n_blocks)
    apart = n_items // folds
    highest = scores[:, : folds * apart].reshape(n, folds, apart).max(1)
    bars = _bars(highest[:, : apart // n_blocks * n_blocks].reshape(n, -1, n_blocks).max(1), longest)
    rows, first = np.divmod(np.flatnonzero(highest >= bars), apart)
    cells = (rows * n_items + first)[:, None] + apart * np.arange(folds)
    reach = scores.ravel()[cells] >= bars[rows]
    rest, last = np.nonzero(scores[:, folds * apart :] >= bars)
    return np.append(cells[reach], rest * n_items + folds * apart + last)


def _bars(values: FloatArray, length: int) -> FloatArray:
    """The `length`-th highest value of each row, `[n, 1]`."""
    at = values.shape[1] - length
    return np.partition(values, at, axis=1)[:, at, None]


def _cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
