"""How many clusters? Inertia and silhouette over k, to look at; the person decides."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from mftui.app.screens.clusters.cluster_scan import ClusterScan
from mftui.app.screens.dialog import Dialog
from mftui.app.widgets.chart import Chart
from mftui.app.widgets.plot import Mark
from mftui.app.widgets.progress import Progress
from mftui.app.widgets.trace import Trace
from mftui.core.clusters.scan import Scan
from mftui.core.text import clean


class HowMany(Dialog[int | None]):
    """Shows a scan while it is made and when it is; its result is the k that was taken, or None."""

    CSS_PATH = "how_many.tcss"
    HELP = (
        "How tight and how well apart the groups are, by their number. No number is the right one: look for where "
        "inertia stops falling fast and silhouette is high."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "read(-1)", "Fewer"),
        Binding("right,l", "read(1)", "More"),
        Binding("enter", "take", "Take this k"),
        Binding("x", "stop", "Stop"),
    ]

    LOOK: ClassVar[float] = 0.25
    """Seconds between two looks at a scan that is at work."""

    def __init__(self, k: int, scan: ClusterScan, stop: Callable[[], None]) -> None:
        """`k` is where the cursor stands at first, `scan` is at work or done, and `stop` ends it."""
        super().__init__()
        self._k, self._at_work, self._stop = k, scan, stop
        self._scan: Scan | None = None
        """What was found, once it is drawn."""
        self._inertia, self._silhouette = Trace("inertia"), Trace("silhouette")
        self._chance = Trace("of random points (chance)")

    def compose(self) -> ComposeResult:
        """A chart for each figure; before there is one, how far the scan is."""
        with Vertical(classes="dialog") as box:
            box.border_title = "How many clusters?"
            yield Static(id="scan-words", markup=False)
            yield Progress(id="scan-progress")
            yield Chart(self._inertia, x_name="k", whole=True, id="inertia")
            yield Chart(self._silhouette, self._chance, x_name="k", whole=True, id="silhouette")

    def on_mount(self) -> None:
        """Look at the scan, again and again while it is at work."""
        self._look()
        self.set_interval(self.LOOK, self._look)

    def _look(self) -> None:
        """Show how far the scan is, why it failed, or what it found."""
        if self._scan is not None:
            return
        job, self._scan = self._at_work.job, self._at_work.found
        words, box = self.query_one("#scan-words", Static), self.query_one(".dialog", Vertical)
        self.query_one(Progress).display = self._scan is None and job.error is None
        if self._scan is not None:
            words.update(f"A suggestion, never a decision: {self._scan}.")
            box.border_subtitle = "←→ reads · enter takes this k · esc closes"
            for chart in self.query(Chart):
                chart.display = True
            self.call_after_refresh(self._draw, self._scan)
        elif job.error is not None:
            words.update(f"✗ {clean(job.error)}")
            box.border_subtitle = "esc closes"
        else:
            words.update("Clustering into 2 to 20, each beside clusters of random points. It goes on when you leave.")
            self.query_one(Progress).show(job.fraction, job.doing or "starting")
            box.border_subtitle = "x stops it · esc leaves it"

    def _draw(self, scan: Scan) -> None:
        for trace in (self._inertia, self._silhouette, self._chance):
            trace.clear()
        for trial in scan.trials:
            self._inertia.append(trial.k, trial.inertia)
            structure = trial.structure
            self._silhouette.append(trial.k, None if structure is None else structure.silhouette)
            self._chance.append(trial.k, None if structure is None else structure.random)
        self._k = min(max(self._k, scan.trials[0].k), scan.trials[-1].k)
        inertia, silhouette = self.query_one("#inertia", Chart), self.query_one("#silhouette", Chart)
        if scan.elbow is not None:
            inertia.mark = Mark(scan.elbow, self._inertia.at(scan.elbow) or 0.0, "bends most")
        if scan.clearest is not None:
            silhouette.mark = Mark(scan.clearest, self._silhouette.at(scan.clearest) or 0.0, "exceeds chance most")
        for chart in (inertia, silhouette):
            chart.x_most = scan.trials[-1].k
        self.action_read(0)

    def action_read(self, step: int) -> None:
        """Read the figures of the next k."""
        if self._scan is not None:
            trials = self._scan.trials
            self._k = min(max(self._k + step, trials[0].k), trials[-1].k)
            for chart in self.query(Chart):
                chart.cursor = self._k
                chart.draw()

    def action_take(self) -> None:
        """Have so many clusters."""
        if self._scan is not None:
            self.dismiss(self._k)

    def action_stop(self) -> None:
        """End the scan, and close."""
        if self._scan is None:
            self._stop()
            self.dismiss(None)
