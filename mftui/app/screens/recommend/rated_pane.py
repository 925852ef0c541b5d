"""What somebody rated, beside what the model makes of it where it is a user of the data."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from mftui.app.screens.recommend.advice import Advice, Counsel
from mftui.app.screens.recommend.person_tables import figure, plain, refill
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table

_OWN, _LIKED = (
    (
        Column("#", width=3, numeric=True, ascending=True),
        Column("Movie"),
        Column("Rating", width=7, numeric=True, show=show),
    )
    for show in (plain, lambda value: "dislike" if value is None else "like")
)
"""Where there is a scale, and where there are likes and dislikes only."""
_THEIRS, _THEIRS_SCORED = (
    (
        Column("Movie"),
        Column("Rating", width=8, numeric=True, show=plain),
        Column(predicted, width=6, numeric=True, show=figure),
        Column("", width=4, muted=True),
    )
    for predicted in ("Model", "Score")
)


class RatedPane(Vertical):
    """The table `#rated`, and below it how well the model reproduces it."""

    def compose(self) -> ComposeResult:
        """Rows, then words about them."""
        yield Table(*_OWN, sort=0, id="rated")
        yield Static(id="reproduced", markup=False)

    def show(self, counsel: Counsel, advice: Advice, user: int | None) -> None:
        """Show what somebody rated.

        Args:
            counsel: the model, and
            advice: what it says to them.
            user: the position of a user of the data; None for the person at the keyboard.
        """
        rated, table = advice.rated, self.query_one(Table)
        titles, ratings = [one.title for one in rated], [one.rating for one in rated]
        if user is None:
            table.empty = "/ finds a movie to rate."
            refill(table, _OWN if counsel.has_scale else _LIKED, 0, [list(range(1, len(rated) + 1)), titles, ratings])
        else:
            table.empty = "Nothing rated."
            tests = ["test" if one.is_test else "" for one in rated]
            refill(
                table,
                _THEIRS if counsel.predicts_ratings else _THEIRS_SCORED,
                1,
                [titles, ratings, [one.predicted for one in rated], tests],
            )
        name = "You" if user is None else f"User {counsel.users.names[user]}"
        self.border_title = Content(f"{name}  {advice.summary}")
        words = self.query_one("#reproduced", Static)
        words.display = bool(advice.reproduced)
        words.update("\n".join(advice.reproduced))
