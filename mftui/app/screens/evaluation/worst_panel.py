"""The test rows that a model got wrong by most, each with how often its movie and its user were seen."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical

from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table
from mftui.core.evaluation.report import WorstPrediction

_COLUMNS = (
    Column("Movie", share=1),
    Column("User", width=6, numeric=True, needs=64),
    Column("Rated", width=7, numeric=True, show="{:g}".format),
    Column("Predicted", width=11, numeric=True, show="{:.2f}".format),
    Column("Off by", width=8, numeric=True, show="{:.2f}".format),
    Column("Its ratings", width=11, numeric=True, muted=True, show="{:,}".format, needs=90),
    Column("The user's", width=11, numeric=True, muted=True, show="{:,}".format, needs=90),
)
_OFF_BY = 4


class WorstPanel(Vertical):
    """A table of them, to be sorted and looked into."""

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._worst: Sequence[WorstPrediction] = ()

    def compose(self) -> ComposeResult:
        """The table alone."""
        yield Table(*_COLUMNS, sort=_OFF_BY, empty="This model predicts no ratings.", id="worst")

    @property
    def here(self) -> WorstPrediction | None:
        """The row under the cursor."""
        position = self.query_one(Table).position
        return self._worst[position] if position is not None else None

    def show(self, worst: Sequence[WorstPrediction]) -> None:
        """List these."""
        self._worst = worst
        self.query_one(Table).load(
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
