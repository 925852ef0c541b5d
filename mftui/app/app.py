"""MftuiApp: the shell around the screens, and what all of them know: the current dataset, run and job."""

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.screen import Screen

from mftui.app import jobs, themes, wording
from mftui.app.actions import APP, bindings
from mftui.app.alerts import alerts
from mftui.app.jobs import Job
from mftui.app.machine import Load, Machine
from mftui.app.marks import Marks
from mftui.app.messages import DatasetChanged, JobChanged, RunChanged
from mftui.app.run_list import RunList
from mftui.app.screens.base import WorkbenchScreen
from mftui.app.screens.dialog import Dialog
from mftui.app.screens.dialogs import Explanation, Question
from mftui.core.data import summary_of
from mftui.core.data.cache import place_of
from mftui.core.data.catalog import CATALOG
from mftui.core.data.recent import columns_of
from mftui.core.data.summary import Summary
from mftui.core.errors import MftuiError, RunError
from mftui.core.runs import launch
from mftui.core.runs.directory import Run, all_runs, find
from mftui.core.runs.events import AnyEvent, Started
from mftui.core.runs.history import History, State
from mftui.core.text import clean


def _data() -> Screen[None]:
    from mftui.app.screens.data.screen import DataScreen

    return DataScreen()


def _train() -> Screen[None]:
    from mftui.app.screens.train.screen import TrainScreen

    return TrainScreen()


def _evaluation() -> Screen[None]:
    from mftui.app.screens.evaluation.screen import EvaluationScreen

    return EvaluationScreen()


def _clusters() -> Screen[None]:
    from mftui.app.screens.clusters.screen import ClustersScreen

    return ClustersScreen()


def _recommend() -> Screen[None]:
    from mftui.app.screens.recommend.screen import RecommendScreen

    return RecommendScreen()


def _runs() -> Screen[None]:
    from mftui.app.screens.runs.screen import RunsScreen

    return RunsScreen()


class MftuiApp(App[None]):
    """The workbench.

    Screens read `dataset`, `summary`, `current_run`, `history`, `state` and `job`. They change them through
    `use_dataset`, `use_run` and `start_job`, and the screen in front is told by `DatasetChanged`, `RunChanged` and
    `JobChanged` (see `WorkbenchScreen.show_dataset`, `show_run` and `show_job`).
    """

    TITLE = "mftui"
    CSS_PATH = "app.tcss"
    MODES = {
        "data": _data, "train": _train, "evaluation": _evaluation, "clusters": _clusters, "recommend": _recommend,
        "runs": _runs,
    }  # fmt: skip
    PLACES: ClassVar[dict[str, str]] = {
        "data": "1 Data", "train": "2 Train", "evaluation": "3 Evaluate", "clusters": "4 Clusters",
        "recommend": "5 Recommend", "runs": "6 Runs",
    }  # fmt: skip
    """The screens in the header, with their keys."""
    BINDINGS = bindings(APP)
    TICK: ClassVar[float] = 0.5
    """Seconds between two looks at the run directory: all that moves is drawn at this pace."""

    dataset: str
    """The current dataset's name, or the path of its file."""
    columns: str
    """Which of its columns is which, where the person said so."""
    summary: Summary | None
    """The current dataset's figures; None until it has been read once."""
    current_run: Run | None
    """The live run, else the newest; None where there is none."""
    history: History | None
    """What has happened in the current run; None where there is no run."""
    state: State | None
    """The state of the current run, as of the last look."""
    loads: tuple[Load, ...]
    """What the current run has cost this machine lately, the newest at the end; empty while it is not going here."""
    marks: Marks
    """The runs that are marked, and what stands for them in charts."""
    runs: RunList
    """Every run of the data directory, to look at in a thread."""
    job: Job | None
    """The child process at work, or the one that ended last."""

    def __init__(self, path: str | None = None) -> None:
        """Find out what to show first: `path` is a dataset's name, a path to ratings, or a run directory."""
        self.runs = RunList()
        live = launch.live_runs()
        if path is not None and (run := _run_named(path)) is not None:
            live, path = self.runs.open(run.path), None
        self.DEFAULT_MODE = "train" if live and path is None else "data"  # type: ignore[misc]
        super().__init__()
        for theme in themes.OWN:
            self.register_theme(theme)
        self.theme = themes.first_choice(self.console.color_system)
        self.current_run = self.history = self.state = self.job = None
        self.loads, self.marks = (), Marks()
        self._machine: tuple[Started, Machine] | None = None
        runs = live or all_runs()
        newest = _data_of(runs[0]) if runs and path is None else None
        self.dataset, self.columns = newest or (path or "ml-100k", columns_of(path or "ml-100k"))
        self.summary = summary_of(self.dataset, self.columns)
        if mine := [run for run in runs if _learnt_from(run, self.dataset, self.columns)]:
            self._take_run(mine[0])

    def on_load(self) -> None:
        """Let tasks begin when it is their turn.

        From Python 3.12 on Textual lets them begin where they are made, so that an input of the first screen looks for
        that screen before it is there, which ends the app.
        """
        asyncio.get_running_loop().set_task_factory(None)

    def on_mount(self) -> None:
        """Begin to follow, and end at once when the terminal is gone: the run goes on."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.exit)
        self.run_worker(self._follow(), group="follow", exit_on_error=False)

    def use_dataset(self, name: str, columns: str = "") -> None:
        """Make another dataset the current one, with its newest run."""
        self.dataset, self.columns, self.summary = name, columns, summary_of(name, columns)
        self._tell(DatasetChanged())
        self.use_run(next((run for run in all_runs() if _learnt_from(run, name, columns)), None))

    def use_run(self, run: Run | None) -> None:
        """Make another run the current one, with its dataset."""
        self._take_run(run)
        data = None if run is None else _data_of(run)
        if data is not None and data != (self.dataset, self.columns):
            self.dataset, self.columns = data
            self.summary = summary_of(*data)
            self._tell(DatasetChanged())
        self._tell(RunChanged())

    def start_job(self, title: str, arguments: list[str], then: Callable[[Any], None] | None = None) -> None:
        """Run `mftui ARGUMENTS --json` in a child process; a job that is at work is cancelled first.

        Args:
            title: what it is for, in words.
            arguments: of the command line, without `--json`.
            then: called with the JSON document that the command printed, when it ended well.
        """
        self.run_worker(self._work(title, arguments, then), group="job", exclusive=True, exit_on_error=False)

    def cancel_job(self) -> None:
        """End the child process."""
        self.workers.cancel_group(self, "job")
        self.job = None
        self._tell(JobChanged())

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    async def action_mode(self, mode: str) -> None:
        """Bring a screen to the front."""
        await self.switch_mode(mode)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Everything that can be done here and now, for the palette."""
        here = screen.ACTIONS if isinstance(screen, WorkbenchScreen) else ()
        for action in (*here, *APP):
            call = action.call if action.call.startswith("app.") else f"screen.{action.call}"
            name = action.call.partition("(")[0]
            if action.palette and (name.startswith("app.") or screen.check_action(name, ())):
                yield SystemCommand(action.label, action.meaning, partial(self.run_action, call))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Digits change the screen only where no dialog lies over it."""
        return not (action == "mode" and isinstance(self.screen, Dialog))

    def action_explain(self) -> None:
        """Say what the screen in front shows, and its keys."""
        if isinstance(screen := self.screen, WorkbenchScreen):
            self.push_screen(Explanation(str(screen.TITLE), screen.HELP, screen.ACTIONS, screen.TERMS))

    def action_leave(self) -> None:
        """Quit; ask first what to do with a run that is going."""
        if isinstance(self.screen, Question):
            return
        if self.state not in (State.RUNNING, State.WAITING):
            self.exit()
            return
        answers = {"l": "leave it running: mftui finds it again", "s": "stop it; it can be resumed", "esc": "stay"}
        name = clean(self.current_run.full_name) if self.current_run else "A run"
        waits = wording.waiting(self.history) if self.history else ""
        self.push_screen(Question("Quit", f"{name} is {waits or 'being trained'}.", answers), self._leave)

    def action_next_theme(self) -> None:
        """Take the next colour theme."""
        names = themes.NAMES
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]

    def _leave(self, answer: str | None) -> None:
        if answer == "s" and self.current_run is not None:
            with contextlib.suppress(RunError):  # it has ended while the question stood there
                launch.request_stop(self.current_run)
        if answer in ("l", "s"):
            self.exit()

    async def _follow(self) -> None:
        """Look at the run directory at every tick, in a thread since a network disk may take its time."""
        while True:
            await asyncio.sleep(self.TICK)
            if (history := self.history) is None:
                continue
            news, state, loads = await asyncio.to_thread(self._look, history)
            if history is self.history and (news or state != self.state or state in (State.WAITING, State.RUNNING)):
                for alert in alerts(news, self.state, state):
                    severity: SeverityLevel = "error" if alert.is_error else "warning"
                    self.notify(alert.words, title=alert.title, severity=severity, timeout=20, markup=False)
                self.state, self.loads = state, loads
                self._tell(RunChanged())

    def _look(self, history: History) -> tuple[list[AnyEvent], State, tuple[Load, ...]]:
        """What a run has told since, its state, and what it costs this machine."""
        news, state, started = history.read(), history.state(), history.started
        if state is not State.RUNNING or started is None or started.host != socket.gethostname():
            return news, state, ()
        if self._machine is None or self._machine[0] is not started:
            self._machine = started, Machine(started.pid, started.device)
        self._machine[1].look()
        return news, state, tuple(self._machine[1].seen)

    async def _work(self, title: str, arguments: list[str], then: Callable[[Any], None] | None) -> None:
        async with contextlib.aclosing(jobs.follow(title, arguments)) as news:
            async for self.job in news:
                self._tell(JobChanged())
        if then is not None and self.job is not None and self.job.error is None:
            then(self.job.result)

    def _take_run(self, run: Run | None) -> None:
        self.current_run, self.history, self.state, self.loads = run, None, None, ()
        if run is not None:
            self.history = History(run)
            self.history.poll()
            self.state = self.history.state()

    def _tell(self, message: Message) -> None:
        """Pass news to the screen in front; the others look when they come to the front."""
        for screen in self.screen_stack:
            if isinstance(screen, WorkbenchScreen):
                screen.post_message(message)


def _learnt_from(run: Run, name: str, columns: str) -> bool:
    """Whether a run was told to train on a dataset, by whatever path that is called."""
    return (data := _data_of(run)) is not None and place_of(*data) == place_of(name, columns)


def _run_named(name: str) -> Run | None:
    """The run of this name or directory; None where it is a dataset's name, or a path to something else."""
    path = Path(name).expanduser()
    if name in CATALOG or (path.exists() and not (path / "run.json").exists()):
        return None
    try:
        return find(str(path))
    except RunError:
        return None


def _data_of(run: Run) -> tuple[str, str] | None:
    """The dataset that a run was told to train on, and its columns; None where its record is damaged."""
    try:
        config = run.record().config
        return config.data, config.columns
    except MftuiError:
        return None
