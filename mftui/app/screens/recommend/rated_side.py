"""The left half of the Recommend screen: what somebody rated, or all movies while one is looked for to rate."""

from textual import on
from textual.app import ComposeResult
from textual.widgets import ContentSwitcher

from mftui.app.movies import Movies
from mftui.app.screens.recommend.advice import Advice, Counsel
from mftui.app.screens.recommend.rated_pane import RatedPane
from mftui.app.widgets.listing import Listing
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table

_FOUND = (
    Column("Title", share=1),
    Column("Year", width=5, numeric=True, show=lambda year: str(year) if year else "-"),
    Column("Ratings", width=9, numeric=True, show="{:,}".format),
)


class RatedSide(ContentSwitcher):
    """Holds the tables `#rated` and `#found`."""

    def __init__(self, id: str) -> None:
        super().__init__(initial="rated-pane", id=id)

    def compose(self) -> ComposeResult:
        """One of them is shown at a time."""
        yield RatedPane(id="rated-pane", classes="pane")
        yield Listing("Find", "a part of the title", *_FOUND, sort=2, id="found", is_passing=True)

    @property
    def is_typing(self) -> bool:
        """Whether keys go to the filter line."""
        return self.query_one(Listing).is_typing

    def show_movies(self, movies: Movies) -> None:
        """Take the movies that can be found."""
        self.query_one(Listing).show([movies.titles, movies.years, movies.counts], movies.search)

    def show(self, counsel: Counsel, advice: Advice, user: int | None) -> None:
        """Show what somebody rated (see `RatedPane.show`)."""
        self.query_one(RatedPane).show(counsel, advice, user)

    def find(self) -> None:
        """Let a part of a title be typed."""
        self.current = "found-list"
        self.query_one(Listing).open_filter()

    def leave(self) -> None:
        """Let the movies go, if one was looked for."""
        self.query_one(Listing).action_leave()

    @on(Listing.Left)
    def _stop_finding(self) -> None:
        """Back from the titles to what was rated."""
        self.current = "rated-pane"
        self.query_one("#rated", Table).focus()
