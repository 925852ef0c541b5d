"""KMeans on the items, as the notebook did it, but for movies the model never trained on."""

import numpy as np
from numpy.typing import NDArray

from mftui.core.clusters.labels import label
from mftui.core.clusters.report import Cluster, ClusteredItem, Clusters
from mftui.core.clusters.space import Space
from mftui.core.clusters.structure import structure_of
from mftui.core.data.ratings import Ratings
from mftui.core.errors import ModelError, SettingError
from mftui.core.model import Factors

_STARTS = 10


def cluster(factors: Factors, ratings: Ratings, k: int, seed: int, space: Space) -> Clusters:
    """See `mftui.core.clusters.cluster`."""
    if factors.n_items != ratings.n_items:
        raise ModelError(
            f"The model knows {factors.n_items:,} items, but {ratings.name} has {ratings.n_items:,}.",
            "It was trained on other ratings.",
        )
    trained = np.flatnonzero(factors.item_counts > 0)
    points = space.points(factors)[trained]
    different = len(np.unique(points, axis=0))
    if not 1 <= k <= different:
        raise SettingError(
            "k", f"{k} clusters can't be made of {different:,} different movies.", f"Choose k from 1 to {different:,}."
        )
    labels, centres = kmeans(points, k, seed)
    if space.kind == "product":  # on raw factors KMeans' own numbers stay, as the notebook printed them
        labels, centres = _largest_first(labels, centres)
    distances = np.linalg.norm(points - centres[labels], axis=1)
    listed = _Listing(ratings)
    order = listed.most_rated_first(trained)
    inside = [order[labels[order] == number] for number in range(k)]
    groups, away = [trained[own] for own in inside], [distances[own] for own in inside]
    clusters = [
        Cluster(number, len(group), float(own.mean(dtype=np.float64)), listed.entries(group, own), label=name)
        for number, (group, own, name) in enumerate(zip(groups, away, label(ratings, groups, away), strict=True))
    ]
    untrained = np.flatnonzero(factors.item_counts == 0)
    untrained = untrained[listed.most_rated_first(untrained)]
    structure = structure_of(points, labels, space.unit, seed)
    apart = listed.entries(untrained, np.zeros(len(untrained)))
    return Clusters(k, seed, clusters, apart, space.kind, space.unit, structure)


def kmeans(
    points: NDArray[np.float32], k: int, seed: int, starts: int = _STARTS
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The cluster of each point, `[n]`, and the centres, `[k, n_factors]`, in KMeans' own numbering.

    The best of so many starts (Arthur & Vassilvitskii 2007).
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    # One thread adds up in one order, so the clusters are the same however many cores there are; at the size of a
    # catalogue of movies it is also faster than two that wait for each other.
    with threadpool_limits(1):
        fitted = KMeans(n_clusters=k, random_state=seed, n_init=starts).fit(points)
    return fitted.labels_, fitted.cluster_centers_


def _largest_first(
    labels: NDArray[np.int32], centres: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The same clusters, numbered by size, the largest 0."""
    order = np.argsort(-np.bincount(labels, minlength=len(centres)), kind="stable")
    numbers = np.empty(len(centres), np.int32)
    numbers[order] = np.arange(len(centres))
    return numbers[labels], centres[order]


class _Listing:
    """Items as a report lists them, with counts and means over the whole dataset."""

    def __init__(self, ratings: Ratings) -> None:
        self._ratings = ratings
        self._counts = np.bincount(ratings.items, minlength=ratings.n_items)
        sums = np.bincount(ratings.items, ratings.values, minlength=ratings.n_items)
        self._means = sums / np.maximum(self._counts, 1)

    def most_rated_first(self, items: NDArray[np.intp]) -> NDArray[np.intp]:
        """The order of items by how often they were rated, ties as they come."""
        return np.argsort(-self._counts[items], kind="stable")

    def entries(self, items: NDArray[np.intp], distances: NDArray[np.floating]) -> list[ClusteredItem]:
        """The items as a report has them."""
        return [
            ClusteredItem(
                item_id=str(self._ratings.item_ids[item]),
                title=str(self._ratings.titles[item]),
                ratings=int(self._counts[item]),
                mean_rating=float(self._means[item]),
                distance=float(distance),
            )
            for item, distance in zip(items.tolist(), distances.tolist(), strict=True)
        ]
