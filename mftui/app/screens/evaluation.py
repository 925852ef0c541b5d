"""The Evaluation screen: how good the current run's model is, beside baselines and with its protocol."""

from dataclasses import dataclass
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import ContentSwitcher

from mftui.app.actions import EVALUATION, bindings
from mftui.app.headlines import Rival, headlines, rival_of
from mftui.app.reports import Report
from mftui.app.screens.base import WorkbenchScreen
from mftui.app.verdicts import not_yet
from mftui.app.widgets.arrays import Arrays
from mftui.app.widgets.error_groups import ErrorGroups
from mftui.app.widgets.error_panel import ErrorPanel
from mftui.app.widgets.headline_row import HeadlineRow
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.ranking_panel import RankingPanel
from mftui.app.widgets.rows import Column
from mftui.app.widgets.scroll_panel import ScrollPanel
from mftui.app.widgets.tab_line import TabLine
from mftui.app.widgets.table import Table
from mftui.app.wording import where_written
from mftui.core.evaluation import report
from mftui.core.evaluation.report import Evaluation
from mftui.core.runs.directory import Run

_WORST = (
    Column("Movie", share=1),
    Column("User", width=6, numeric=True, needs=64),
    Column("Rated", width=7, numeric=True, show="{:g}".format),
    Column("Predicted", width=11, numeric=True, show="{:.2f}".format),
    Column("Off by", width=8, numeric=True, show="{:.2f}".format),
    Column("Its ratings", width=11, numeric=True, muted=True, show="{:,}".format, needs=90),
    Column("The user's", width=11, numeric=True, muted=True, show="{:,}".format, needs=90),
)
_OFF_BY = 4
_TABS = {
    "errors": "Errors",
    "segments": "Segments",
    "ranking": "Ranking",
    "worst-pane": "Worst predictions",
    "arrays-pane": "Weights",
}


class EvaluationScreen(WorkbenchScreen):
    """Three figures large, and below them one of several tabs."""

    TITLE = "Evaluate"
    CSS_PATH = "evaluation.tcss"
    ACTIONS = EVALUATION
    BINDINGS = bindings(EVALUATION)
    AUTO_FOCUS = "#errors"
    HELP = (
        "How far the model's predictions are from ratings it never saw. Compare it with the bias model: a mean, plus "
        "how generous the user and how liked the movie is; a model that doesn't beat it has learnt nothing of taste. "
        "'Known only' leaves out test rows whose user or movie was never trained on. While it trained tells whether it "
        "overfits: a held-out loss that rises again after its best epoch. The 95% intervals come from drawing users "
        "anew; a difference is clear where its interval leaves out 0. [ and ] go over the tabs: where the error is, by "
        "groups of test rows; the ranking (of all movies that a user has not rated, how many of the first ten are "
        "liked; NDCG counts the first places more); the predictions that are furthest off, with how often the movie "
        "and the user were seen; and the model's arrays. The best other run has the lowest RMSE on the same test rows."
    )

    @dataclass
    class RivalFound(Message):
        """The reports of the other runs have been looked at."""

        run: Run
        rival: Rival | None

    def __init__(self) -> None:
        super().__init__()
        self._report = Report[Evaluation]("evaluation.json", report.read)
        self._n_epochs = -1

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
                with Vertical(id="worst-pane", classes="pane"):
                    yield Table(*_WORST, sort=_OFF_BY, empty="This model predicts no ratings.", id="worst")
                with ScrollPanel(id="arrays-pane", classes="pane"):
                    yield Arrays()
        yield Offer()

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
            title, words, keys = not_yet(app.history, app.state, "evaluation")
            offer.show(title, words, keys, self._report.error or None)
        elif changed or len(epochs) != self._n_epochs:
            self.query_one(ErrorPanel).show(evaluation, epochs)
            self._n_epochs = len(epochs)
            if changed:
                self._show_details(evaluation)

    def _show_details(self, evaluation: Evaluation) -> None:
        if (run := self.workbench.current_run) is not None:
            self._look_for_rival(run, evaluation)
        self.query_one(HeadlineRow).show(headlines(evaluation, None))
        self.query_one(ErrorGroups).show(evaluation)
        self.query_one(RankingPanel).show(evaluation)
        worst = evaluation.worst
        self.query_one("#worst", Table).load(
            [
                [w.title for w in worst],
                [w.user_id for w in worst],
                [w.rating for w in worst],
                [w.predicted for w in worst],
                [abs(w.predicted - w.rating) for w in worst],
                [w.item_ratings for w in worst],
                [w.user_ratings for w in worst],
            ]
        )
        self.query_one(Arrays).arrays = tuple(evaluation.parameters)

    @work(thread=True, exclusive=True, group="rival", exit_on_error=False)
    def _look_for_rival(self, run: Run, evaluation: Evaluation) -> None:
        self.post_message(self.RivalFound(run, rival_of(self.workbench.runs.look(), run, evaluation)))

    @on(RivalFound)
    def _show_rival(self, message: RivalFound) -> None:
        run, evaluation = self.workbench.current_run, self._report.content
        if evaluation is not None and run is not None and run.path == message.run.path:
            self.query_one(HeadlineRow).show(headlines(evaluation, message.rival))

    def action_tab(self, steps: int) -> None:
        """Bring the next tab to the front, or the one before."""
        tabs, switcher = list(_TABS), self.query_one(ContentSwitcher)
        switcher.current = tabs[(tabs.index(switcher.current or tabs[0]) + steps) % len(tabs)]
        self.query_one(TabLine).current = switcher.current
        (self.query_one("#worst") if switcher.current == "worst-pane" else switcher.visible_content or self).focus()
        self.refresh_bindings()

    def action_export(self) -> None:
        """Write the report as a page, in a child process."""
        if (run := self.workbench.current_run) is not None:
            path = Path.cwd() / f"{run.name}.html"
            self.workbench.start_job("Writing the report", ["report", str(run.path), "-o", str(path)], self._say_where)

    def _say_where(self, result: dict[str, str]) -> None:
        self.notify(where_written(Path(result["path"])), title="Written", timeout=15, markup=False)

    def show_job(self) -> None:
        """Say why a report could not be written."""
        job = self.workbench.job
        if job is not None and job.error is not None and job.title == "Writing the report":
            self.notify(job.error, title="Not written", severity="error", markup=False)

    def action_sort(self) -> None:
        """Sort the worst predictions by the next column."""
        self.query_one("#worst", Table).action_sort_next()

    def action_reverse(self) -> None:
        """Turn the order around."""
        self.query_one("#worst", Table).action_reverse()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to sort before there is an evaluation, and only the worst predictions are a table."""
        if action in ("sort", "reverse", "tab", "export"):
            has_report = self._report.content is not None
            on_table = has_report and self.query_one(ContentSwitcher).current == "worst-pane"
            return has_report if action in ("tab", "export") else on_table
        return True
