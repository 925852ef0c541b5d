"""The card of the movie under a list's cursor, in a pane: it follows the cursor, and its walks are told."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer

from mftui.app.movies import Movies
from mftui.app.screens.cards.movie_panel import MoviePanel
from mftui.core.clusters.report import ClusteredItem
from mftui.core.errors import RunError
from mftui.core.runs.directory import Run
from mftui.core.text import clean


class CardPane(Vertical):
    """Shows nothing before it is opened: ratings and model are read only for those who want to see a card."""

    LINGER: ClassVar[float] = 0.15
    """Seconds that the cursor stays on a movie until its card is looked up."""

    def __init__(self, run: Callable[[], Run | None], id: str) -> None:
        """`run` tells whose model compares the movies."""
        super().__init__(id=id, classes="pane")
        self._run = run
        self._movies: tuple[Run, Movies] | None = None
        self._asked = ""
        """The title of the movie that was opened last."""
        self._linger: Timer | None = None

    def compose(self) -> ComposeResult:
        """Nothing but the panel that the card in a dialog has, too."""
        yield MoviePanel(self._movies_of_run)

    def open(self, movie: ClusteredItem | None) -> None:
        """Show a movie; one that is shown, or was walked to, stays as it is."""
        panel = self.query_one(MoviePanel)
        if movie is not None and panel.item_id != movie.item_id:
            self._asked = movie.title
            panel.open(movie.item_id)

    @on(MoviePanel.Shown)
    def _entitle(self, message: MoviePanel.Shown) -> None:
        message.stop()
        self.border_title = Content(clean(message.title or self._asked))

    def forget(self) -> None:
        """Begin anew: the movies are of another run, or another model."""
        self._movies = None
        self.query_one(MoviePanel).forget()

    def follow(self, movie: Callable[[], ClusteredItem | None]) -> None:
        """Show the movie that the cursor stands on when it has come to rest."""
        if self._linger is not None:
            self._linger.stop()
        self._linger = self.set_timer(self.LINGER, lambda: self.open(movie()))

    def _movies_of_run(self) -> tuple[Movies, Run | None]:
        """What the card tells of; called in a thread, and read once for a run."""
        from mftui.core.runs.rows import ratings_of

        if (run := self._run()) is None:
            raise RunError("There is no run.")
        if self._movies is None or self._movies[0] != run:
            self._movies = run, Movies.of(ratings_of(run.record()))
        return self._movies[1], run
