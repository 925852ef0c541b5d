"""Clusters of a run by their number and weights: made in a child process, and kept as long as the app is open."""

from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mftui.app import jobs
from mftui.core.clusters.report import Clusters
from mftui.core.errors import RunError


@dataclass(frozen=True)
class Wanted:
    """Which clusters."""

    run: Path
    changed: int
    """When the run's own report was last replaced, in nanoseconds: the model is another then."""
    k: int | None
    """None for as many as a run leaves."""
    weighted: bool


class Clusterings:
    """The clusters that were asked for so far."""

    def __init__(self) -> None:
        self._made: dict[Wanted, Clusters] = {}

    def keep(self, wanted: Wanted, clusters: Clusters) -> None:
        """Take clusters that were made elsewhere."""
        self._made[wanted] = clusters

    def get(self, wanted: Wanted) -> Clusters | None:
        """The clusters where they are there already."""
        return self._made.get(wanted)

    async def make(self, wanted: Wanted) -> Clusters:
        """Make clusters, and keep them; the child process is ended where this is cancelled.

        Raises:
            RunError: they could not be made.
        """
        k = [] if wanted.k is None else ["-k", str(wanted.k)]
        arguments = ["clusters", str(wanted.run), *k, *["--weighted"] * wanted.weighted]
        job = jobs.Job("")
        async with aclosing(jobs.follow("Clustering", arguments)) as news:
            async for told in news:
                job = told
        if job.error is not None:
            raise RunError(job.error)
        try:
            clusters = msgspec.convert(job.result, Clusters)
        except msgspec.ValidationError as error:
            raise RunError(f"The clusters can't be read: {error}.") from error
        self.keep(wanted, clusters)
        return clusters
