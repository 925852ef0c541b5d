"""A movie's card: its own ratings and genres, and the movies that the current run's model finds most like it."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mftui.app.movies import Movies, Neighbour, neighbours
from mftui.app.screens.dialog import Dialog
from mftui.app.widgets.histogram import Bars, counted
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table
from mftui.core.runs.directory import Run

_COLUMNS = (
    Column("Movie", share=1),
    Column("Ratings", width=9, numeric=True, show="{:,}".format),
    Column("Cosine", width=8, numeric=True, show="{:.3f}".format),
)
_COSINE = 2


class MovieCard(Dialog[None]):
    """Lies over the Data screen; `enter` on a movie that is alike turns to that one, `esc` turns back."""

    CSS_PATH = "movie.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back"),
        Binding("enter", "turn", "Open"),
    ]

    @dataclass
    class Read(Message):
        """The ratings of a movie and what is alike have been looked up."""

        position: int
        histogram: list[tuple[float, int]]
        alike: list[Neighbour]
        reason: str
        """Why there is nothing alike."""

    def __init__(self, movies: Movies, position: int, run: Run | None) -> None:
        super().__init__()
        self._movies = movies
        self._run = run
        self._path = [position]
        """The movies that were turned to, the one on the screen last."""
        self._alike: list[Neighbour] = []

    def compose(self) -> ComposeResult:
        """Facts, histogram, neighbours."""
        with Vertical(id="card", classes="dialog") as card:
            card.border_subtitle = "enter opens · esc closes"
            yield Static(id="facts", markup=False)
            yield Bars()
            yield Static("Most alike", id="alike-heading", classes="heading")
            yield Table(*_COLUMNS, sort=_COSINE, id="alike")

    def on_mount(self) -> None:
        """Show the first movie."""
        self._show()

    def _show(self) -> None:
        position, movies = self._path[-1], self._movies
        self.query_one("#card", Vertical).border_title = Content(movies.titles[position])
        year = str(movies.years[position]) if movies.years[position] else "year unknown"
        facts = f"{year} · {movies.genres[position] or 'no genres'}\n"
        facts += f"{movies.counts[position]:,} ratings, mean {movies.means[position]:.2f}"
        self.query_one("#facts", Static).update(facts)
        table = self.query_one(Table)
        table.empty = "Looking…"
        table.load([])
        table.focus()
        self._look_up(position)

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _look_up(self, position: int) -> None:
        histogram = self._movies.histogram(position)
        alike, reason = neighbours(self._run, self._movies, position)
        self.post_message(self.Read(position, histogram, alike, reason))

    @on(Read)
    def _take(self, message: Read) -> None:
        if message.position != self._path[-1]:
            return
        self._alike = message.alike
        self.query_one(Bars).bars = tuple(counted([(f"{value:g}", n) for value, n in message.histogram]))
        table = self.query_one(Table)
        table.empty = message.reason
        counts = [self._movies.counts[n.position] for n in message.alike]
        table.load([[n.title for n in message.alike], counts, [n.similarity for n in message.alike]])
        if self._run is not None and message.alike:
            self.query_one("#alike-heading", Static).update(Content(f"Most alike, by the factors of {self._run.name}"))

    def action_turn(self) -> None:
        """Turn to the movie under the cursor."""
        if (row := self.query_one(Table).position) is not None:
            self._path.append(self._alike[row].position)
            self._show()

    @on(Table.Selected)
    def _selected(self) -> None:
        self.action_turn()

    def action_back(self) -> None:
        """To the movie before, or close the card."""
        self._path.pop()
        if self._path:
            self._show()
        else:
            self.dismiss()
