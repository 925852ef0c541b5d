"""The movies of the clusters as rows: every cluster, those never trained on as the last entry, and where a movie is."""

from dataclasses import dataclass
from functools import cached_property

from msgspec import Struct

from mftui.core.clusters.report import Cluster, ClusteredItem, Clusters
from mftui.core.text import clean, fold


@dataclass(frozen=True, eq=False)
class Group:
    """A cluster, or the movies that are in none."""

    number: int | None
    """None for the movies that are in no cluster."""
    movies: list[ClusteredItem]
    spread: float | None
    """Mean distance from the centre."""
    label: str
    """What sets it apart."""

    @property
    def title(self) -> str:
        """What to call it."""
        return "Never trained on" if self.number is None else f"Cluster {self.number}"


class Place(Struct, frozen=True, gc=False):
    """Where a movie is: which group, and which of its movies. As light as can be: there is one for every movie."""

    group: int
    movie: int


class ClusterIndex:
    """The groups of a report in order, and where each movie is in them."""

    def __init__(self, clusters: Clusters) -> None:
        self.clusters = clusters
        self.groups = [Group(c.cluster, c.movies, c.cohesion, _label(c)) for c in clusters.clusters]
        if clusters.untrained:
            self.groups.append(Group(None, clusters.untrained, None, "never trained on"))

    @cached_property
    def places(self) -> dict[str, Place]:
        """Where each movie is, by its id."""
        return {m.item_id: Place(g, at) for g, group in enumerate(self.groups) for at, m in enumerate(group.movies)}


class MovieSearch:
    """The movies of a run by the words of their titles, however they are clustered: made once, in a thread."""

    def __init__(self, clusters: Clusters) -> None:
        movies = [movie for group in clusters.clusters for movie in group.movies] + clusters.untrained
        movies.sort(key=lambda movie: -movie.ratings)
        self._movies = [(fold(clean(movie.title)), movie.item_id) for movie in movies]

    def find(self, text: str) -> list[str]:
        """The ids of the movies whose titles hold every word of the text, the most rated first."""
        words = sorted(fold(text).split(), key=len, reverse=True)
        found = self._movies if words else []
        for word in words:
            found = [movie for movie in found if word in movie[0]]
        return [item_id for _, item_id in found]


def _label(cluster: Cluster) -> str:
    """The cluster's own label; its most rated movie in a report from before there were any."""
    return cluster.label or (f"most rated: {cluster.movies[0].title}" if cluster.movies else "")
