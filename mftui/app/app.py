"""MftuiApp: what all screens know: the current dataset, run and job."""

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual.message import Message
from textual.notifications import SeverityLevel

from mftui.app import jobs, wording
from mftui.app.alerts import alerts
from mftui.app.jobs import Job
from mftui.app.machine import Load, Machine
from mftui.app.marks import Marks
from mftui.app.messages import DatasetChanged, JobChanged, RunChanged
from mftui.app.run_list import RunList
from mftui.app.screens.base import WorkbenchScreen
from mftui.app.screens.dialogs import Question
from mftui.app.shell import Shell
from mftui.core.data import summary_of
from mftui.core.data.cache import place_of
from mftui.core.data.catalog import CATALOG
from mftui.core.data.recent import columns_of
from mftui.core.data.summary import Summary
from mftui.core.errors import MftuiError, RunError
from mftui.core.paths import data_dir
from mftui.core.runs import launch
from mftui.core.runs.directory import Run, all_runs, find
from mftui.core.runs.events import AnyEvent, Started
from mftui.core.runs.history import History, State
from mftui.core.text import clean


class MftuiApp(Shell):
    """The workbench.

    Screens read `dataset`, `summary`, `current_run`, `history`, `state` and `job`. They change them through
    `use_dataset`, `use_run` and `start_job`, and the screen in front is told by `DatasetChanged`, `RunChanged` and
    `JobChanged` (see `WorkbenchScreen.show_dataset`, `show_run` and `show_job`).
    """

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
        self.current_run = self.history = self.state = self.job = None
        self.loads, self.marks = (), Marks(data_dir() / "letters.json")
        self._machine: tuple[Started, Machine] | None = None
        runs = live or all_runs()
        newest = _data_of(runs[0]) if runs and path is None else None
        self.dataset, self.columns = newest or (path or "ml-100k", columns_of(path or "ml-100k"))
        self.summary = summary_of(self.dataset, self.columns)
        if mine := [run for run in runs if _learnt_from(run, self.dataset, self.columns)]:
            self._take_run(mine[0])

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
            if history is self.history and (news or state != self.state or state.is_going):
                for alert in alerts(news, self.state, state):
                    severity: SeverityLevel = "error" if alert.is_error else "warning"
                    self.notify(alert.words, title=alert.title, severity=severity, timeout=alert.seconds, markup=False)
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
