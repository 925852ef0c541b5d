"""The movies of a cluster, and the line that finds a movie in any of them as one types."""

import re
from dataclasses import dataclass
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from mftui.app.screens.clusters.cluster_index import ClusterIndex, Group, MovieSearch, Place
from mftui.app.widgets.filter_line import FilterLine
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table
from mftui.core.clusters.report import ClusteredItem
from mftui.core.text import clean

_RATINGS = 2
_COLUMNS = (
    Column("Movie"),
    Column("Year", width=6, numeric=True, show=lambda year: str(year or "-")),
    Column("Ratings", width=9, numeric=True, show="{:,}".format),
    Column("Dist.", width=7, numeric=True, ascending=True, show="{:.3f}".format),
    Column("Mean", width=6, numeric=True, show="{:.2f}".format),
)


class MoviesPane(Vertical):
    """Shows one cluster at a time. What is found is told, so that the whole screen goes there."""

    @dataclass
    class Found(Message):
        """A movie was found by its words."""

        place: Place

    @dataclass
    class At(Message):
        """The cursor stands on a movie."""

        movie: ClusteredItem

    @dataclass
    class Ready(Message):
        """The movies of a report can be found by their words, and where they are is known."""

        index: ClusterIndex
        places: dict[str, Place]
        search: MovieSearch

    def __init__(self, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self._index: ClusterIndex | None = None
        self._search: MovieSearch | None = None
        self._places: dict[str, Place] = {}
        self._group: Group | None = None
        self._found: list[str] = []
        self._at = 0

    def compose(self) -> ComposeResult:
        """The line over the table."""
        yield FilterLine("a part of the title", id="find")
        yield Table(*_COLUMNS, sort=_RATINGS, empty="There are no movies here.", id="cluster-movies")

    @property
    def table(self) -> Table:
        """The movies that are listed."""
        return self.query_one("#cluster-movies", Table)

    @property
    def movie(self) -> ClusteredItem | None:
        """The movie under the cursor."""
        position = self.table.position
        return None if position is None or self._group is None else self._group.movies[position]

    def take(self, index: ClusterIndex, anew: bool) -> None:
        """Find movies in these clusters; `anew` where they are of other movies than before."""
        self._index, self._found, self._places = index, [], {}
        if anew:
            self._search = None
        self._make_ready(index, self._search)
        self.query_one(FilterLine).clear()

    def show(self, group: Group) -> None:
        """List the movies of a cluster."""
        self._group, movies = group, group.movies
        self.border_title = Content(f"{group.title}  {len(movies):,} movies")
        self.border_subtitle = Content(clean(group.label))
        columns: list[list[Any]] = [
            [_without_year(movie) for movie in movies],
            [movie.year for movie in movies],
            [movie.ratings for movie in movies],
            [movie.distance for movie in movies],
            [movie.mean_rating for movie in movies],
        ]
        self.table.load(columns)

    # Finding

    def find(self) -> None:
        """Open the line to type into."""
        self.query_one(FilterLine).open()

    @work(thread=True, exclusive=True, group="titles", exit_on_error=False)
    def _make_ready(self, index: ClusterIndex, search: MovieSearch | None) -> None:
        self.post_message(self.Ready(index, index.places, search or MovieSearch(index.clusters)))

    @on(Ready)
    def _take_titles(self, message: Ready) -> None:
        message.stop()
        if message.index is self._index:
            self._search, self._places = message.search, message.places
            if text := self.query_one(FilterLine).text:
                self._find(text)

    @on(FilterLine.Changed)
    def _changed(self, message: FilterLine.Changed) -> None:
        message.stop()
        self._find(message.text)

    def _find(self, text: str) -> None:
        line = self.query_one(FilterLine)
        if self._search is None or not self._places:
            return line.say("reading the titles…")
        self._found = self._search.find(text)
        line.say("" if self._found or not text.strip() else "no movie")
        self._go_to_found(0)

    @on(FilterLine.Step)
    def _step(self, message: FilterLine.Step) -> None:
        message.stop()
        self._go_to_found(self._at + message.rows)

    def _go_to_found(self, at: int) -> None:
        if self._found:
            self._at = at % len(self._found)
            self.query_one(FilterLine).say(f"{self._at + 1:,} of {len(self._found):,}")
            self.post_message(self.Found(self._places[self._found[self._at]]))

    @on(FilterLine.Closed)
    def _close(self) -> None:
        self.query_one(FilterLine).clear()

    @on(Table.Highlighted)
    def _highlighted(self, message: Table.Highlighted) -> None:
        message.stop()
        if (movie := self.movie) is not None:
            self.post_message(self.At(movie))


def _without_year(movie: ClusteredItem) -> str:
    """The title; the year that MovieLens writes behind it stands in a column of its own."""
    return re.sub(rf" *\({movie.year}\)$", "", movie.title) if movie.year else movie.title
