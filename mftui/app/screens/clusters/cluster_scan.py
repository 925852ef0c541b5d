"""A scan over numbers of clusters: a child process at work, which goes on while other things are looked at."""

from contextlib import aclosing
from dataclasses import replace

import msgspec

from mftui.app import jobs
from mftui.app.jobs import Job
from mftui.app.screens.clusters.clusterings import Wanted
from mftui.core.clusters.scan import Scan

_RANGE = "2..20"


class ClusterScan:
    """How far it is, and what it found."""

    def __init__(self) -> None:
        self.job = Job("")
        self.found: Scan | None = None
        self._about: Wanted | None = None

    def is_of(self, wanted: Wanted) -> bool:
        """Whether it is, or was, about these clusters, whatever their number, and has not failed."""
        return self._about == replace(wanted, k=0) and self.job.error is None

    def forget(self) -> None:
        """Be about nothing."""
        self.job, self.found, self._about = Job(""), None, None

    async def run(self, wanted: Wanted) -> None:
        """Scan; the child process is ended where this is cancelled."""
        self.job, self.found, self._about = Job("Scanning"), None, replace(wanted, k=0)
        arguments = ["clusters", str(wanted.run), "--scan", _RANGE, *["--weighted"] * wanted.weighted]
        async with aclosing(jobs.follow("Scanning", arguments)) as news:
            async for job in news:
                if job.error is None and job.result is not None:
                    try:
                        self.found = msgspec.convert(job.result, Scan)
                    except msgspec.ValidationError as error:
                        job = replace(job, error=f"The scan can't be read: {error}.")
                self.job = job
