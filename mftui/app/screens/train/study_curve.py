"""A study on the chart: what each trial came to, and the best so far, by the trial's number."""

import contextlib

from mftui.app import wording
from mftui.app.widgets.chart import Chart
from mftui.app.widgets.figures import Figure
from mftui.app.widgets.plot import Mark
from mftui.app.widgets.trace import Trace
from mftui.core.errors import RunError
from mftui.core.runs import study
from mftui.core.runs.events import Finished, Searching, Trial
from mftui.core.runs.history import History
from mftui.core.runs.search import Search


class StudyCurve:
    """Draws trials where a chart draws epochs."""

    def __init__(self, search: Search, best: Trace, each: Trace, chart: Chart) -> None:
        self._search, self._best, self._each, self._chart = search, best, each, chart
        self._so_far: Trial | None = None
        self._searching: Searching | None = None
        self._read = 0
        best.name, each.name = "best so far", "each trial"
        chart.x_name, chart.x_most = "trial", search.trials or 1

    @property
    def title(self) -> str:
        """What the curves are."""
        return f"{self._search.metric} on validation rows"

    def take(self, history: History) -> None:
        """Add the trials that are new."""
        if history.searching is not self._searching:  # it has begun, or goes on and may have been given more trials
            self._searching = history.searching
            with contextlib.suppress(RunError):
                self._search = study.search_of(history.run)
            self._chart.x_most = max(self._chart.x_most, self._search.trials or 1)
        for trial in history.trials[self._read :]:
            self._read += 1
            best = self._so_far = study.best_of([*filter(None, [self._so_far]), trial], self._search)
            self._each.append(trial.trial, trial.figure)
            self._best.append(trial.trial, best.figure if best else None)
            if best is not None and best.figure is not None:
                self._chart.mark = Mark(
                    best.trial, best.figure, f"best {wording.loss(best.figure)} in trial {best.trial}"
                )
        self._chart.x_most = max(self._chart.x_most, len(history.trials))

    def done(self, history: History) -> float:
        """The share of the trials or of the time that is used up."""
        if isinstance(history.closing, Finished):
            return 1.0
        return (history.progress.fraction or 0.0) if history.progress else 0.0

    def figures(self, history: History) -> list[Figure]:
        """How many trials there were, the best of them beside the preset's own, and how they ended."""
        if not (trials := history.trials):
            return []
        most = f"/{self._search.trials}" if self._search.trials else ""
        found = [Figure("trials", f"{len(trials)}{most}", "bold")]
        if (best := study.best_of(trials, self._search)) is not None:
            found.append(Figure("best", f"{wording.loss(best.figure)} in {best.trial}", "$success"))
        found.append(Figure("preset's own", wording.loss(trials[0].figure)))
        for ending in ("pruned", "failed"):
            if count := sum(trial.ending == ending for trial in trials):
                found.append(Figure(ending, str(count)))
        return found
