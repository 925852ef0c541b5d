"""Clusters of the items by KMeans, as the notebook did it, but for movies the model never trained on."""

import numpy as np
from numpy.typing import NDArray

from mftui.core.clusters import USUAL_K
from mftui.core.clusters.labels import label
from mftui.core.clusters.layout import Axes
from mftui.core.clusters.points import Fit, Points
from mftui.core.clusters.report import Cluster, ClusteredItem, Clusters, is_by_size
from mftui.core.clusters.space import Space
from mftui.core.clusters.structure import structure_of
from mftui.core.data.ratings import Ratings
from mftui.core.model import Factors


def cluster(factors: Factors, ratings: Ratings, k: int | None, seed: int, space: Space, weighted: bool) -> Clusters:
    """See `mftui.core.clusters.cluster`."""
    points = Points.of(factors, ratings, space, weighted)
    fit = points.kmeans(max(1, min(USUAL_K, points.n_different)) if k is None else k, seed)
    k = len(fit.centres)
    if is_by_size(space.kind):
        fit = _largest_first(fit)
    trained, labels = points.items, fit.labels
    distances = np.linalg.norm(points.places - fit.centres[labels], axis=1)
    listed = _Listing(ratings)
    order = listed.most_rated_first(trained)
    inside = [order[labels[order] == number] for number in range(k)]
    groups, away = [trained[own] for own in inside], [distances[own] for own in inside]
    names = label(ratings, factors.item_counts, groups, away)
    places = Axes.of(points.places).project(fit.centres).tolist()
    clusters = [
        Cluster(number, len(group), float(own.mean(dtype=np.float64)), listed.entries(group, own), name, (x, y))
        for number, (group, own, name, (x, y)) in enumerate(zip(groups, away, names, places, strict=True))
    ]
    untrained = np.flatnonzero(factors.item_counts == 0)
    untrained = untrained[listed.most_rated_first(untrained)]
    apart = listed.entries(untrained, np.zeros(len(untrained)))
    structure = structure_of(points, labels, seed)
    return Clusters(k, seed, clusters, apart, space.kind, space.unit, structure, weighted)


def _largest_first(fit: Fit) -> Fit:
    """The same clusters, numbered by size, the largest 0."""
    order = np.argsort(-np.bincount(fit.labels, minlength=len(fit.centres)), kind="stable")
    numbers = np.empty(len(fit.centres), np.int32)
    numbers[order] = np.arange(len(fit.centres))
    return Fit(numbers[fit.labels], fit.centres[order], fit.inertia)


class _Listing:
    """Items as a report lists them, with counts and means over the whole dataset."""

    def __init__(self, ratings: Ratings) -> None:
        self._ratings = ratings
        self._counts = np.bincount(ratings.items, minlength=ratings.n_items)
        sums = np.bincount(ratings.items, ratings.values, minlength=ratings.n_items)
        self._means = sums / np.maximum(self._counts, 1)
        self._years = ratings.item_info.get("year", np.zeros(ratings.n_items, np.int32))

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
                year=int(self._years[item]),
            )
            for item, distance in zip(items.tolist(), distances.tolist(), strict=True)
        ]
