"""A user's card: what is known of them, and everything they rated."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mftui.app.movies import Movies
from mftui.app.screens.dialog import Dialog
from mftui.app.users import Rated, Users
from mftui.app.widgets.histogram import Bars, counted
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table
from mftui.core.text import day

_COLUMNS = (
    Column("Movie", share=1),
    Column("Rating", width=8, numeric=True, show="{:g}".format),
    Column("Its mean", width=9, numeric=True, show="{:.2f}".format),
    Column("Day", width=10, muted=True, needs=60, show=day),
)
_RATING = 1


class UserCard(Dialog[None]):
    """Lies over another screen; `enter` opens the movie under the cursor, `esc` closes."""

    CSS_PATH = "user.tcss"
    HELP = "One user: all that they rated, and how they use the scale."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Movie"),
        Binding("s", "sort", "Sort"),
    ]

    @dataclass
    class Read(Message):
        """The ratings of the user have been looked up."""

        histogram: list[tuple[float, int]]
        rated: list[Rated]

    def __init__(self, users: Users, movies: Movies, position: int, open_movie: Callable[[int], None]) -> None:
        """`open_movie` is given the position of the movie to look at."""
        super().__init__()
        self._users = users
        self._movies = movies
        self._position = position
        self._open_movie = open_movie
        self._rated: list[Rated] = []

    def compose(self) -> ComposeResult:
        """Facts, histogram, everything rated."""
        with Vertical(id="user-card", classes="dialog") as card:
            card.border_title = Content(f"User {self._users.names[self._position]}")
            card.border_subtitle = "enter opens the movie · s sorts · esc closes"
            yield Static(self._facts(), id="facts", markup=False)
            yield Bars()
            yield Table(*_COLUMNS, sort=_RATING, empty="Looking…", id="rated")

    def _facts(self) -> str:
        users, position = self._users, self._position
        figures = f"{users.counts[position]:,} ratings, mean {users.means[position]:.2f}"
        came = users.first[position]
        since = f", the first on {day(came)}" if came is not None else ""
        return f"{users.about[position]}\n{figures}{since}".lstrip()

    def on_mount(self) -> None:
        """Look up what the user rated."""
        self.query_one(Table).focus()
        self._look_up()

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _look_up(self) -> None:
        self.post_message(self.Read(self._users.histogram(self._position), self._users.rated(self._position)))

    @on(Read)
    def _take(self, message: Read) -> None:
        self._rated = message.rated
        self.query_one(Bars).bars = tuple(counted([(f"{value:g}", n) for value, n in message.histogram]))
        items = [one.item for one in message.rated]
        titles, means = self._movies.titles, self._movies.means
        self.query_one(Table).load(
            [
                [titles[item] for item in items],
                [one.value for one in message.rated],
                [means[item] for item in items],
                [one.time for one in message.rated],
            ]
        )

    @on(Table.Selected)
    def action_open(self) -> None:
        """Look at the movie under the cursor."""
        if (row := self.query_one(Table).position) is not None:
            self._open_movie(self._rated[row].item)

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.query_one(Table).action_sort_next()
