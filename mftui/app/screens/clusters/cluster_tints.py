"""Which cluster has which tint: neighbours differ, and on another number of clusters those that go on keep theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mftui.app.screens.clusters.tints import N_TINTS
from mftui.core.clusters.report import Cluster, Clusters

_NEAR = 1e-6
"""Added to squared distances: clusters in one place are neighbours of all tints alike."""


@dataclass(frozen=True)
class Tints:
    """The tint of every cluster."""

    of: dict[int, int]
    """By the cluster's number; below `N_TINTS`."""
    goes_on: dict[int, int]
    """The number of the cluster before that each one continues; one that is new is left out."""

    @classmethod
    def first(cls, clusters: Clusters) -> "Tints":
        """All different while there are tints left, then those of far clusters again."""
        return cls(_completed({}, clusters.clusters), {})

    def carried(self, old: Clusters, new: Clusters) -> "Tints":
        """The tints of new clusters: those that go on keep theirs."""
        from mftui.core.clusters.matching import matched

        goes_on = matched(old, new)
        return Tints(_completed({number: self.of[was] for number, was in goes_on.items()}, new.clusters), goes_on)


def _completed(kept: Mapping[int, int], clusters: Sequence[Cluster]) -> dict[int, int]:
    """These tints, by number, and for each other cluster the one that is least used around it.

    How much a tint is used around a cluster is the sum, over those that have it, of one over the squared distance.
    """
    tints = dict(kept)
    coloured = [(cluster.place, tints[cluster.cluster]) for cluster in clusters if cluster.cluster in tints]
    for cluster in clusters:
        if cluster.cluster not in tints:
            used, (x, y) = [0.0] * N_TINTS, cluster.place
            for (other_x, other_y), tint in coloured:
                used[tint] += 1 / ((x - other_x) ** 2 + (y - other_y) ** 2 + _NEAR)
            tints[cluster.cluster] = used.index(min(used))
            coloured.append((cluster.place, tints[cluster.cluster]))
    return tints
