"""What is done with one run of the list, or with all of it: open, stop, resume, copy, name, delete, export."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from textual import work

from mftui.app import wording
from mftui.app.messages import CompareMarked
from mftui.app.run_list import RunRow
from mftui.app.screens.base import WorkbenchScreen
from mftui.app.screens.dialogs import Question
from mftui.app.screens.more_trials import MoreTrials, go_on
from mftui.app.screens.runs import run_export
from mftui.app.screens.runs.open_runs import OpenRuns
from mftui.app.screens.runs.run_note import RunNote
from mftui.app.screens.runs.trials_dialog import Trials
from mftui.app.widgets.run_panel import in_full
from mftui.core.errors import MftuiError, RunError
from mftui.core.runs import launch
from mftui.core.runs.directory import Run
from mftui.core.runs.history import State
from mftui.core.runs.removal import remove, size_of
from mftui.core.text import clean


class RunActions(WorkbenchScreen):
    """Acts on the run under the cursor, which a subclass knows."""

    def row(self) -> RunRow | None:
        """The run under the cursor."""
        raise NotImplementedError

    def rows_to_export(self) -> Sequence[RunRow]:
        """Those that are marked, else those that are shown."""
        raise NotImplementedError

    def marked(self) -> Mapping[str, RunRow]:
        """The runs that are marked, by letter."""
        raise NotImplementedError

    def draw(self) -> None:
        """Show what has changed in the app."""
        raise NotImplementedError

    def look_soon(self) -> None:
        """Look at the runs at once, since something was done with one."""
        raise NotImplementedError

    def suits(self, action: str) -> bool:
        """Whether it can be done with the run under the cursor, or with those that are marked."""
        row = self.row()
        if action == "verdict":
            return len(self._judged()) > 1
        if row is None:
            return False
        match action:
            case "stop":
                return row.state.is_going
            case "resume":
                return row.state.can_be_resumed or (row.search is not None and row.state is State.FINISHED)
            case "trials":
                return row.search is not None
            case "copy":
                return row.plan is not None
        return True

    def _judged(self) -> list[RunRow]:
        """The marked runs that are evaluated and have one model."""
        return [row for row in self.marked().values() if row.evaluation is not None and not row.evaluation.parts]

    async def action_verdict(self) -> None:
        """Have the marked runs judged beside the first of them, which becomes the current one."""
        self.workbench.use_run(self._judged()[0].run)
        await self.workbench.action_mode("evaluation")
        self.app.screen.post_message(CompareMarked())

    def action_open(self) -> None:
        """Make the run the current one, with its dataset."""
        if row := self.row():
            self.workbench.use_run(row.run)
            self.notify(f"{clean(row.title)} is what all screens show now.", timeout=3, markup=False)
            self.draw()

    def action_stop(self) -> None:
        """Ask for a stop."""
        if (row := self.row()) and self._try(launch.request_stop, row.run):
            self.notify(wording.stopping(row.history), title="Stopping", markup=False)

    def action_resume(self) -> None:
        """Go on with the run, and follow it; of a study that is finished, ask for how much longer."""
        if (row := self.row()) is None:
            return

        def asked(more: Mapping[str, Any] | None) -> None:
            if more is not None and self._try(lambda run: go_on(run, more), row.run):
                self.workbench.use_run(row.run)

        if row.state is State.FINISHED:
            self.app.push_screen(MoreTrials(row.run), asked)
        elif self._try(launch.resume, row.run):
            self.workbench.use_run(row.run)

    def action_trials(self) -> None:
        """Show the study's trials; one that is chosen is what all screens show."""

        def chosen(trial: Run | None) -> None:
            if trial is not None:
                self.workbench.use_run(trial)
                self.notify(f"{clean(trial.full_name)} is what all screens show now.", timeout=3, markup=False)
                self.draw()

        if (row := self.row()) and row.record and row.search:
            self.app.push_screen(Trials(row.record, row.search, row.run, self.workbench.TICK), chosen)

    def action_copy(self) -> None:
        """Copy the command that repeats the run, and show it, since a terminal may not let it through."""
        if (row := self.row()) and row.plan:
            self.app.copy_to_clipboard(row.command)
            self.notify(in_full(row.command), title="Copied", markup=False)

    def action_note(self) -> None:
        """Name the run and remark on it."""
        if row := self.row():
            self.app.push_screen(RunNote(row.run, row.note), lambda _: self.look_soon())

    def action_delete(self) -> None:
        """Ask, then delete the run."""
        if (row := self.row()) is None:
            return
        run = row.run
        if row.state.is_surely_going:
            self.notify("It is being trained: x stops it first.", title="Not deleted", severity="error", markup=False)
            return
        takes = wording.size(size) if (size := size_of(run)) >= 1e6 else "less than 1 MB"
        words = f"{clean(run.full_name)}, {takes}: its model, its curve and its reports are gone for good."
        if row.state is State.SILENT and row.record is not None:
            words += f" It may still be going on {clean(row.record.host)}."

        def answered(answer: str | None) -> None:
            if answer == "d":
                self._delete(run)

        self.app.push_screen(Question("Delete this run?", words, {"d": "delete it", "esc": "keep it"}), answered)

    @work(thread=True, group="delete", exit_on_error=False)
    def _delete(self, run: Run) -> None:
        self.app.call_from_thread(self._deleted, self._failure(remove, run))

    def _deleted(self, failure: str) -> None:
        if failure:
            self.notify(failure, title="Not deleted", severity="error", markup=False)
        self.look_soon()

    def _try(self, do: Callable[[Run], object], run: Run) -> bool:
        """Do something with a run; say why where it can't be done."""
        if failure := self._failure(do, run):
            self.notify(failure, severity="error", markup=False)
        self.look_soon()
        return not failure

    @staticmethod
    def _failure(do: Callable[[Run], object], run: Run) -> str:
        try:
            do(run)
        except RunError as error:
            return str(error)
        except OSError as error:
            return f"{run.path} can't be written: {error.strerror}."
        return ""

    def action_elsewhere(self) -> None:
        """List runs of another place as well."""

        def opened(runs: list[Run] | None) -> None:
            if runs:
                self.workbench.use_run(runs[0])
                self.notify(f"{len(runs):,} found; {clean(runs[0].name)} is what all screens show now.", markup=False)
                self.look_soon()

        self.app.push_screen(OpenRuns(self.workbench.runs), opened)

    def action_export(self) -> None:
        """Ask what to export, and write it where mftui was started."""
        if (row := self.row()) is None:
            return
        rows = self.rows_to_export()
        answers = {
            "c": f"the list as CSV, {len(rows):,} runs with all their settings",
            "j": "the same as JSON",
            "z": f"{clean(row.run.full_name)} whole, as a zip of {wording.size(size_of(row.run))}",
            "esc": "nothing",
        }

        def answered(answer: str | None) -> None:
            match answer:
                case "c" | "j":
                    kind = {"c": "csv", "j": "json"}[answer]
                    self._write(lambda: run_export.write_list(rows, kind, Path.cwd()))
                case "z":
                    self._write(lambda: run_export.write_zip(row.run, Path.cwd()))

        self.app.push_screen(Question("Export", f"Written to {clean(str(Path.cwd()))}.", answers), answered)

    @work(thread=True, group="export", exit_on_error=False)
    def _write(self, write: Callable[[], Path]) -> None:
        try:
            path = write()
        except MftuiError as error:
            self.app.call_from_thread(self.notify, str(error), title="Not exported", severity="error", markup=False)
            return
        words = wording.where_written(path)
        self.app.call_from_thread(self.notify, words, title="Exported", timeout=15, markup=False)
