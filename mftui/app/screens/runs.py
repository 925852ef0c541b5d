"""The Runs screen: every run of the data directory, to find, compare, name, stop, resume, repeat and delete."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import ScreenResume
from textual.message import Message
from textual.widgets import Input

from mftui.app import run_filter, wording
from mftui.app.actions import RUNS, bindings
from mftui.app.run_columns import COLUMNS, WHEN, Cell, cells_of
from mftui.app.run_filter import Filter
from mftui.app.run_list import RunList, RunRow
from mftui.app.screens.base import WorkbenchScreen
from mftui.app.screens.dialogs import Question
from mftui.app.screens.run_note import RunNote
from mftui.app.widgets.filter_line import FilterLine
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.run_panel import RunPanel, in_full
from mftui.app.widgets.table import Table
from mftui.core.errors import RunError
from mftui.core.paths import runs_dir
from mftui.core.runs import launch
from mftui.core.runs.directory import Note, Run
from mftui.core.runs.history import State
from mftui.core.runs.removal import remove, size_of
from mftui.core.text import clean

_BUSY = (State.WAITING, State.RUNNING)
_RESUMABLE = (State.STOPPED, State.INTERRUPTED, State.FAILED)
_LETTERS = "ABCDEF"
"""What marked runs are called, in the list and side by side."""


class RunsScreen(WorkbenchScreen):
    """The list of runs, and below it the one under the cursor or those that are marked."""

    TITLE = "Runs"
    CSS_PATH = "runs.tcss"
    ACTIONS = RUNS
    BINDINGS = bindings(RUNS)
    AUTO_FOCUS = "#runs"
    HELP = (
        "Every run that is kept, newest first. RMSE and NDCG are measured on test rows when a run finishes; time is "
        "what its epochs took. Enter makes a run the current one, which all screens show; space marks runs to put "
        "them side by side.\n\n"
        "The filter takes words, and conditions that must all hold: preset:best, state:stopped, data:ml-100k, "
        "rmse<0.9, ndcg>0.2, epoch<10, and any setting: n_factors>=16, split=fold:1."
    )

    @dataclass
    class Read(Message):
        """The runs have been looked at and something is different."""

        rows: tuple[RunRow, ...]

    def __init__(self) -> None:
        super().__init__()
        self._list = RunList()
        self._rows: tuple[RunRow, ...] | None = None
        """All runs; None before the first look."""
        self._shown: list[RunRow] = []
        """Those that pass the filter, in the order in which the table was given them."""
        self._cells: list[list[Cell]] = []
        self._filter = Filter()
        self._marks: dict[Path, str] = {}
        self._current: Run | None = None
        self._soon = asyncio.Event()
        """Set to look without waiting for the next tick."""

    def compose_body(self) -> ComposeResult:
        """The list, the panel, and what is said while there are no runs."""
        with Vertical(id="list", classes="pane"):
            yield FilterLine("words, preset:best, state:stopped, rmse<0.9", id="filter")
            yield Table(*COLUMNS, sort=WHEN, empty="Looking for runs…", id="runs")
        yield RunPanel(classes="pane")
        yield Offer()

    def on_mount(self) -> None:
        """Begin to follow."""
        self.query_one(Offer).display = False
        self.run_worker(self._follow(), group="follow", exit_on_error=False)

    def show_run(self) -> None:
        """Show which run is the current one."""
        if self.workbench.current_run != self._current:
            self._draw()

    @on(ScreenResume)
    def _come_to_the_front(self) -> None:
        self._soon.set()

    async def _follow(self) -> None:
        """Look at the runs at every tick while in front, in a thread since a network disk may take its time."""
        seen: tuple[RunRow, ...] | None = None
        while True:
            if self.is_current and (rows := await asyncio.to_thread(self._list.look)) != seen:
                seen = rows
                self.post_message(self.Read(rows))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._soon.wait(), self.workbench.TICK)
            self._soon.clear()

    @on(Read)
    def _take(self, message: Read) -> None:
        self._rows = message.rows
        there = {row.run.path for row in message.rows}
        self._marks = {path: letter for path, letter in self._marks.items() if path in there}
        self._draw()

    # Drawing

    def _draw(self) -> None:
        """Show the runs that pass the filter, with the cursor where it was."""
        rows = self._rows or ()
        is_empty = self._rows is not None and not rows
        self.query_one("#list").display = self.query_one(RunPanel).display = not is_empty
        offer = self.query_one(Offer)
        offer.display = is_empty
        if is_empty:
            words = f"Every model that you train is kept here, in {runs_dir()}, with its curve and its settings."
            offer.show("No runs yet", words, {"2": "Train a model", "1": "Look at the ratings first"})
        here, self._current = self._row(), self.workbench.current_run
        self._shown = [row for row in rows if self._filter.passes(row)]
        cells = [list(column) for column in zip(*map(self._cells_of, self._shown), strict=True)]
        table = self.query_one("#runs", Table)
        if cells != self._cells or not cells:
            self._cells = cells
            keep = next((at for at, row in enumerate(self._shown) if here and row.run == here.run), None)
            table.load(cells, keep=keep)
            table.empty = "No run passes this filter; esc shows all again." if rows else ""
        shown = f"{len(self._shown):,} of {len(rows):,}" if self._filter.tests else f"{len(rows):,}"
        self.query_one("#list", Vertical).border_title = f"Runs  {shown}"
        self.query_one(FilterLine).say(self._filter.trouble or (shown if self._filter.tests else ""))
        self._draw_panel()
        self.refresh_bindings()

    def _draw_panel(self) -> None:
        panel = self.query_one(RunPanel)
        by_path = {row.run.path: row for row in self._rows or ()}
        marked = {letter: by_path[path] for path, letter in sorted(self._marks.items(), key=lambda mark: mark[1])}
        panel.set_class(len(marked) > 1, "-several")
        if len(marked) > 1:
            panel.show_several(marked)
            panel.border_subtitle = "esc takes the marks away"
        else:
            panel.show_one(self._row())
            panel.border_subtitle = "mark another one to compare" if marked else ""

    def _cells_of(self, row: RunRow) -> list[Cell]:
        mark = self._marks.get(row.run.path, "•" if row.run == self._current else "")
        return cells_of(row, mark, self.workbench.now())

    def _row(self) -> RunRow | None:
        """The run under the cursor."""
        position = self.query_one("#runs", Table).position
        return self._shown[position] if position is not None and position < len(self._shown) else None

    @on(Table.Highlighted, "#runs")
    def _highlighted(self) -> None:
        self._draw_panel()
        self.refresh_bindings()

    # Finding and marking

    def action_filter(self) -> None:
        """Open the filter line."""
        self.query_one(FilterLine).open()

    @on(FilterLine.Changed)
    def _filter_changed(self, message: FilterLine.Changed) -> None:
        self._filter = run_filter.parse(message.text)
        self._draw()

    @on(FilterLine.Step)
    def _step(self, message: FilterLine.Step) -> None:
        self.query_one("#runs", Table).action_move(message.rows)

    @on(FilterLine.Closed)
    def _filtered(self) -> None:
        self.query_one("#runs", Table).focus()

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.query_one("#runs", Table).action_sort_next()

    def action_reverse(self) -> None:
        """Turn the order around."""
        self.query_one("#runs", Table).action_reverse()

    def action_mark(self) -> None:
        """Mark the run under the cursor to compare it, or take its mark away."""
        if (row := self._row()) is None:
            return
        if row.run.path in self._marks:
            del self._marks[row.run.path]
        elif free := [letter for letter in _LETTERS if letter not in self._marks.values()]:
            self._marks[row.run.path] = free[0]
        else:
            self.notify(f"{len(_LETTERS)} runs at most stand side by side.", severity="warning", markup=False)
        self._draw()

    def action_back(self) -> None:
        """Show all runs again; then take the marks away."""
        line = self.query_one(FilterLine)
        if line.text:
            line.clear()
        elif self._marks:
            self._marks = {}
            self._draw()

    # What is done with one run

    @on(Table.Selected, "#runs")
    def action_open(self) -> None:
        """Make the run the current one, with its dataset."""
        if row := self._row():
            self.workbench.use_run(row.run)
            self.notify(f"{clean(row.title)} is what all screens show now.", timeout=3, markup=False)
            self._draw()

    def action_stop(self) -> None:
        """Ask for a stop."""
        if (row := self._row()) and self._try(launch.request_stop, row.run):
            self.notify("It finishes its epoch, saves its state and stops.", title="Stopping", markup=False)

    def action_resume(self) -> None:
        """Go on with the run, and follow it."""
        if (row := self._row()) and self._try(launch.resume, row.run):
            self.workbench.use_run(row.run)

    def action_copy(self) -> None:
        """Copy the command that repeats the run, and show it, since a terminal may not let it through."""
        if (row := self._row()) and row.plan:
            self.app.copy_to_clipboard(row.plan.command)
            self.notify(in_full(row.plan.command), title="Copied", markup=False)

    def action_note(self) -> None:
        """Name the run and remark on it."""
        if (row := self._row()) is None:
            return
        run = row.run

        def keep(note: Note | None) -> None:
            if note is not None:
                self._try(lambda run: run.write_note(note), run)

        self.app.push_screen(RunNote(run.name, row.note), keep)

    def action_delete(self) -> None:
        """Ask, then delete the run."""
        if (row := self._row()) is None:
            return
        run = row.run
        if row.state in _BUSY:
            self.notify("It is being trained: x stops it first.", title="Not deleted", severity="error", markup=False)
            return
        takes = wording.size(size) if (size := size_of(run)) >= 1e6 else "less than 1 MB"
        words = f"{clean(run.name)}, {takes}: its model, its curve and its reports are gone for good."
        if row.state is State.SILENT and row.record is not None:
            words += f" It may still be going on {clean(row.record.host)}."

        def answered(answer: str | None) -> None:
            if answer == "d":
                self._delete(run)

        self.app.push_screen(Question("Delete this run?", words, {"d": "delete it", "esc": "keep it"}), answered)

    @work(thread=True, group="delete", exit_on_error=False)
    def _delete(self, run: Run) -> None:
        self.app.call_from_thread(self._deleted, run, self._failure(remove, run))

    def _deleted(self, run: Run, failure: str) -> None:
        if failure:
            self.notify(failure, title="Not deleted", severity="error", markup=False)
        elif run == self.workbench.current_run:
            self.workbench.use_dataset(self.workbench.dataset, self.workbench.columns)
        self._soon.set()

    def _try(self, do: Callable[[Run], object], run: Run) -> bool:
        """Do something with a run; say why where it can't be done."""
        if failure := self._failure(do, run):
            self.notify(failure, severity="error", markup=False)
        self._soon.set()
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the run under the cursor."""
        if action not in _KEYS:
            return True
        if isinstance(self.focused, Input):
            return False
        if action in ("filter", "sort", "reverse"):
            return bool(self._rows)
        if action == "back":
            return True
        row = self._row()
        match action:
            case "stop":
                return row is not None and row.state in (*_BUSY, State.SILENT)
            case "resume":
                return row is not None and row.state in _RESUMABLE
            case "copy":
                return row is not None and row.plan is not None
        return row is not None


_KEYS = {action.call for action in RUNS}
