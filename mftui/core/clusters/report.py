"""The clusters of a run as data: what `clusters.json` holds."""

from msgspec import Struct


class ClusteredItem(Struct, frozen=True):
    """One item of a cluster."""

    item_id: str
    title: str
    ratings: int
    """Its ratings in the whole dataset, test rows included, as the notebook counted."""
    mean_rating: float
    distance: float
    """From the cluster's centre, in factor space."""


class Cluster(Struct, frozen=True):
    """Items that lie together, most rated first."""

    cluster: int
    size: int
    cohesion: float
    """Mean distance of its items from the centre."""
    movies: list[ClusteredItem]


class Clusters(Struct, frozen=True):
    """What `clusters.json` holds; the names are relied on by readers."""

    k: int
    seed: int
    clusters: list[Cluster]
    untrained: list[ClusteredItem]
    """Items that the model never trained on; they are in no cluster, and their distance is 0."""
