"""The dialog that keeps a trial's settings as a preset, under a name that a person gives."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from mftui.app.screens.dialog import Dialog
from mftui.core.errors import MftuiError
from mftui.core.runs import presets, study
from mftui.core.runs.directory import Run
from mftui.core.runs.events import Trial
from mftui.core.text import clean


class KeepTrial(Dialog[str | None]):
    """A line for the name; the result is the name of the preset that was written, or None."""

    CSS_PATH = "run_note.tcss"
    HELP = "A preset of your own has the trial's settings, and Train offers it among the others."

    def __init__(self, trial: Trial, run: Run, wish: str) -> None:
        """Keep a trial of a study; `wish` is what it would be called if nobody minds."""
        super().__init__()
        self._trial, self._run, self._wish = trial, run, wish

    def compose(self) -> ComposeResult:
        """The settings, the name, and what is wrong with it."""
        with Vertical(classes="dialog") as box:
            box.border_title = f"Keep trial {self._trial.trial} as a preset"
            box.border_subtitle = "⏎ keeps, esc goes back"
            yield Static(Content(study.in_words(self._trial.settings)), classes="label")
            yield Input(presets.free_name(self._wish), placeholder="its name", max_length=40)
            yield Static(id="trouble")

    @on(Input.Submitted)
    def _keep(self, event: Input.Submitted) -> None:
        name = event.value.strip()
        try:
            study.keep(self._trial, self._run, name)
        except MftuiError as error:
            self.query_one("#trouble", Static).update(Content.styled(clean(str(error)), "$text-error"))
        else:
            self.dismiss(name)
