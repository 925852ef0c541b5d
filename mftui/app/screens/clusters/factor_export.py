"""What a screen about a run's factors can do with them: write them for other programs."""

from pathlib import Path

from mftui.app.screens.dialogs import Question
from mftui.app.screens.job_screen import JobScreen
from mftui.app.wording import where_written
from mftui.core.text import clean

_FORMATS = {"p": "parquet", "c": "csv", "n": "npz", "t": "projector"}
_EXPORTING = "Exporting the factors"


class FactorExport(JobScreen):
    """A screen whose action `export` asks for a format and starts the export."""

    FAILURES = {_EXPORTING: "Not exported"}

    def export_options(self) -> list[str]:
        """What a subclass says more of what to export."""
        return []

    def action_export(self) -> None:
        """Ask for whom, and write it into a folder where mftui was started, in a child process."""
        if (run := self.workbench.current_run) is None:
            return
        folder = Path.cwd() / f"{run.full_name}-export"
        options = self.export_options()
        answers = {
            "p": "tables of movies and users in Parquet",
            "c": "the same as CSV",
            "n": "arrays for NumPy",
            "t": "vectors and metadata for TensorBoard's Projector",
            "esc": "nothing",
        }

        def answered(answer: str | None) -> None:
            if answer in _FORMATS:
                arguments = ["export", str(run.path), "--format", _FORMATS[answer], "-o", str(folder), *options]
                self.workbench.start_job(_EXPORTING, arguments, self._say_where)

        self.app.push_screen(Question("Export", f"Written to {clean(str(folder))}.", answers), answered)

    def _say_where(self, result: dict[str, list[str]]) -> None:
        words = "\n".join(where_written(Path(file)) for file in result["files"])
        self.notify(words, title="Exported", timeout=15, markup=False)
