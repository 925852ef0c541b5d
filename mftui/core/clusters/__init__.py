"""Groups of items that a model finds alike."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mftui.core.clusters.report import Clusters
    from mftui.core.clusters.space import Space
    from mftui.core.data.ratings import Ratings
    from mftui.core.model import Factors

USUAL_K, USUAL_SEED = 10, 0
"""The clusters that a run leaves when it ends, as the notebook made them; fewer where there are fewer movies."""


def cluster(
    factors: "Factors",
    ratings: "Ratings",
    k: int | None = None,
    seed: int = USUAL_SEED,
    space: "Space | None" = None,
    weighted: bool = False,
) -> "Clusters":
    """Group the trained items into k clusters by KMeans.

    Args:
        factors: the model, which numbers items as `ratings` does.
        ratings: the whole dataset, for titles and counts.
        k: how many clusters; the usual ten, or as many as there are different items, if not given.
        seed: of KMeans' starting points.
        space: where items are compared; on their raw factors, if not said. In the space of the product clusters are
            numbered by size, else as KMeans numbers them.
        weighted: whether each item counts as often as it was rated in training.

    Raises:
        ModelError: the model was made for other items.
        SettingError: there are fewer than k different items, or k is below 1.
    """
    # The app reads reports at start, through this package: scikit-learn comes only when there is work for it.
    from mftui.core.clusters import kmeans
    from mftui.core.clusters.space import Space

    return kmeans.cluster(factors, ratings, k, seed, space or Space(), weighted)


__all__ = ["USUAL_K", "USUAL_SEED", "cluster"]
