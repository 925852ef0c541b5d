"""A screen that opens the card of a movie or a user by its id; the dataset is read when the first is asked for."""

from dataclasses import dataclass
from typing import Literal

from textual import on, work
from textual.message import Message

from mftui.app.movies import Movies
from mftui.app.screens.base import WorkbenchScreen
from mftui.app.screens.cards.movie import MovieCard
from mftui.app.screens.cards.user import UserCard
from mftui.app.users import Users
from mftui.core.data import load
from mftui.core.errors import MftuiError
from mftui.core.text import clean

Dataset = tuple[str, str]
"""Its name or path, and its columns."""


class CardScreen(WorkbenchScreen):
    """Knows the movies and users of one dataset at a time."""

    @dataclass
    class Known(Message):
        """The movies and users of a dataset have been read, or a sentence says why not."""

        dataset: Dataset
        movies: Movies | None
        users: Users | None
        error: str = ""

    def __init__(self) -> None:
        super().__init__()
        self._known: CardScreen.Known | None = None
        self._wanted: tuple[Literal["movie", "user"], str] | None = None

    def open_card(self, kind: Literal["movie", "user"], id: str) -> None:
        """Show all about a movie or a user, as soon as the dataset has been read."""
        self._wanted = kind, id
        if self._known is not None and self._known.dataset == self._dataset:
            self._open()
        else:
            self.notify("Reading the ratings…", timeout=2, markup=False)
            self._read_dataset(self._dataset)

    @property
    def _dataset(self) -> Dataset:
        return self.workbench.dataset, self.workbench.columns

    @work(thread=True, exclusive=True, group="cards", exit_on_error=False)
    def _read_dataset(self, dataset: Dataset) -> None:
        try:
            ratings = load(dataset[0], columns=dataset[1])
            self.post_message(self.Known(dataset, Movies.of(ratings), Users.of(ratings)))
        except MftuiError as error:
            self.post_message(self.Known(dataset, None, None, str(error)))

    @on(Known)
    def _take_known(self, message: Known) -> None:
        if message.dataset == self._dataset and self.is_current:
            self._known = message if message.movies is not None else None
            if message.error:
                self.notify(message.error, severity="error", markup=False)
            else:
                self._open()

    def _open(self) -> None:
        """Open the card that is wanted."""
        if self._known is None or self._known.movies is None or self._known.users is None or self._wanted is None:
            return
        movies, users, (kind, id) = self._known.movies, self._known.users, self._wanted
        ids = movies.ratings.item_ids if kind == "movie" else movies.ratings.user_ids
        position = next((at for at, one in enumerate(ids.tolist()) if str(one) == id), None)
        if position is None:
            self.notify(f"There is no {kind} {clean(id)} among the ratings any more.", severity="error", markup=False)
        elif kind == "movie":
            self._open_movie(position)
        else:
            self.app.push_screen(UserCard(users, movies, position, self._open_movie))

    def _open_movie(self, position: int) -> None:
        if self._known is not None and self._known.movies is not None:
            self.app.push_screen(MovieCard(self._known.movies, position, self.workbench.current_run))
