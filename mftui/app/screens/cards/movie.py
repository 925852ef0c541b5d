"""A movie's card over the screen: its ratings and genres, and the movies that the current run finds most like it."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from mftui.app.movies import Movies
from mftui.app.screens.cards.movie_panel import MoviePanel
from mftui.app.screens.dialog import Dialog
from mftui.app.widgets.table import Table
from mftui.core.runs.directory import Run


class MovieCard(Dialog[None]):
    """`enter` on a movie that is alike turns to that one, `backspace` or `esc` turns back, `esc` at last closes."""

    CSS_PATH = "movie.tcss"
    HELP = "One movie: its ratings, and the movies most like it by the current run's model."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "back", "Back")]

    def __init__(self, movies: Movies, position: int, run: Run | None) -> None:
        super().__init__()
        self._movies, self._position, self._run = movies, position, run

    def compose(self) -> ComposeResult:
        """A box around the panel that other screens have, too."""
        with Vertical(id="card", classes="dialog") as card:
            card.border_subtitle = "enter opens · esc closes"
            yield MoviePanel(lambda: (self._movies, self._run))

    def on_mount(self) -> None:
        """Show the first movie."""
        self.query_one(Table).focus()
        first = str(self._movies.ratings.item_ids[self._position])
        self._entitle(first)
        self.query_one(MoviePanel).open(first)

    def _entitle(self, item_id: str) -> None:
        title = self._movies.titles[self._movies.positions[item_id]]
        self.query_one("#card", Vertical).border_title = Content(title)

    @on(MoviePanel.Turned)
    def _turned(self, message: MoviePanel.Turned) -> None:
        self._entitle(message.item_id)

    def action_back(self) -> None:
        """To the movie before, or close the card."""
        if not self.query_one(MoviePanel).walk_back():
            self.dismiss()
