"""How far a model's predictions are from the ratings: beside baselines, over its training, by true rating."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from mftui.app.screens.evaluation.told import told
from mftui.app.verdicts import against_baselines, best_epoch, followed, how_sure, overfitting, protocol
from mftui.app.widgets.histogram import Bar, Bars
from mftui.app.widgets.scroll_panel import ScrollPanel
from mftui.core.evaluation.report import Evaluation, RatingError
from mftui.core.runs.events import Epoch


class ErrorPanel(ScrollPanel):
    """Draws an `Evaluation` and the epochs that led to it."""

    def compose(self) -> ComposeResult:
        """The error, what came of training on, and the error by true rating."""
        with Vertical(id="against", classes="block"):
            yield Bars(headings=("RMSE", "MAE", "MSE", "rows"), id="error-bars")
            yield Static(id="sure", markup=False)
            yield Static(id="verdicts")
            yield Static(id="protocol", markup=False)
        with Vertical(id="training", classes="block"):
            yield Static("While it trained", classes="heading")
            yield Bars(headings=("MSE", "epoch"), id="losses")
            yield Static(id="overfitting")
        with Vertical(id="by-rating", classes="block"):
            yield Static("By true rating", classes="heading")
            yield Bars(headings=("RMSE", "predicted", "rows"), id="by-rating-bars")

    def show(self, evaluation: Evaluation, epochs: Sequence[Epoch]) -> None:
        """Draw the evaluation of a run and what its history says of overfitting."""
        rates = bool(evaluation.ratings.n)
        bars = self.query_one("#error-bars", Bars)
        bars.bars = tuple(_errors(evaluation))
        bars.display = bool(bars.bars)
        sure = self.query_one("#sure", Static)
        sure.update(how_sure(evaluation.ratings))
        sure.display = evaluation.ratings.rmse_interval is not None
        self.query_one("#verdicts", Static).update(told(against_baselines(evaluation)))
        self.query_one("#verdicts", Static).display = rates
        self.query_one("#protocol", Static).update(protocol(evaluation.protocol))
        losses = self.query_one("#losses", Bars)
        losses.headings = ("MSE" if rates else "loss", "epoch")
        losses.bars = tuple(_losses(epochs))
        losses.display = bool(losses.bars)
        self.query_one("#overfitting", Static).update(told([overfitting(epochs)]))
        self.query_one("#by-rating", Vertical).display = rates
        self.query_one("#by-rating-bars", Bars).bars = tuple(
            Bar(row.label, row.rmse, (f"{row.rmse:.3f}", f"{row.mean_predicted:.2f}", f"{row.n:,}"))
            for row in evaluation.by_rating
        )


def _errors(evaluation: Evaluation) -> list[Bar]:
    rows: list[tuple[str, RatingError | None, bool]] = [
        ("this model", evaluation.ratings, True),
        ("  known only", evaluation.known, False),
        ("  not clipped", evaluation.raw, False),
        ("bias model", evaluation.baselines.get("bias"), False),
        ("movie mean", evaluation.baselines.get("item_mean"), False),
        ("global mean", evaluation.baselines.get("global_mean"), False),
        ("commonest rating", evaluation.baselines.get("majority"), False),
    ]
    return [
        Bar(label, error.rmse, (f"{error.rmse:.4f}", f"{error.mae:.4f}", f"{error.mse:.4f}", f"{error.n:,}"), strong)
        for label, error, strong in rows
        if error is not None and error.n
    ]


def _losses(epochs: Sequence[Epoch]) -> list[Bar]:
    """The training loss and the held-out loss at the end, and the held-out loss at its best."""
    bars = []
    if epochs and epochs[-1].train_mse is not None:
        bars.append(
            Bar("training, last", epochs[-1].train_mse, (f"{epochs[-1].train_mse:.3f}", f"{epochs[-1].epoch:,}"))
        )
    best, known = best_epoch(epochs), followed(epochs)
    if best is not None:
        for when, epoch in (("best", best), ("last", known[-1])):
            loss = epoch.held_out_mse or 0.0
            figures = (f"{loss:.3f}", f"{epoch.epoch:,}")
            bars.append(Bar(f"{epoch.held_out}, {when}", loss, figures, strong=when == "best"))
    return bars
