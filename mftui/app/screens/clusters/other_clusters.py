"""What the Clusters screen can do about its clusters: make more or fewer, by popularity, and ask how many to make."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import work

from mftui.app.screens.clusters.cluster_index import ClusterIndex
from mftui.app.screens.clusters.cluster_scan import ClusterScan
from mftui.app.screens.clusters.cluster_tints import Tints
from mftui.app.screens.clusters.clusterings import Clusterings, Wanted
from mftui.app.screens.clusters.factor_export import FactorExport
from mftui.app.screens.clusters.how_many import HowMany
from mftui.core.clusters.report import Clusters
from mftui.core.errors import MftuiError
from mftui.core.runs.directory import Run


class OtherClusters(FactorExport):
    """A screen of clusters that can be made anew; a subclass draws them in `draw`, and tells of the work in `say`."""

    PAUSE: ClassVar[float] = 0.3
    """Seconds after the last key until clustering begins, so that several at once are one."""

    def __init__(self) -> None:
        super().__init__()
        self.index: ClusterIndex | None = None
        """The clusters on the screen."""
        self.tints = Tints({}, {})
        self._clusterings, self._scan = Clusterings(), ClusterScan()
        self._lacked: Path | None = None
        """The run that finished without clusters and has had them asked for."""
        self.why_not = ""
        """Why those could not be made."""
        self._own: Clusters | None = None
        """The clusters of the run's own report."""
        self._changed = 0
        """When the run's own clusters were last replaced."""
        self._k, self._weighted = 0, False
        """Which clusters were asked for; those on the screen may be others until they are made."""

    def draw(self, clusters: Clusters, tints: Tints) -> None:
        """Draw these clusters."""
        raise NotImplementedError

    def say(self, words: str) -> None:
        """Say what is being done; nothing with an empty text."""
        raise NotImplementedError

    def begin(self, run: Run, clusters: Clusters, changed: int) -> None:
        """Begin with a run's own clusters, which were replaced at this time."""
        self.workers.cancel_node(self)
        self._scan.forget()
        self._own = clusters
        self.index, self._changed, self._k, self._weighted = None, changed, clusters.k, clusters.weighted
        self._clusterings.keep(self._wanted(run), clusters)
        self.draw(clusters, Tints.first(clusters))

    def make_own(self, run: Run) -> None:
        """Have clusters made, once, of a run that finished without any, as a trial does; they come as its report."""
        if self._lacked != run.path:
            self._lacked, self.why_not = run.path, ""
            self._make_own(run)

    @work(exclusive=True, group="own", exit_on_error=False)
    async def _make_own(self, run: Run) -> None:
        try:
            await self._clusterings.make(Wanted(run.path, 0, None, weighted=False))
        except MftuiError as error:
            self.why_not = str(error)
        self.show_run()

    def export_options(self) -> list[str]:
        """The clusters on the screen, where they are not the run's own."""
        if self.index is None or self.index.clusters is self._own:
            return []
        shown = self.index.clusters
        return ["-k", str(shown.k), *["--weighted"] * shown.weighted]

    def action_change_k(self, step: int) -> None:
        """Ask for one cluster more or fewer."""
        self._ask(self._k + step, self._weighted)

    def action_weigh(self) -> None:
        """Count movies by their ratings, or all alike."""
        self._ask(self._k, not self._weighted)

    def action_how_many(self) -> None:
        """Show how inertia and silhouette go with k; a scan that was not made yet begins."""
        if (run := self.workbench.current_run) is None:
            return
        wanted = self._wanted(run)
        if not self._scan.is_of(wanted):
            self._scan.forget()
            self.run_worker(self._scan.run(wanted), group="scan", exclusive=True, exit_on_error=False)
        self.app.push_screen(HowMany(self._k, self._scan, self._stop_scan), self._take_k)

    def _stop_scan(self) -> None:
        self.workers.cancel_group(self, "scan")
        self._scan.forget()

    def _take_k(self, k: int | None) -> None:
        if k is not None:
            self._ask(k, self._weighted)

    def _wanted(self, run: Run) -> Wanted:
        return Wanted(run.path, self._changed, self._k, self._weighted)

    def _ask(self, k: int, weighted: bool) -> None:
        """Show so many clusters, made first where they are not there yet."""
        run = self.workbench.current_run
        if self.index is not None and run is not None:
            n_movies = sum(cluster.size for cluster in self.index.clusters.clusters)
            self._k, self._weighted = max(1, min(k, n_movies)), weighted
            wanted = self._wanted(run)
            self.say("" if self._clusterings.get(wanted) else f"Clustering into {self._k:,}…")
            self._cluster(wanted, self.index.clusters)

    @work(exclusive=True, group="clustering", exit_on_error=False)
    async def _cluster(self, wanted: Wanted, old: Clusters) -> None:
        """Draw other clusters in the colours of the old ones that go on."""
        try:
            if (clusters := self._clusterings.get(wanted)) is None:
                await asyncio.sleep(self.PAUSE)
                clusters = await self._clusterings.make(wanted)
        except MftuiError as error:
            self.say("")
            self._k, self._weighted = old.k, old.weighted
            self.notify(str(error), title="Not clustered", severity="error", markup=False)
            return
        self.draw(clusters, await asyncio.to_thread(self.tints.carried, old, clusters))
