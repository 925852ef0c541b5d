"""The dialog in which a person names a run and remarks on it."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from mftui.app.screens.dialog import Dialog
from mftui.core.runs.directory import Note, Run
from mftui.core.text import clean


class RunNote(Dialog[None]):
    """Two lines to type in. It writes the note itself, so that what can't be written stays to be tried again."""

    CSS_PATH = "run_note.tcss"
    HELP = "The name takes the place of the directory's in lists; the directory keeps its own."

    def __init__(self, run: Run, note: Note) -> None:
        """Edit the note of the run."""
        super().__init__()
        self._run, self._note = run, note

    def compose(self) -> ComposeResult:
        """The name and the remark."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(clean(self._run.full_name))
            box.border_subtitle = "⏎ keeps, tab next, esc leaves as it was"
            yield Static("Name", classes="label")
            yield Input(clean(self._note.name), placeholder="none: the directory's own", max_length=60, id="name")
            yield Static("Remark", classes="label")
            yield Input(clean(self._note.remark), placeholder="what you want to remember", max_length=300, id="remark")
            yield Static(id="trouble")

    @on(Input.Submitted)
    def _keep(self) -> None:
        name, remark = (clean(self.query_one(f"#{field}", Input).value) for field in ("name", "remark"))
        try:
            self._run.write_note(Note(name, remark))
        except OSError as error:
            words = f"{self._run.path} can't be written: {error.strerror}."
            self.query_one("#trouble", Static).update(Content.styled(clean(words), "$text-error"))
            return
        self.dismiss()
