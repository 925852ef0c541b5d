"""Where a model errs: the test rows in groups, each beside the bias model, and how far off predictions are."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from mftui.app.widgets.histogram import Bar, Bars, counted
from mftui.core.evaluation.report import Evaluation, Uncertainty
from mftui.core.text import clean

_GROUPS = {
    "prediction": "By predicted rating",
    "user_ratings": "By training ratings of the user",
    "item_ratings": "By training ratings of the movie",
    "genre": "By genre",
    "time": "By time of the rating",
}


class ErrorGroups(Vertical):
    """A block of bars for each way the test rows are grouped; those that a report lacks are hidden."""

    DEFAULT_CSS = "ErrorGroups { height: auto; }"

    def compose(self) -> ComposeResult:
        """The groups, the histogram of errors, and how far a model that says how sure it is can be trusted in that."""
        yield Static("This model predicts no ratings, so there are no errors to group.", id="none")
        for name, title in _GROUPS.items():
            with Vertical(id=f"group-{name}", classes="block"):
                yield Static(title, classes="heading")
                headings = ("rated", "predicted", "rows") if name == "prediction" else ("RMSE", "bias model", "rows")
                yield Bars(headings=headings)
        with Vertical(id="group-errors", classes="block"):
            yield Static("Predicted too low (below 0) or too high", classes="heading")
            yield Bars(headings=("rows", ""))
        with Vertical(id="group-coverage", classes="block"):
            yield Static("Ratings within its own intervals", classes="heading")
            yield Bars(headings=("there are", "should be"))
        with Vertical(id="group-deviation", classes="block"):
            yield Static("By the deviation that it predicts, the surest first", classes="heading")
            yield Bars(headings=("RMSE", "predicted", "rows"))

    def show(self, evaluation: Evaluation) -> None:
        """Draw the groups of a report."""
        self.query_one("#none").display = not evaluation.errors
        for name in _GROUPS:
            segments = evaluation.segments.get(name, [])
            calibration = name == "prediction"
            self._draw(
                name,
                [
                    Bar(
                        clean(s.name),
                        s.mean_rating if calibration else s.rmse,
                        (f"{s.mean_rating:.2f}", f"{s.mean_predicted:.2f}", f"{s.n:,}")
                        if calibration
                        else (f"{s.rmse:.3f}", f"{s.bias_rmse:.3f}", f"{s.n:,}"),
                    )
                    for s in segments
                ],
            )
        self._draw("errors", counted([(f"{b.low:+g} to {b.high:+g}", b.n) for b in evaluation.errors]))

        self._draw("coverage", _coverage(evaluation.uncertainty))
        self._draw("deviation", _by_deviation(evaluation.uncertainty))

    def _draw(self, name: str, bars: list[Bar]) -> None:
        block = self.query_one(f"#group-{name}", Vertical)
        block.display = bool(bars)
        block.query_one(Bars).bars = tuple(bars)


def _coverage(found: Uncertainty | None) -> list[Bar]:
    levels = found.coverage if found else []
    return [Bar(f"{c.level:.0%} interval", c.share, (f"{c.share:.1%}", f"{c.level:.0%}")) for c in levels]


def _by_deviation(found: Uncertainty | None) -> list[Bar]:
    rows = found.by_deviation if found else []
    return [
        Bar(f"{place} of {len(rows)}", row.rmse, (f"{row.rmse:.3f}", f"{row.mean_deviation:.3f}", f"{row.n:,}"))
        for place, row in enumerate(rows, start=1)
    ]
