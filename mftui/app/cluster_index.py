"""The movies of the clusters as rows: every cluster, those never trained on as the last entry, and where a movie is."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Place:
    """Where a movie is: which group, and which of its movies."""

    group: int
    movie: int


class ClusterIndex:
    """The groups of a report in order, and every movie by its words."""

    def __init__(self, clusters: Clusters) -> None:
        self.groups = [Group(c.cluster, c.movies, c.cohesion, _label(c)) for c in clusters.clusters]
        if clusters.untrained:
            self.groups.append(Group(None, clusters.untrained, None, "never trained on"))
        self._search: list[tuple[int, str, Place]] = []

    def places(self) -> dict[str, Place]:
        """Where each movie is, by its id."""
        return {m.item_id: Place(g, at) for g, group in enumerate(self.groups) for at, m in enumerate(group.movies)}

    def find(self, text: str) -> list[Place]:
        """The movies whose titles hold every word of the text, the most rated first."""
        if not self._search:
            every = ((g, m, movie) for g, group in enumerate(self.groups) for m, movie in enumerate(group.movies))
            self._search = [(movie.ratings, fold(clean(movie.title)), Place(g, m)) for g, m, movie in every]
            self._search.sort(key=lambda entry: -entry[0])
        words = fold(text).split()
        return [place for _, title, place in self._search if words and all(word in title for word in words)]


def _label(cluster: Cluster) -> str:
    """The cluster's own label; its most rated movie in a report from before there were any."""
    return cluster.label or (f"most rated: {cluster.movies[0].title}" if cluster.movies else "")
