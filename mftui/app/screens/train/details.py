"""Below the curve of a run: its log, its model or its process's own log, one at a time, and the machine's load."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import ContentSwitcher

from mftui.app.machine import Load
from mftui.app.screens.train.log_view import LogView
from mftui.app.screens.train.machine_panel import MachinePanel
from mftui.app.screens.train.model_summary import summary
from mftui.app.screens.train.process_log import tail
from mftui.app.screens.train.run_log import RunLog
from mftui.core.runs.directory import Run
from mftui.core.runs.history import History, State

_NO_WORDS = "Nothing so far: the training process writes here what goes wrong, and little else."


class Details(Horizontal):
    """Follows one history at a time. The machine stands beside the others, or is one of them where it is narrow."""

    VIEWS = ("log", "model", "process", "machine")

    @dataclass
    class ProcessLogRead(Message):
        """The process's own log has been looked at."""

        run: Run
        lines: list[str]

    def __init__(self, id: str | None = None) -> None:
        """Follow nothing yet."""
        super().__init__(id=id)
        self.view = "log"
        self._history: History | None = None
        self._log: RunLog | None = None
        self._model: object = None
        self._process: list[str] | None = None

    def compose(self) -> ComposeResult:
        """The three logs in one pane, and the machine in another."""
        with Vertical(id="log-pane", classes="pane"), ContentSwitcher(initial="log"):
            yield LogView(id="log")
            yield LogView(id="model", follow=False)
            yield LogView(id="process")
        with Vertical(id="machine", classes="pane"):
            yield MachinePanel()

    def on_resize(self) -> None:
        """Name the views that there are."""
        self._title()

    def follow(self, history: History | None) -> None:
        """Begin anew with another history, or with the same after it was rewound."""
        self._history, self._log = history, RunLog(history) if history else None
        self._model = self._process = None
        for view in self.query(LogView):
            view.clear()

    def show(self, state: State, loads: Sequence[Load]) -> None:
        """Draw what is new."""
        if self._history is None or self._log is None:
            return
        self.query_one("#log", LogView).write(self._log.news(state))
        if (started := self._history.started) is not None and started is not self._model:
            self._model = started
            model = self.query_one("#model", LogView)
            model.clear()
            model.write(summary(started))
        self.query_one(MachinePanel).show(loads)
        if self.view == "process":
            self._read(self._history.run)

    def next_view(self) -> None:
        """Show the next of the views; where it is not narrow the machine is there anyway."""
        views = self._views()
        self.view = views[(views.index(self.view) + 1) % len(views)] if self.view in views else views[0]
        self.set_class(self.view == "machine", "-machine")
        if self.view != "machine":
            self.query_one(ContentSwitcher).current = self.view
        if self.view == "process" and self._history is not None:
            self._read(self._history.run)
        self._title()

    def scroll_page(self, pages: int) -> None:
        """Scroll what is shown."""
        if self.view != "machine":
            log = self.query_one(f"#{self.view}", LogView)
            log.scroll_relative(y=pages * max(log.size.height - 1, 1), animate=False)

    @work(thread=True, exclusive=True, group="process-log", exit_on_error=False)
    def _read(self, run: Run) -> None:
        self.post_message(self.ProcessLogRead(run, tail(run)))

    @on(ProcessLogRead)
    def _show_process_log(self, message: ProcessLogRead) -> None:
        if self._history is None or message.run != self._history.run or message.lines == self._process:
            return
        self._process = message.lines
        view = self.query_one("#process", LogView)
        view.clear()
        view.write([(line, "line") for line in message.lines] or [(_NO_WORDS, "quiet")])

    def _views(self) -> tuple[str, ...]:
        return self.VIEWS if self.screen.has_class("-narrow") else self.VIEWS[:-1]

    def _title(self) -> None:
        """The views by name, the one that is shown standing out."""
        names = [
            Content.styled(name.capitalize(), "bold" if name == self.view else "$text-muted not bold")
            for name in self._views()
        ]
        shown = Content(" · ").join(names)
        self.query_one("#log-pane").border_title = shown
        self.query_one("#machine").border_title = shown if self.view == "machine" else "Machine"
