"""The Train screen: the settings of the next run at the left, the current run at the right."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import ScreenResume
from textual.message import Message
from textual.widgets import OptionList, Static

from mftui.app import wording
from mftui.app.actions import TRAIN, bindings
from mftui.app.beside import chosen
from mftui.app.plan import Plan
from mftui.app.run_list import RunRow
from mftui.app.screens.base import WorkbenchScreen
from mftui.app.screens.more_trials import MoreTrials, go_on
from mftui.app.screens.train.details import Details
from mftui.app.screens.train.monitor import Monitor
from mftui.app.screens.train.tune import Tune
from mftui.app.widgets.settings_form import SettingsForm
from mftui.core.data.catalog import CATALOG
from mftui.core.errors import MftuiError, RunError
from mftui.core.runs import launch, planning
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Run, create
from mftui.core.runs.history import State
from mftui.core.runs.search import Search
from mftui.core.text import clean

_BUSY = (State.WAITING, State.RUNNING)
_RESUMABLE = (State.STOPPED, State.INTERRUPTED, State.FAILED)


class TrainScreen(WorkbenchScreen):
    """Start a run and watch it; it goes on in a process of its own whatever becomes of the app."""

    TITLE = "Train"
    ACTIONS = TRAIN
    BINDINGS = bindings(TRAIN)
    CSS_PATH = "screen.tcss"
    HELP = (
        "Left, the settings of the next run: enter opens one, enter accepts it, esc leaves it as it was. A dot marks "
        "what differs from the preset. Below stands the command line that does the same.\n\n"
        "Right, the current run. The training error falls as long as the model fits its ratings better; the held-out "
        "error tells whether that helps with ratings it has not seen. Where that rises while the first falls, the "
        "model overfits. The notebook's preset watches the test ratings but never chooses by them.\n\n"
        "t searches the preset's settings for the best on validation rows, in trials that are runs; what the form has "
        "changed stays as it is. The best become a preset of your own.\n\n"
        "A run goes on when mftui is closed, and is found again when it is opened."
    )

    @dataclass
    class OthersRead(Message):
        """The other runs have been looked at."""

        rows: tuple[RunRow, ...]

    def __init__(self) -> None:
        """Plan what the current run does, or the notebook's preset."""
        super().__init__()
        self._plan: Plan | None = None
        self._is_beside: bool | None = None
        """Whether other runs are drawn beside; None while nobody said."""
        self._form = SettingsForm(self._accept, id="form")
        self._monitor = Monitor(id="monitor")

    def compose_body(self) -> ComposeResult:
        """The form with its command line, and the monitor."""
        with Horizontal(id="train"):
            with Vertical(id="settings", classes="pane") as pane:
                pane.border_title = "Settings"
                yield self._form
                yield Static(id="command")
            yield self._monitor

    def on_mount(self) -> None:
        """Begin with the list of settings, or, on a narrow screen, with the run if there is one."""
        self.query_one(OptionList).focus()
        self.set_class(self.workbench.history is not None, "-monitor")

    @property
    def plan(self) -> Plan:
        """What `s` starts."""
        if self._plan is None:
            self._plan = self._plan_of_current_run() or Plan(self.workbench.dataset, columns=self.workbench.columns)
        return self._plan

    def show_dataset(self) -> None:
        """Plan for the current dataset."""
        here = self.workbench.dataset, self.workbench.columns
        if (self.plan.data, self.plan.columns) != here:
            self._plan = replace(self.plan, data=here[0], columns=here[1])
        self._draw_plan()

    def show_run(self) -> None:
        """Draw what is new in the run."""
        self._monitor.show(self.workbench.history, self.workbench.state, self.workbench.loads)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done now."""
        if action in _KEYS and self._form.editing:
            return False
        state = self.workbench.state
        match action:
            case "start" | "tune":
                return state not in _BUSY
            case "stop" | "start_after":
                return state in _BUSY
            case "resume":
                history = self.workbench.history
                is_study = history is not None and history.searching is not None
                return state in _RESUMABLE or (is_study and state is State.FINISHED)
            case "switch_pane":
                return self.has_class("-narrow")
            case "log_scale" | "smooth" | "cursor" | "beside" | "view":
                return self._monitor_shown() and bool(self._monitor.train.xs)
        return True

    def action_start(self) -> None:
        """Start a run as planned."""
        if (run := self._started()) is not None:
            self.add_class("-monitor")
            self.workbench.use_run(run)

    def action_tune(self) -> None:
        """Ask how to search for better settings, and begin."""

        def asked(wanted: tuple[Config, Search] | None) -> None:
            if wanted is not None and (run := self._started(search=wanted)) is not None:
                self.add_class("-monitor")
                self.workbench.use_run(run)

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
        self.add_class("-monitor")
        self.workbench.use_run(run)

    def action_log_scale(self) -> None:
        """Change the loss axis."""
        self._monitor.change_scale()

    def action_smooth(self) -> None:
        """Smooth the curves in the next way."""
        self._monitor.change_smoothing()

    def action_view(self) -> None:
        """Show the log, the model, the process's own log or the machine."""
        self.query_one(Details).next_view()

    def action_beside(self) -> None:
        """Draw other runs beside this one, or take them away."""
        self._is_beside = not self._is_beside_now
        self._look_beside()

    @property
    def _is_beside_now(self) -> bool:
        """Whoever marked runs wants to see them, until told otherwise."""
        return bool(self.workbench.marks.marked) if self._is_beside is None else self._is_beside

    @on(ScreenResume)
    @work(exclusive=True, group="beside", exit_on_error=False)
    async def _look_beside(self) -> None:
        """Follow the other runs while they are shown; slowly, since it is this run that a person watches."""
        while self.is_current and self._is_beside_now:
            rows = await asyncio.to_thread(self.workbench.runs.look)
            self.post_message(self.OthersRead(rows))
            await asyncio.sleep(4 * self.workbench.TICK)
        if not self._is_beside_now:
            self._monitor.show_beside({})

    @on(OthersRead)
    def _show_beside(self, message: OthersRead) -> None:
        if (run := self.workbench.current_run) is None or not self._is_beside_now:
            return
        others = chosen(message.rows, run, self.workbench.marks)
        self._monitor.show_beside(others)
        if not others and self._is_beside:
            self._is_beside = None
            self.notify("There is no other run on the same test rows. Space marks runs on Runs.", markup=False)

    def action_cursor(self, columns: int) -> None:
        """Move the cursor over the curve."""
        self._monitor.chart.move_cursor(columns)

    def action_scroll(self, pages: int) -> None:
        """Scroll the log by a page."""
        self.query_one(Details).scroll_page(pages)

    def action_switch_pane(self) -> None:
        """Show the other pane, where there is room for one only."""
        self.toggle_class("-monitor")
        self.refresh_bindings()

    def action_back(self) -> None:
        """Put the cursor away, or go back to the curve."""
        chart = self._monitor.chart
        if chart.cursor is not None:
            chart.cursor = None
            chart.draw()
        elif self.workbench.history is not None:
            self.add_class("-monitor")
            self.refresh_bindings()

    def _monitor_shown(self) -> bool:
        return not self.has_class("-narrow") or self.has_class("-monitor")

    def _accept(self, key: str, text: str | None) -> None:
        self._plan = self.plan.changed(key, text)
        self._draw_plan()
        self.refresh_bindings()

    def _draw_plan(self) -> None:
        self._form.show(self.plan.fields())
        self.query_one("#command", Static).update(Content(self.plan.command))

    def _plan_of_current_run(self) -> Plan | None:
        if (run := self.workbench.current_run) is None:
            return None
        try:
            return Plan.like(run.record().config)
        except MftuiError:
            return None


_KEYS = {action.call.partition("(")[0] for action in TRAIN}
