"""The Train screen: the settings of the next run at the left, the current run at the right."""

import asyncio
from dataclasses import dataclass, replace

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import ScreenResume
from textual.message import Message
from textual.widgets import OptionList, Static

from mftui.app.actions import TRAIN, bindings
from mftui.app.beside import chosen
from mftui.app.plan import Plan
from mftui.app.run_list import RunRow
from mftui.app.screens.train.details import Details
from mftui.app.screens.train.monitor import Monitor
from mftui.app.screens.train.run_control import RunControl
from mftui.app.widgets.run_panel import in_full
from mftui.app.widgets.settings_form import SettingsForm
from mftui.core.errors import MftuiError
from mftui.core.runs.directory import Run


class TrainScreen(RunControl):
    """Start a run and watch it; it goes on in a process of its own whatever becomes of the app."""

    TITLE = "Train"
    ACTIONS = TRAIN
    BINDINGS = bindings(TRAIN)
    CSS_PATH = "screen.tcss"
    HELP = (
        "Left, the settings of the next run: enter opens one, enter accepts it, esc leaves it as it was. A dot marks "
        "what differs from the preset. Below stands the command line that does the same; Y copies it.\n\n"
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

    def watch_run(self, run: Run) -> None:
        """Make it the current run, and show it."""
        self.add_class("-monitor")
        self.workbench.use_run(run)

    def show_dataset(self) -> None:
        """Plan for the current dataset."""
        here = self.workbench.dataset, self.workbench.columns
        if (self.plan.data, self.plan.columns) != here:
            self._plan = replace(self.plan, data=here[0], columns=here[1])
        self._draw_plan()

    def show_run(self) -> None:
        """Draw what is new in the run."""
        app = self.workbench
        self._monitor.show(app.history, app.state, app.loads, app.now())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done now."""
        if action in _KEYS and self._form.editing:
            return False
        match action:
            case "switch_pane":
                return self.has_class("-narrow")
            case "log_scale" | "smooth" | "zoom" | "cursor" | "beside" | "view":
                return self._monitor_shown() and bool(self._monitor.train.xs)
        return super().check_action(action, parameters)

    def action_log_scale(self) -> None:
        """Change the loss axis."""
        self._monitor.change_scale()

    def action_smooth(self) -> None:
        """Smooth the curves in the next way."""
        self._monitor.change_smoothing()

    def action_zoom(self) -> None:
        """Look at the last epochs, or at those from the cursor on; then at all again."""
        self._monitor.zoom()

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

    def action_copy(self) -> None:
        """Copy the command line that does what the settings say, and show it: a terminal may not let it through."""
        self.app.copy_to_clipboard(self.plan.command)
        self.notify(in_full(self.plan.command), title="Copied", markup=False)

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
        self.query_one("#command", Static).update(Content(in_full(self.plan.command)))

    def _plan_of_current_run(self) -> Plan | None:
        if (run := self.workbench.current_run) is None:
            return None
        try:
            return Plan.like(run.record().config)
        except MftuiError:
            return None


_KEYS = {action.call.partition("(")[0] for action in TRAIN}
