"""Groups of items that a model finds alike."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mftui.core.clusters.report import Clusters
    from mftui.core.data.ratings import Ratings
    from mftui.core.model import Factors


def cluster(factors: "Factors", ratings: "Ratings", k: int = 10, seed: int = 0) -> "Clusters":
    """Group the trained items into k clusters by KMeans on their factors.

    Args:
        factors: the model, which numbers items as `ratings` does.
        ratings: the whole dataset, for titles and counts.
        k: how many clusters.
        seed: of KMeans' starting points.

    Raises:
        ModelError: the model was made for other items.
        SettingError: there are fewer than k different items, or k is below 1.
    """
    # The app reads reports at start, through this package: scikit-learn comes only when there is work for it.
    from mftui.core.clusters import kmeans

    return kmeans.cluster(factors, ratings, k, seed)


__all__ = ["cluster"]
