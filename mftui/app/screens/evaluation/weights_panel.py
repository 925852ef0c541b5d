"""What a model is made of: its arrays as the notebook listed them, and how long the factors of users and movies are."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from mftui.app.screens.evaluation.arrays import Arrays
from mftui.app.widgets.histogram import Bars, counted
from mftui.app.widgets.scroll_panel import ScrollPanel
from mftui.core.evaluation.report import Evaluation

_FACTORS = {"user_factors": "How long the users' factors are", "item_factors": "How long the movies' factors are"}


class WeightsPanel(ScrollPanel):
    """The arrays, and a histogram of norms for each side; those that a report lacks are hidden."""

    def compose(self) -> ComposeResult:
        """The arrays, then the histograms."""
        with Vertical(classes="block"):
            yield Arrays()
            yield Static("This run is in parts, each with a model of its own.", id="no-arrays")
        for name, title in _FACTORS.items():
            with Vertical(id=f"norms-{name}", classes="block"):
                yield Static(f"{title} (norm, those that were trained)", classes="heading")
                yield Bars(headings=("rows", ""))

    def show(self, evaluation: Evaluation) -> None:
        """Draw the parameters of a report."""
        parameters = {parameter.name: parameter for parameter in evaluation.parameters}
        self.query_one(Arrays).arrays = tuple(evaluation.parameters)
        self.query_one("#no-arrays").display = not parameters
        for name in _FACTORS:
            bins = parameters[name].norms if name in parameters else []
            block = self.query_one(f"#norms-{name}", Vertical)
            block.display = bool(bins)
            block.query_one(Bars).bars = tuple(counted([(f"{b.low:.2f} to {b.high:.2f}", b.n) for b in bins]))
