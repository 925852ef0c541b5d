"""How inertia and silhouette go with the number of clusters: what helps a person to choose one."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from mftui.core.clusters.report import Structure

if TYPE_CHECKING:
    from mftui.core.clusters.points import Points


class Trial(Struct, frozen=True):
    """The clusters of one k in figures."""

    k: int
    inertia: float
    """The sum of squared distances from the centres, weighted where the clusters are."""
    structure: Structure | None
    """None for one cluster, or where every movie has its own."""


class Scan(Struct, frozen=True):
    """Several numbers of clusters of the same movies, and which of them stand out: suggestions, not decisions."""

    seed: int
    space: str
    unit: bool
    weighted: bool
    movies: int
    trials: list[Trial]
    """By k, the smallest first."""
    elbow: int | None
    """Where inertia bends most; None where the ks are too few to bend."""
    clearest: int | None
    """Where the silhouette exceeds chance most; None where it does nowhere."""

    def __str__(self) -> str:
        bend = f"inertia bends most at k={self.elbow}" if self.elbow is not None else "inertia has no bend"
        if self.clearest is None:
            return f"{bend}; the silhouette exceeds chance nowhere"
        return f"{bend}; the silhouette exceeds chance most at k={self.clearest}"


def scan(points: "Points", ks: Sequence[int], seed: int, progress: Callable[[str, float | None], None]) -> Scan:
    """Cluster the same points into each of these numbers of clusters.

    Args:
        points: what is clustered.
        ks: numbers of clusters, ascending; those beyond the number of different points are left out.
        seed: of KMeans, of the silhouette's sample and of the random points.
        progress: told before each of them.

    Raises:
        SettingError: there are fewer different points than the first k, or it is below 1.
    """
    from mftui.core.clusters.structure import structure_of

    points.check(ks[0])
    ks, trials = [k for k in ks if k <= points.n_different], []
    for at, k in enumerate(ks):
        progress(f"clustering into {k}", at / len(ks))
        fit = points.kmeans(k, seed)
        trials.append(Trial(k, fit.inertia, structure_of(points, fit.labels, seed)))
    space = points.space
    return Scan(
        seed, space.kind, space.unit, points.weights is not None, len(points.items), trials, elbow_of(trials),
        clearest_of(trials),
    )  # fmt: skip


def elbow_of(trials: Sequence[Trial]) -> int | None:
    """The k that lies farthest below the straight line from the first trial to the last, both axes scaled to 1.

    Satopää et al. 2011, "Finding a Kneedle in a haystack", without smoothing.
    """
    first, last = trials[0], trials[-1]
    width, fall = last.k - first.k, first.inertia - last.inertia
    if width <= 0 or fall <= 0:
        return None
    below = {t.k: (first.inertia - t.inertia) / fall - (t.k - first.k) / width for t in trials}
    k = max(below, key=below.__getitem__)
    return k if below[k] > 1e-9 else None


def clearest_of(trials: Sequence[Trial]) -> int | None:
    """The k whose silhouette exceeds that of random points most, among those that exceed it clearly."""
    found = {t.k: t.structure.silhouette - t.structure.random for t in trials if t.structure and t.structure.is_there}
    return max(found, key=found.__getitem__) if found else None
