"""The clusters of a run as data: what `clusters.json` holds."""

from pathlib import Path

from msgspec import Struct

from mftui.core.documents import read_document, write_document

_FILE = "clusters.json"
_MARGIN = 0.02
"""A silhouette must exceed that of random points by more than this."""


class ClusteredItem(Struct, frozen=True, gc=False):
    """One item of a cluster.

    It holds no container, so the garbage collector need not look at 60,000 of them, which would stop the app.
    """

    item_id: str
    title: str
    ratings: int
    """Its ratings in the whole dataset, test rows included, as the notebook counted."""
    mean_rating: float
    distance: float
    """From the cluster's centre, in factor space."""
    year: int = 0
    """0 where unknown, and in a report from before it was kept."""


class Cluster(Struct, frozen=True):
    """Items that lie together, most rated first."""

    cluster: int
    size: int
    cohesion: float
    """Mean distance of its items from the centre."""
    movies: list[ClusteredItem]
    label: str = ""
    """What sets it apart, unlike any other's; empty in a report from before there were labels."""
    place: tuple[float, float] = (0.0, 0.0)
    """Where its centre lies in the plane of the items' two principal components; 0, 0 in a report from before."""


class Structure(Struct, frozen=True):
    """How well clusters are told apart (Rousseeuw 1987), from -1 to 1, and how well clusters of nothing would be."""

    silhouette: float
    random: float
    """Of KMeans with as many clusters and starts on normal random points alike: the highest of five draws."""
    sample: int
    """How many points each is computed over."""

    @property
    def is_there(self) -> bool:
        """Whether the clusters are more than chance would give."""
        return self.silhouette > self.random + _MARGIN

    def __str__(self) -> str:
        verdict = "" if self.is_there else ": no more structure than chance"
        return f"silhouette {self.silhouette:.3f}, random points {self.random:.3f}{verdict}"


class Clusters(Struct, frozen=True):
    """What `clusters.json` holds; the names are relied on by readers."""

    k: int
    seed: int
    clusters: list[Cluster]
    untrained: list[ClusteredItem]
    """Items that the model never trained on; they are in no cluster, and their distance is 0."""
    space: str = "raw"
    """Where items were compared (see `space.Space`)."""
    unit: bool = False
    structure: Structure | None = None
    """Whether there is any; None in a report from before it was asked."""
    weighted: bool = False
    """Whether movies counted as often as they were rated in training."""


def is_by_size(space: str) -> bool:
    """Whether the largest cluster is number 0; on raw factors KMeans' own numbers stay, as in the notebook."""
    return space != "raw"


def read(directory: Path) -> Clusters | None:
    """The clusters of a run directory, or None where they have not been made yet.

    Raises:
        RunError: the file is damaged.
    """
    return read_document(directory / _FILE, Clusters)


def write(directory: Path, clusters: Clusters) -> None:
    """Replace the clusters of a run directory, atomically."""
    write_document(directory / _FILE, clusters)
