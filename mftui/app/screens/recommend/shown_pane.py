"""What a model would show somebody, and below it which of their ratings speak for the movie under the cursor."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from mftui.app.screens.recommend.advice import Advice, Counsel, Shown
from mftui.app.screens.recommend.person_tables import figure, plain, refill
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table
from mftui.app.wording import run_name

_RANK = Column("#", width=3, numeric=True, ascending=True)


class ShownPane(Vertical):
    """The table `#shown`, and the reason `#why`."""

    def __init__(self, id: str, classes: str) -> None:
        super().__init__(id=id, classes=classes)
        self._shown: list[Shown] = []

    def compose(self) -> ComposeResult:
        """Rows, then words about one of them."""
        yield Table(_RANK, Column("Movie"), sort=0, id="shown")
        yield Static(id="why", markup=False)

    def show(self, counsel: Counsel, advice: Advice, of_data: bool, wishes: str) -> None:
        """Show what somebody would be shown.

        Args:
            counsel: the model, and
            advice: what it says.
            of_data: whether it is for a user of the data, of whom it is known what they went on to rate.
            wishes: the filters, in words.
        """
        self._shown = shown = advice.shown
        values: list[list[object]] = [
            list(range(1, len(shown) + 1)),
            [one.title for one in shown],
            [one.predicted for one in shown],
            [one.deviation for one in shown],
            [one.gave if of_data else one.count for one in shown],
        ]
        columns = _columns(counsel, of_data)
        if not counsel.is_sure_of_itself:
            values.pop(3)
        table = self.query_one(Table)
        table.empty = advice.reason
        refill(table, columns, 0, values)
        self.border_title = Content(f"{run_name(counsel.run, counsel.recommender.ratings.name)} would show")
        self.border_subtitle = Content(wishes)
        self._tell_why()

    def clear(self) -> None:
        """Show nothing."""
        self._shown = []
        self._tell_why()

    @on(Table.Highlighted)
    def _tell_why(self) -> None:
        """Say which ratings speak for the movie under the cursor."""
        position = self.query_one(Table).position
        there = position is not None and position < len(self._shown)
        self.query_one("#why", Static).update(self._shown[position or 0].why if there else "")


def _columns(counsel: Counsel, of_data: bool) -> tuple[Column, ...]:
    """What stands beside a movie."""
    value = Column("Rating" if counsel.predicts_ratings else "Score", width=7, numeric=True, show=figure)
    deviation = Column("±", width=5, numeric=True, muted=True, show=figure)
    last = (
        Column("Gave", width=5, numeric=True, show=plain)
        if of_data
        else Column("Ratings", width=8, numeric=True, muted=True, show="{:,}".format, needs=44)
    )
    return (_RANK, Column("Movie"), value, *((deviation,) if counsel.is_sure_of_itself else ()), last)
