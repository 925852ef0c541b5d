"""The dialog that lists runs of another place: a run directory, a folder of them, another data directory."""

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from mftui.app.run_list import RunList
from mftui.app.screens.data.open_dataset import PathSuggester
from mftui.app.screens.dialog import Dialog
from mftui.core.errors import RunError
from mftui.core.runs.directory import Run


class OpenRuns(Dialog[list[Run] | None]):
    """A line for a path; the result is the runs that were found there, or None."""

    CSS_PATH = "run_note.tcss"
    HELP = "Runs that were made elsewhere stay where they are, and are listed with yours until mftui is left."

    def __init__(self, runs: RunList) -> None:
        """Add what is found to this list."""
        super().__init__()
        self._runs = runs

    def compose(self) -> ComposeResult:
        """The path, and what is wrong with it."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Open runs of another place"
            box.border_subtitle = "⏎ opens, → completes, esc closes"
            yield Static("A run directory, a folder of them, or another data directory", classes="label")
            yield Input(placeholder="its path", suggester=PathSuggester(use_cache=False))
            yield Static(id="trouble")

    @on(Input.Submitted)
    def _open(self, event: Input.Submitted) -> None:
        if not event.value.strip():
            return
        try:
            self.dismiss(self._runs.open(Path(event.value.strip())))
        except RunError as error:
            self.query_one("#trouble", Static).update(Content.styled(str(error), "$text-error"))
