"""The Runs screen: every run of the data directory, to find, compare, name, stop, resume, repeat and delete."""

import asyncio
import contextlib
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import ScreenResume
from textual.message import Message
from textual.widgets import Input

from mftui.app.actions import RUNS, bindings
from mftui.app.beside import Beside
from mftui.app.marks import LETTERS
from mftui.app.run_list import RunRow
from mftui.app.screens.runs import run_filter
from mftui.app.screens.runs.run_actions import RunActions
from mftui.app.screens.runs.run_columns import COLUMNS, WHEN, Cell, cells_of
from mftui.app.screens.runs.run_filter import Filter
from mftui.app.widgets.chart import Chart
from mftui.app.widgets.filter_line import FilterLine
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.run_panel import RunPanel
from mftui.app.widgets.table import Table
from mftui.core.paths import runs_dir
from mftui.core.runs.directory import Run


class RunsScreen(RunActions):
    """The list of runs, and below it the one under the cursor or those that are marked."""

    TITLE = "Runs"
    CSS_PATH = "screen.tcss"
    ACTIONS = RUNS
    BINDINGS = bindings(RUNS)
    AUTO_FOCUS = "#runs"
    HELP = (
        "Every run that is kept, newest first. RMSE and NDCG are measured on test rows when a run finishes; time is "
        "what its epochs took. Enter makes a run the current one, which all screens show; space marks runs to put "
        "them side by side, and v has them judged: better, worse, or no more than chance. A study, which tune makes, "
        "is one row: t lists its trials and what mattered.\n\n"
        "The filter takes words, and conditions that must all hold: preset:best, state!=failed, data:ml-100k, "
        "rmse<0.9, ndcg>0.2, epoch<10, and any setting: n_factors>=16, split=fold:1."
    )

    @dataclass
    class Read(Message):
        """The runs have been looked at and something is different."""

        rows: tuple[RunRow, ...]

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[RunRow, ...] | None = None
        """All runs; None before the first look."""
        self._shown: list[RunRow] = []
        """Those that pass the filter, in the order in which the table was given them."""
        self._cells: list[list[Cell]] = []
        self._filter = Filter()
        self._beside = Beside()
        self._with_curves = False
        """Whether the curves of marked runs stand in the panel's place, where there is no room for both."""
        self._current: Run | None = None
        self._soon = asyncio.Event()
        """Set to look without waiting for the next tick."""

    def compose_body(self) -> ComposeResult:
        """The list, the panel, and what is said while there are no runs."""
        with Vertical(id="list", classes="pane"):
            yield FilterLine("words, preset:best, state:stopped, rmse<0.9", id="filter")
            yield Table(*COLUMNS, sort=WHEN, empty="Looking for runs…", id="runs")
        with Horizontal(id="below"):
            yield RunPanel(classes="pane")
            with Vertical(id="curves", classes="pane") as pane:
                pane.border_title = "Loss by epoch"
                yield Chart(x_name="epoch")
        yield Offer()

    def on_mount(self) -> None:
        """Begin to follow."""
        self.query_one(Offer).display = False
        self.run_worker(self._follow(), group="follow", exit_on_error=False)

    def show_run(self) -> None:
        """Show which run is the current one."""
        if self.workbench.current_run != self._current:
            self.draw()

    @on(ScreenResume)
    def _come_to_the_front(self) -> None:
        self.look_soon()

    async def _follow(self) -> None:
        """Look at the runs at every tick while in front, in a thread since a network disk may take its time."""
        seen: tuple[RunRow, ...] | None = None
        while True:
            if self.is_current and (rows := await asyncio.to_thread(self.workbench.runs.look)) != seen:
                seen = rows
                self.post_message(self.Read(rows))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._soon.wait(), self.workbench.TICK)
            self._soon.clear()

    @on(Read)
    def _take(self, message: Read) -> None:
        self._rows = message.rows
        self.workbench.marks.keep({row.run.path for row in message.rows})
        if (run := self.workbench.current_run) is not None and not (run.path / "run.json").exists():
            # Deleted, here or by somebody else: another run of the same dataset takes its place.
            self.workbench.use_dataset(self.workbench.dataset, self.workbench.columns)
        self.draw()

    def look_soon(self) -> None:
        """Look without waiting for the next tick."""
        self._soon.set()

    # Drawing

    def draw(self) -> None:
        """Show the runs that pass the filter, with the cursor where it was."""
        rows = self._rows or ()
        is_empty = self._rows is not None and not rows
        self.query_one("#list").display = self.query_one("#below").display = not is_empty
        offer = self.query_one(Offer)
        offer.display = is_empty
        if is_empty:
            words = f"Every model that you train is kept here, in {runs_dir()}, with its curve and its settings."
            offer.show("No runs yet", words, {"2": "Train a model", "1": "Look at the ratings first"})
        here, self._current = self.row(), self.workbench.current_run
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
        """All about one run, or several side by side with their curves."""
        panel, below, marked = self.query_one(RunPanel), self.query_one("#below"), self.marked()
        below.set_class(len(marked) > 1, "-several")
        below.set_class(len(marked) > 1 and self._with_curves, "-curves")
        if len(marked) > 1:
            panel.show_several(marked)
            panel.border_subtitle = "esc takes the marks away"
            chart = self.query_one(Chart)
            chart.beside = self._beside.traces({letter: row for letter, row in marked.items() if row.epoch})
            chart.x_most = max(row.epoch for row in marked.values())
            chart.draw()
        else:
            panel.show_one(self.row())
            panel.border_subtitle = "mark another one to compare" if marked else ""

    def marked(self) -> dict[str, RunRow]:
        """The runs that are marked, by letter."""
        by_path = {row.run.path: row for row in self._rows or ()}
        return {letter: by_path[path] for path, letter in self.workbench.marks.marked.items() if path in by_path}

    def _cells_of(self, row: RunRow) -> list[Cell]:
        here = self._current is not None and row.run in (self._current, self._current.whole)
        mark = self.workbench.marks.marked.get(row.run.path, "•" if here else "")
        return cells_of(row, mark, self.workbench.now())

    def rows_to_export(self) -> list[RunRow]:
        """Those that are marked, else those that pass the filter."""
        return list(self.marked().values()) or self._shown

    def row(self) -> RunRow | None:
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
        self.draw()

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
        if (row := self.row()) is None:
            return
        if not self.workbench.marks.toggle(row.run.path):
            self.notify(f"{len(LETTERS)} runs at most stand side by side.", severity="warning", markup=False)
        self.draw()

    def action_curves(self) -> None:
        """Show the curves of the marked runs instead of their figures, or the figures again."""
        self._with_curves = not self._with_curves
        self.draw()

    @on(Table.Selected, "#runs")
    def _chosen(self) -> None:
        self.action_open()

    def action_back(self) -> None:
        """Show all runs again; then take the marks away."""
        line = self.query_one(FilterLine)
        if line.text:
            line.clear()
        elif self.workbench.marks.marked:
            self.workbench.marks.clear()
            self.draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the run under the cursor."""
        if action not in _KEYS:
            return True
        if isinstance(self.focused, Input):
            return False
        if action in ("filter", "sort", "reverse"):
            return bool(self._rows)
        if action in ("back", "elsewhere"):
            return True
        if action == "curves":
            return self.has_class("-narrow") and len(self.workbench.marks.marked) > 1
        return self.suits(action)


_KEYS = {action.call for action in RUNS}
