"""A study's trials over the screen: each with its settings and figure, the best first, and which settings mattered."""

import asyncio
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from mftui.app.screens.dialog import Dialog
from mftui.app.screens.runs import trials
from mftui.app.screens.runs.keep_trial import KeepTrial
from mftui.app.widgets.histogram import Bars
from mftui.app.widgets.table import Table
from mftui.core.runs import study
from mftui.core.runs.directory import Record, Run
from mftui.core.runs.events import Trial, trial_name
from mftui.core.runs.history import History
from mftui.core.runs.search import Search
from mftui.core.text import clean


class Trials(Dialog[Run | None]):
    """It follows the study while it is open. Its result is the run of the trial that was chosen, or None."""

    CSS_PATH = "trials_dialog.tcss"
    HELP = (
        "What a study has tried, the best first, by validation rows alone. The bars say which settings made the "
        "difference. A trial has a model of its own: enter makes it what all screens show."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "dismiss", "Back"),
        Binding("enter", "choose", "Choose"),
        Binding("p", "keep", "Preset"),
        Binding("s", "sort", "Sort"),
        Binding("S", "reverse", "Reverse"),
    ]

    def __init__(self, record: Record, search: Search, run: Run, tick: float) -> None:
        """Show the trials of a run; it is looked at every `tick` seconds."""
        super().__init__()
        self._record, self._search, self._tick = record, search, tick
        self._history = History(run)
        self._by_row: list[Trial] = []
        self._going: trials.Going | None = None
        self._shown: list[list[trials.Cell]] | None = None

    def compose(self) -> ComposeResult:
        """The table, all about the trial under the cursor, and the bars."""
        with Vertical(id="trials", classes="dialog") as box:
            box.border_title = Content(f"Trials of {clean(self._history.run.name)}")
            box.border_subtitle = "⏎ makes it current · p keeps it as a preset · s sorts · esc closes"
            yield Static(id="outcome")
            yield Table(*trials.columns(self._search.metric), sort=trials.BY_FIGURE, empty="Looking for trials…")
            yield Static(id="settings")
            yield Static(id="mattered")
            yield Bars()

    def on_mount(self) -> None:
        """Begin to follow."""
        self.query_one(Table).focus()
        self.run_worker(self._follow(), exit_on_error=False)

    async def _follow(self) -> None:
        while True:
            open_trial = await asyncio.to_thread(self._look)
            self._draw(open_trial)
            if self._history.closing is not None:
                return
            await asyncio.sleep(self._tick)

    def _look(self) -> trials.Going | None:
        self._history.poll()
        return trials.going(self._history, self._search)

    def _draw(self, open_trial: trials.Going | None) -> None:
        history, table, self._going = self._history, self.query_one(Table), open_trial
        table.empty = "No trial has begun yet."
        cells = trials.cells(history, self._search, open_trial)
        if cells != self._shown:
            here = self._number()
            self._shown, self._by_row = cells, study.best_first(history.trials, self._search)
            numbers = [number for number, _ in cells[0]]
            table.load(cells, keep=numbers.index(here) if here in numbers else None)
        preset = self._record.config.preset
        kept = f" It is the preset {clean(history.found.preset)} now." if history.found else ""
        self.query_one("#outcome", Static).update(
            Content(study.outcome(history.trials, self._search, clean(preset)) + kept)
        )
        self.query_one("#mattered", Static).update(Content(trials.what_mattered(history.mattered)))
        self.query_one(Bars).bars = trials.bars(history.mattered)
        self._explain()

    def _number(self) -> int | None:
        """Which trial is under the cursor."""
        position = self.query_one(Table).position
        return int(self._shown[0][position][0]) if self._shown and position is not None else None

    @on(Table.Highlighted)
    def _explain(self) -> None:
        """Say all settings of the trial under the cursor."""
        number, trial = self._number(), self._trial()
        words = study.told(trial) if trial else ""
        if self._going and self._going.number == number:
            words = f"trial {number}, which is going: {self._going.settings}"
        self.query_one("#settings", Static).update(Content(words))

    @on(Table.Selected)
    def action_choose(self) -> None:
        """Take the trial under the cursor."""
        if (number := self._number()) is not None:
            self.dismiss(self._history.run.part(trial_name(number)))

    def _trial(self) -> Trial | None:
        """The trial under the cursor, if it is over."""
        number = self._number()
        return next((trial for trial in self._by_row if trial.trial == number), None)

    def action_keep(self) -> None:
        """Keep the settings of the trial under the cursor as a preset, under a name that is asked for."""

        def kept(name: str | None) -> None:
            if name is not None:
                words = f"Its settings are the preset {clean(name)} now, which Train (2) offers among the others."
                self.notify(words, title="Kept", markup=False)

        if (trial := self._trial()) is None or trial.figure is None:
            self.notify("Only a trial that came to a figure can be kept.", severity="warning", markup=False)
        else:
            self.app.push_screen(KeepTrial(trial, self._history.run, self._search.preset), kept)

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.query_one(Table).action_sort_next()

    def action_reverse(self) -> None:
        """Turn the order around."""
        self.query_one(Table).action_reverse()
