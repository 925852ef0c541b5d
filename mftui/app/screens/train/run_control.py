"""What is done with runs on the Train screen: start one as planned, now or later, search settings, stop, resume."""

from collections.abc import Callable, Mapping
from typing import Any

from mftui.app import wording
from mftui.app.plan import Plan
from mftui.app.screens.base import WorkbenchScreen
from mftui.app.screens.more_trials import MoreTrials, go_on
from mftui.app.screens.train.tune import Tune
from mftui.core.data.catalog import CATALOG
from mftui.core.errors import MftuiError, RunError
from mftui.core.runs import launch, planning
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Run, create
from mftui.core.runs.history import State
from mftui.core.runs.search import Search
from mftui.core.text import clean


class RunControl(WorkbenchScreen):
    """Acts on the current run and on the plan of the next, which a subclass knows."""

    @property
    def plan(self) -> Plan:
        """What is started."""
        raise NotImplementedError

    def watch_run(self, run: Run) -> None:
        """Make a run that was started or resumed the current one, and show it."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what the state of the current run allows."""
        if (state := self.workbench.state) is None:
            return action not in ("stop", "start_after", "resume")
        match action:
            case "start" | "tune":
                return not state.is_surely_going
            case "stop" | "start_after":
                return state.is_going
            case "resume":
                history = self.workbench.history
                is_study = history is not None and history.searching is not None
                return state.can_be_resumed or (is_study and state is State.FINISHED)
        return True

    def action_start(self) -> None:
        """Start a run as planned."""
        if (run := self._started()) is not None:
            self.watch_run(run)

    def action_tune(self) -> None:
        """Ask how to search for better settings, and begin."""

        def asked(wanted: tuple[Config, Search] | None) -> None:
            if wanted is not None and (run := self._started(search=wanted)) is not None:
                self.watch_run(run)

        try:
            self.app.push_screen(Tune(self.plan), asked)
        except MftuiError as error:
            self.notify(str(error), severity="error", markup=False)

    def action_start_after(self) -> None:
        """Start a run as planned that waits until the current one, and whatever waits for it already, has ended."""
        if (current := self.workbench.current_run) is None:
            return
        last = launch.last_in_line(current)
        if (run := self._started(last)) is not None:
            words = f"{run.name} starts when {last.name} has ended, however that ends. x on Runs (6) takes it back."
            self.notify(clean(words), title="In line", markup=False)

    def _started(self, after: Run | None = None, search: tuple[Config, Search] | None = None) -> Run | None:
        """A run as planned, or a search from there, its process started; None where that can't be, which is told."""
        if self.workbench.summary is None and self.plan.data not in CATALOG:
            words = f"{clean(self.plan.data)} has not been read: the Data screen (1) says how far that is."
            self.notify(words, severity="error", markup=False)
            return None
        try:
            run = planning.begin(*search) if search else create(self.plan.config, after=after)
            launch.start(run)
        except MftuiError as error:
            self.notify(str(error), severity="error", markup=False)
            return None
        return run

    def action_stop(self) -> None:
        """Ask for a stop."""
        if (run := self.workbench.current_run) is not None:
            try:
                launch.request_stop(run)
            except RunError as error:
                self.notify(str(error), severity="error", markup=False)
            else:
                self.notify(wording.stopping(self.workbench.history), title="Stopping", markup=False)

    def action_resume(self) -> None:
        """Go on with the current run; of a study that is finished, ask for how much longer."""
        if (run := self.workbench.current_run) is None:
            return

        def asked(more: Mapping[str, Any] | None) -> None:
            if more is not None:
                self._resume(run, lambda: go_on(run, more))

        if self.workbench.state is State.FINISHED:
            self.app.push_screen(MoreTrials(run), asked)
        else:
            self._resume(run, lambda: launch.resume(run))

    def _resume(self, run: Run, start: Callable[[], object]) -> None:
        try:
            start()
        except RunError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.watch_run(run)
