"""The Evaluation screen: how good the current run's model is, beside baselines and with its protocol."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll

from mftui.app.actions import EVALUATION, bindings
from mftui.app.reports import Report
from mftui.app.screens.base import WorkbenchScreen
from mftui.app.verdicts import not_yet
from mftui.app.widgets.arrays import Arrays
from mftui.app.widgets.error_panel import ErrorPanel
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table
from mftui.core.evaluation import report
from mftui.core.evaluation.report import Evaluation

_WORST = (
    Column("Movie", share=1),
    Column("User", width=6, numeric=True, needs=64),
    Column("Rated", width=7, numeric=True, show="{:g}".format),
    Column("Predicted", width=11, numeric=True, show="{:.2f}".format),
    Column("Off by", width=8, numeric=True, show="{:.2f}".format),
)
_OFF_BY = 4


class EvaluationScreen(WorkbenchScreen):
    """Errors on the left, the worst predictions and the model's arrays on the right."""

    TITLE = "Evaluate"
    CSS_PATH = "evaluation.tcss"
    ACTIONS = EVALUATION
    BINDINGS = bindings(EVALUATION)
    AUTO_FOCUS = "#worst"
    HELP = (
        "How far the model's predictions are from ratings it never saw. Compare it with the bias model: a mean, plus "
        "how generous the user and how liked the movie is; a model that doesn't beat it has learnt nothing of taste. "
        "'Known only' leaves out test rows whose user or movie was never trained on. While it trained tells whether it "
        "overfits: a held-out loss that rises again after its best epoch. The 95% intervals come from drawing users "
        "anew; a difference is clear where its interval leaves out 0. Below are groups of test rows, and the ranking: "
        "of all movies that a user has not rated, how many of the first ten are liked."
    )

    def __init__(self) -> None:
        super().__init__()
        self._report = Report[Evaluation]("evaluation.json", report.read)
        self._n_epochs = -1

    def compose_body(self) -> ComposeResult:
        """The panes, and what is said while there is no evaluation."""
        with Horizontal(id="panes"):
            yield ErrorPanel(classes="pane")
            with Vertical(id="details"):
                with Vertical(id="worst-pane", classes="pane") as pane:
                    pane.border_title = "Worst predictions"
                    yield Table(*_WORST, sort=_OFF_BY, id="worst")
                with VerticalScroll(id="arrays-pane", classes="pane") as pane:
                    pane.border_title = "The model's arrays"
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
        worst = evaluation.worst
        self.query_one("#worst-pane").display = bool(worst)
        self.query_one("#worst", Table).load(
            [
                [w.title for w in worst],
                [w.user_id for w in worst],
                [w.rating for w in worst],
                [w.predicted for w in worst],
                [abs(w.predicted - w.rating) for w in worst],
            ]
        )
        self.query_one(Arrays).arrays = tuple(evaluation.parameters)

    def action_sort(self) -> None:
        """Sort the worst predictions by the next column."""
        self.query_one("#worst", Table).action_sort_next()

    def action_reverse(self) -> None:
        """Turn the order around."""
        self.query_one("#worst", Table).action_reverse()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to sort before there is an evaluation."""
        return self._report.content is not None if action in ("sort", "reverse") else True
