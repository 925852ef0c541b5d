"""What lists show besides what is liked: how much of the catalogue, how well known, and how mixed it is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_MOST_PAIRS = 2_500_000
"""Pairs of items of a list, over all lists that are looked at together."""


def variety(
    best: NDArray[np.int64],
    item_counts: NDArray[np.integer],
    n_raters: int,
    genres: NDArray[np.str_] | None,
    ks: Sequence[int],
) -> dict[str, float]:
    """Figures of the first k items of every user's list; means over users, of lists with an item at least.

    - `coverage@k`: the share of the catalogue that is in somebody's list.
    - `novelty@k`: how unexpected an item is, in bits: `-log2` of the share of users who rated it in training (Vargas &
      Castells 2011, section 4.1); one that nobody rated counts as rated once.
    - `popularity@k`: an item's ratings in training.
    - `genre_diversity@k`: how far two items of a list are apart, from 0 to 1: the Jaccard distance of their genres
      (Ziegler et al. 2005 average over the pairs of a list); lists of one item have none.

    Args:
        best: item positions, best first, `[n_users, longest]`; -1 where a list is shorter.
        item_counts: training ratings of each item, `[n_items]`.
        n_raters: users with training ratings.
        genres: of each item, joined by `|`, `[n_items]`; None where they are not known.
        ks: the lengths, none longer than the lists.
    """
    listed = best >= 0
    bits = -np.log2(np.maximum(item_counts, 1) / n_raters)
    figures = {}
    for k in ks:
        top = best[:, :k]
        n_shown = len(np.unique(top[listed[:, :k]]))
        figures[f"coverage@{k}"] = n_shown / len(item_counts)
        figures[f"novelty@{k}"] = _mean_of_lists(bits[top], listed[:, :k])
        figures[f"popularity@{k}"] = _mean_of_lists(item_counts[top], listed[:, :k])
    if genres is not None:
        figures |= _genre_diversity(best, genres, ks)
    return figures


def _mean_of_lists(values: NDArray[np.number], listed: NDArray[np.bool_]) -> float:
    """The mean over users of the mean of what is listed."""
    lengths = listed.sum(1)
    sums = np.where(listed, values, 0).sum(1)
    return float(np.mean(sums[lengths > 0] / lengths[lengths > 0])) if lengths.any() else 0.0


def _genre_diversity(best: NDArray[np.int64], genres: NDArray[np.str_], ks: Sequence[int]) -> dict[str, float]:
    of_item = _genre_matrix(genres)
    sums, n_lists = dict.fromkeys(ks, 0.0), dict.fromkeys(ks, 0)
    size = max(1, _MOST_PAIRS // best.shape[1] ** 2)
    for start in range(0, len(best), size):
        lists = best[start : start + size]
        listed, has = lists >= 0, of_item[lists]
        shared = has @ has.transpose(0, 2, 1)
        n_genres = has.sum(2)
        either = n_genres[:, :, None] + n_genres[:, None, :] - shared
        pair = listed[:, :, None] & listed[:, None, :] & ~np.eye(lists.shape[1], dtype=bool)
        apart = np.where(pair, 1 - shared / either, 0.0)
        for k in ks:
            n_pairs = pair[:, :k, :k].sum((1, 2))
            some = n_pairs > 0
            sums[k] += float(np.sum(apart[some, :k, :k].sum((1, 2)) / n_pairs[some]))
            n_lists[k] += int(some.sum())
    return {f"genre_diversity@{k}": sums[k] / n_lists[k] for k in ks if n_lists[k]}


def _genre_matrix(genres: NDArray[np.str_]) -> NDArray[np.float32]:
    """Which item has which genre, `[n_items, n_genres]`; having none is a genre, too."""
    joined, kind_of = np.unique(genres, return_inverse=True)
    kinds = [set(names.split("|")) for names in joined.tolist()]
    names = sorted(set().union(*kinds))
    matrix = np.array([[name in kind for name in names] for kind in kinds], np.float32)
    return matrix[kind_of]
