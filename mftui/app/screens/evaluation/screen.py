"""The Evaluation screen: how good the current run's model is, beside baselines and with its protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import ContentSwitcher

from mftui.app.actions import EVALUATION, bindings
from mftui.app.messages import CompareMarked
from mftui.app.reports import Report
from mftui.app.run_list import RunRow
from mftui.app.screens.cards.card_screen import CardScreen
from mftui.app.screens.evaluation.compare_panel import ComparePanel
from mftui.app.screens.evaluation.error_groups import ErrorGroups
from mftui.app.screens.evaluation.error_panel import ErrorPanel
from mftui.app.screens.evaluation.evaluation_jobs import EvaluationJobs
from mftui.app.screens.evaluation.headline_row import HeadlineRow
from mftui.app.screens.evaluation.headlines import headlines, rival_of
from mftui.app.screens.evaluation.opponents import Opponent, opponents_of
from mftui.app.screens.evaluation.ranking_panel import RankingPanel
from mftui.app.screens.evaluation.tab_line import TabLine
from mftui.app.screens.evaluation.weights_panel import WeightsPanel
from mftui.app.screens.evaluation.worst_panel import WorstPanel
from mftui.app.verdicts import not_yet
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.progress import Progress
from mftui.app.widgets.scroll_panel import ScrollPanel
from mftui.app.widgets.table import Table
from mftui.core.evaluation import report
from mftui.core.evaluation.glossary import GLOSSARY
from mftui.core.evaluation.report import Comparison, Evaluation
from mftui.core.runs.directory import Run

_TABS = {
    "errors": "Errors",
    "segments": "Segments",
    "ranking": "Ranking",
    "worst-pane": "Worst predictions",
    "compare-pane": "Compare",
    "weights": "Weights",
}
_TABLES = {"worst-pane": "#worst", "compare-pane": "#opponents"}
"""The tabs that hold a table, which takes the keys."""


class EvaluationScreen(EvaluationJobs, CardScreen):
    """Three figures large, and below them one of several tabs."""

    TITLE = "Evaluate"
    CSS_PATH = "screen.tcss"
    ACTIONS = EVALUATION
    BINDINGS = bindings(EVALUATION)
    AUTO_FOCUS = "#errors"
    HELP = (
        "How far the model's predictions are from ratings it never saw, and how good the movies are that it puts "
        "first. [ and ] go over the tabs; every figure stands beside what it must beat, and the lines in grey say how "
        "it was made."
    )
    TERMS = GLOSSARY

    @dataclass
    class OthersRead(Message):
        """The reports of the other runs have been looked at."""

        run: Run
        rows: tuple[RunRow, ...]

    def __init__(self) -> None:
        super().__init__()
        self._report = Report[Evaluation]("evaluation.json", report.read)
        self._n_epochs = -1
        self._has_chosen_tab = False
        """Whether a person went to another tab than the one that suits the model."""
        self._opponents: list[Opponent] = []
        self._compares_soon = False
        """Whether to compare the marked runs as soon as it is known which of them can be."""

    def compose_body(self) -> ComposeResult:
        """The large figures, the tabs, and what is said while there is no evaluation."""
        with Vertical(id="panes"):
            yield HeadlineRow()
            yield TabLine(_TABS, "errors")
            with ContentSwitcher(initial="errors"):
                yield ErrorPanel(id="errors", classes="pane")
                with ScrollPanel(id="segments", classes="pane"):
                    yield ErrorGroups()
                with ScrollPanel(id="ranking", classes="pane"):
                    yield RankingPanel()
                yield WorstPanel(id="worst-pane", classes="pane")
                yield ComparePanel(id="compare-pane", classes="pane")
                yield WeightsPanel(id="weights", classes="pane")
            yield Progress(id="job")
        yield Offer()

    # Drawing

    def evaluation(self) -> Evaluation | None:
        """The one on the screen."""
        return self._report.content

    def show_run(self) -> None:
        """Draw the evaluation when there is one, else say what to do."""
        app = self.workbench
        changed = self._report.look(app.current_run)
        evaluation = self._report.content
        self.query_one("#panes").display = evaluation is not None
        offer = self.query_one(Offer)
        offer.display = evaluation is None
        epochs = app.history.epochs if app.history is not None else []
        if evaluation is None:
            self._offer()
        elif changed or len(epochs) != self._n_epochs:
            self.query_one(ErrorPanel).show(evaluation, epochs)
            self._n_epochs = len(epochs)
            if changed:
                self._show_details(evaluation)

    def _offer(self) -> None:
        """Say why there is no evaluation yet and what helps, or how far it is."""
        app, offer = self.workbench, self.query_one(Offer)
        if (job := app.job) is not None and self.is_busy():
            offer.show_progress(f"{job.title} · x cancels", job.doing, job.fraction)
            return
        title, words, keys = not_yet(app.history, app.state, "evaluation")
        if self.can_be_judged():
            keys = {"a": "Evaluate it now"} | keys
        offer.show(title, words, keys, self._report.error or None)

    def show_job(self) -> None:
        """How far it is, where the figures are or where they will be."""
        super().show_job()
        if self.evaluation() is None:
            self._offer()

    def _show_details(self, evaluation: Evaluation) -> None:
        if (run := self.workbench.current_run) is not None:
            self._read_others(run)
        self.query_one(HeadlineRow).show(headlines(evaluation, None))
        self.query_one(ErrorGroups).show(evaluation)
        self.query_one(RankingPanel).show(evaluation)
        self.query_one(WorstPanel).show(evaluation.worst)
        self.query_one(WeightsPanel).show(evaluation)
        if not self._has_chosen_tab:
            self._bring("errors" if evaluation.ratings.n else "ranking")
        self._opponents = []
        self.query_one(ComparePanel).take(None, [])
        self._show_opponents()

    @work(thread=True, exclusive=True, group="others", exit_on_error=False)
    def _read_others(self, run: Run) -> None:
        self.post_message(self.OthersRead(run, self.workbench.runs.look()))

    @on(OthersRead)
    def _show_others(self, message: OthersRead) -> None:
        run, evaluation = self.workbench.current_run, self._report.content
        if evaluation is not None and run is not None and run.path == message.run.path:
            self.query_one(HeadlineRow).show(headlines(evaluation, rival_of(message.rows, run, evaluation)))
            self._opponents = opponents_of(message.rows, run, evaluation)
            self._show_opponents()
            if self._compares_soon:
                self._compares_soon = False
                self.action_compare()

    # The tabs

    @property
    def _tab(self) -> str:
        return self.query_one(ContentSwitcher).current or "errors"

    @property
    def _table(self) -> Table | None:
        """The table in front; None where the tab holds none."""
        return self.query_one(_TABLES[self._tab], Table) if self._tab in _TABLES else None

    def action_tab(self, steps: int) -> None:
        """Bring the next tab to the front, or the one before."""
        tabs = list(_TABS)
        self.action_bring(tabs[(tabs.index(self._tab) + steps) % len(tabs)])

    def action_bring(self, tab: str) -> None:
        """Bring a tab to the front."""
        self._has_chosen_tab = True
        self._bring(tab)

    def _bring(self, tab: str) -> None:
        switcher = self.query_one(ContentSwitcher)
        switcher.current = self.query_one(TabLine).current = tab
        (self._table or switcher.visible_content or self).focus()
        if self._tab == "compare-pane" and (run := self.workbench.current_run) is not None:
            self._read_others(run)
        self.refresh_bindings()

    def action_sort(self) -> None:
        """Sort the table in front by its next column."""
        if (table := self._table) is not None:
            table.action_sort_next()

    def action_reverse(self) -> None:
        """Turn the order around."""
        if (table := self._table) is not None:
            table.action_reverse()

    # The worst predictions

    @on(Table.Selected, "#worst")
    def action_movie(self) -> None:
        """Show the card of the movie under the cursor."""
        if (worst := self.query_one(WorstPanel).here) is not None:
            self.open_card("movie", worst.item_id)

    def action_user(self) -> None:
        """Show the card of the user under the cursor."""
        if (worst := self.query_one(WorstPanel).here) is not None:
            self.open_card("user", worst.user_id)

    # The comparison

    @on(Table.Selected, "#opponents")
    def action_mark(self) -> None:
        """Mark the run under the cursor to compare it, or take its mark away."""
        if (here := self.query_one(ComparePanel).here) is not None:
            if not self.workbench.marks.toggle(here.run.path):
                self.notify("No more runs can be marked.", severity="warning", markup=False)
            self._show_opponents()

    def opponents_to_compare(self) -> Sequence[Opponent]:
        """Those that are marked, else the one under the cursor."""
        marked = self.workbench.marks.marked
        here = self.query_one(ComparePanel).here
        return [one for one in self._opponents if one.run.path in marked] or ([here] if here else [])

    @on(CompareMarked)
    def _compare_marked(self) -> None:
        self._compares_soon = self._has_chosen_tab = True
        self._bring("compare-pane")

    def take_comparison(self, comparison: Comparison, paths: Sequence[Path]) -> None:
        """Show what was found."""
        self.query_one(ComparePanel).take(comparison, paths)
        self._show_opponents()

    def _show_opponents(self) -> None:
        self.query_one(ComparePanel).show(self._opponents, self.workbench.marks.marked)
        self.refresh_bindings()

    @on(Table.Highlighted, "#opponents")
    def _show_found(self) -> None:
        self.query_one(ComparePanel).show_found()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done depends on whether there is an evaluation, on the tab, and on the job."""
        has_report = self._report.content is not None
        match action:
            case "tab":
                return has_report
            case "export":
                return has_report and not self.is_busy()
            case "again":
                return self.can_be_judged() and not self.is_busy()
            case "cancel":
                return self.is_busy()
            case "movie" | "user":
                return has_report and self._tab == "worst-pane" and bool(self._table and self._table.row_count)
            case "compare" | "mark":
                return has_report and self._tab == "compare-pane" and not self.is_busy()
            case "sort" | "reverse":
                return has_report and self._table is not None
        return True
