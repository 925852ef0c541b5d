"""Which cluster has which tint: by number at first, and on another number of clusters as those had that go on."""

from collections import Counter
from dataclasses import dataclass

from mftui.app.screens.clusters.tints import N_TINTS
from mftui.core.clusters.report import Clusters


@dataclass(frozen=True)
class Tints:
    """The tint of every cluster."""

    of: dict[int, int]
    """By the cluster's number; below `N_TINTS`."""
    goes_on: dict[int, int]
    """The number of the cluster before that each one continues; one that is new is left out."""

    @classmethod
    def first(cls, clusters: Clusters) -> "Tints":
        """One after the other."""
        return cls({group.cluster: group.cluster % N_TINTS for group in clusters.clusters}, {})

    def carried(self, old: Clusters, new: Clusters) -> "Tints":
        """The tints of new clusters: those that go on keep theirs, the others get what is used least."""
        from mftui.core.clusters.matching import matched

        goes_on = matched(old, new)
        kept = {number: self.of[before] for number, before in goes_on.items()}
        used = Counter(kept.values())
        for group in new.clusters:
            if group.cluster not in kept:
                kept[group.cluster] = min(range(N_TINTS), key=lambda tint: (used[tint], tint))
                used[kept[group.cluster]] += 1
        return Tints(kept, goes_on)
