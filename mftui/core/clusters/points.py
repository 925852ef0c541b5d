"""The trained items as points, with the weights that KMeans gives them, and KMeans itself."""

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mftui.core.clusters.space import Space
from mftui.core.data.ratings import Ratings
from mftui.core.errors import ModelError, SettingError
from mftui.core.model.factors import Factors, FloatArray
from mftui.core.threads import one_thread

STARTS = 10
"""The best of so many starts is taken."""


@dataclass(frozen=True, eq=False)
class Points:
    """What is clustered; items that the model never trained on are left out."""

    items: NDArray[np.intp]
    """Positions of the trained items, `[n]`."""
    places: FloatArray
    """Where they lie, `[n, d]`."""
    weights: FloatArray | None
    """How much each counts, 1 on average, `[n]`; None where all count the same."""
    space: Space

    @classmethod
    def of(cls, factors: Factors, ratings: Ratings, space: Space, weighted: bool) -> Self:
        """The trained items in a space; where `weighted`, each counts as often as it was rated in training.

        Raises:
            ModelError: the model was made for other items.
        """
        if factors.n_items != ratings.n_items:
            raise ModelError(
                f"The model knows {factors.n_items:,} items, but {ratings.name} has {ratings.n_items:,}.",
                "It was trained on other ratings.",
            )
        items = np.flatnonzero(factors.item_counts > 0)
        counts = factors.item_counts[items].astype(np.float32)
        return cls(items, space.points(factors)[items], counts / counts.mean() if weighted else None, space)

    @cached_property
    def n_different(self) -> int:
        """How many clusters there can be at most."""
        return len(np.unique(self.places, axis=0))

    def check(self, k: int) -> None:
        """Refuse a number of clusters that can't be made.

        Raises:
            SettingError: there are fewer than k different points, or k is below 1.
        """
        if not 1 <= k <= self.n_different:
            raise SettingError(
                "k",
                f"{k} clusters can't be made of {self.n_different:,} different movies.",
                f"Choose k from 1 to {self.n_different:,}.",
            )

    def kmeans(self, k: int, seed: int) -> "Fit":
        """The points in k clusters.

        Raises:
            SettingError: there are fewer than k different points, or k is below 1.
        """
        self.check(k)
        return kmeans(self.places, k, seed, self.weights)


@dataclass(frozen=True, eq=False)
class Fit:
    """What KMeans found, in its own numbering."""

    labels: NDArray[np.int32]
    """The cluster of each point, `[n]`."""
    centres: FloatArray
    """`[k, d]`"""
    inertia: float
    """The sum of squared distances from the centres, each times its point's weight."""


def kmeans(places: FloatArray, k: int, seed: int, weights: FloatArray | None = None) -> Fit:
    """Points, `[n, d]`, in k clusters, or as many as can be told apart.

    It is the best of ten starts (Arthur & Vassilvitskii 2007).
    """
    from sklearn.cluster import KMeans

    # One thread adds up in one order, so the clusters are the same however many cores there are; at the size of a
    # catalogue of movies it is also faster than two that wait for each other.
    with one_thread(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Number of distinct clusters")  # which is seen to below
        fitted = KMeans(n_clusters=k, random_state=seed, n_init=STARTS).fit(places, sample_weight=weights)
    # Where points differ by rounding alone it finds fewer, and leaves clusters empty.
    filled, labels = np.unique(fitted.labels_, return_inverse=True)
    return Fit(labels.astype(np.int32), fitted.cluster_centers_[filled], float(fitted.inertia_))
