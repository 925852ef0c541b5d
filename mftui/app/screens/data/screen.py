"""The Data screen: what the ratings are made of, and every movie and user in them."""

from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import ContentSwitcher

from mftui.app.actions import DATA, bindings
from mftui.app.movies import Movies
from mftui.app.screens.cards.movie import MovieCard
from mftui.app.screens.cards.user import UserCard
from mftui.app.screens.data.dataset_opening import DatasetOpening
from mftui.app.screens.data.spread_panel import SpreadPanel
from mftui.app.screens.data.summary_panel import SummaryPanel
from mftui.app.users import Users
from mftui.app.widgets.listing import Listing
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table
from mftui.core.data import load
from mftui.core.data.catalog import CATALOG
from mftui.core.data.recent import remember
from mftui.core.data.summary import Summary
from mftui.core.errors import MftuiError
from mftui.core.text import day

_MOVIES = (
    Column("Title", share=3),
    Column("Year", width=5, numeric=True, show=lambda year: str(year) if year else "-"),
    Column("Ratings", width=9, numeric=True, show="{:,}".format),
    Column("Mean", width=6, numeric=True, show="{:.2f}".format),
    Column("Genres", share=2, muted=True, needs=70),
)
_USERS = (
    Column("User", share=1),
    Column("Ratings", width=9, numeric=True, show="{:,}".format),
    Column("Mean", width=6, numeric=True, show="{:.2f}".format),
    Column("Deviation", width=9, numeric=True, show="{:.2f}".format, needs=60),
    Column("Since", width=10, muted=True, show=day, key=lambda seconds: seconds or 0),
    Column("About", share=2, muted=True, needs=64),
)


class DataScreen(DatasetOpening):
    """Figures on the left, movies on the right; an offer to fetch where there are no ratings yet."""

    TITLE = "Data"
    CSS_PATH = "screen.tcss"
    ACTIONS = DATA
    BINDINGS = bindings(DATA)
    AUTO_FOCUS = "#movies"
    HELP = (
        "On the left what the ratings are made of: how many there are, how often each was given, how unevenly they are "
        "spread over users and movies, and over time. On the right every movie (m), every user (u), or more figures "
        "(d): how it was read, how much the most active have, the best rated movies, genres. Type after / to find "
        "some (case, accents and the order of words don't matter), press s to sort by another column, enter to look "
        "closer."
    )

    @dataclass
    class RowsRead(Message):
        """The movies and users of a dataset are there, or a sentence why they are not."""

        dataset: str
        movies: Movies | None
        users: Users | None
        error: str = ""

    def __init__(self) -> None:
        super().__init__()
        self._movies: Movies | None = None
        self._users: Users | None = None
        self._shown: str | None = None
        """The fingerprint of the summary on the screen."""

    def compose_body(self) -> ComposeResult:
        """Figures, and one of three views beside them; the offer in their place."""
        with Horizontal(id="panes"):
            yield SummaryPanel(id="summary", classes="pane")
            with ContentSwitcher(initial="movies-list"):
                yield Listing("Movies", "a part of the title", *_MOVIES, sort=2, id="movies")
                yield Listing("Users", "an id, or what is said of them", *_USERS, sort=1, id="users")
                yield SpreadPanel(id="more", classes="pane")
        yield Offer()

    # The dataset

    def show_dataset(self) -> None:
        """Figures at once, movies and users when they have been read; or the offer."""
        summary = self.workbench.summary
        if summary is None:
            self._shown = self._movies = self._users = None
            self.show_figures(None)
            self.offer()
        elif summary.fingerprint != self._shown:
            self._shown, self._movies, self._users = summary.fingerprint, None, None
            self.show_figures(summary)
            self.call_after_refresh(self._read_rows, self.workbench.dataset, self.workbench.columns)
        self.refresh_bindings()

    def show_figures(self, figures: Summary | None) -> None:
        """Show what is known of the ratings so far; the offer where nothing is."""
        self.query_one("#panes").display = figures is not None
        self.query_one(Offer).display = figures is None
        if figures is not None:
            self.query_one(SummaryPanel).show(figures)
            self.query_one(SpreadPanel).show(figures)
            for listing in self.query(Listing):
                listing.wait()

    @work(thread=True, exclusive=True, group="rows", exit_on_error=False)
    def _read_rows(self, dataset: str, columns: str) -> None:
        try:
            ratings = load(dataset, columns=columns)
            remember(dataset, columns)
            self.post_message(self.RowsRead(dataset, Movies.of(ratings), Users.of(ratings)))
        except MftuiError as error:
            self.post_message(self.RowsRead(dataset, None, None, str(error)))

    @on(RowsRead)
    def _take_rows(self, message: RowsRead) -> None:
        if message.dataset != self.workbench.dataset:
            return
        self._movies, self._users = message.movies, message.users
        for rows, listing in zip((message.movies, message.users), self.query(Listing), strict=True):
            if rows is None:
                listing.fail(message.error)
            else:
                listing.show(rows.columns(), rows.search)

    # The views

    @property
    def _listing(self) -> Listing | None:
        """The list in front; None where the other figures are."""
        view = self.query_one(ContentSwitcher).visible_content
        return view if isinstance(view, Listing) else None

    def action_view(self, view: str) -> None:
        """Bring movies, users or the other figures to the front."""
        self.query_one(ContentSwitcher).current = view
        self.set_class(view == "more", "-more")
        if (listing := self._listing) is not None:
            listing.focus_table()
        else:
            self.query_one(SpreadPanel).focus()
        self.refresh_bindings()

    def action_filter(self) -> None:
        """Open the filter line."""
        if (listing := self._listing) is not None:
            listing.open_filter()

    def action_sort(self) -> None:
        """Sort by the next column."""
        if (listing := self._listing) is not None:
            listing.sort_next()

    def action_reverse(self) -> None:
        """Turn the order around."""
        if (listing := self._listing) is not None:
            listing.reverse()

    @on(Table.Selected)
    def action_look(self) -> None:
        """Show the card of the movie or the user under the cursor."""
        listing = self._listing
        if listing is None or listing.position is None:
            return
        if listing.noun == "Movies":
            self._open_movie(listing.position)
        elif self._users is not None and self._movies is not None:
            self.app.push_screen(UserCard(self._users, self._movies, listing.position, self._open_movie))

    def _open_movie(self, position: int) -> None:
        if self._movies is not None:
            self.app.push_screen(MovieCard(self._movies, position, self.workbench.current_run))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done depends on whether there are ratings, and on the view."""
        has_ratings = self.workbench.summary is not None
        name, listing = self.workbench.dataset, self._listing
        match action:
            case "filter" | "sort" | "reverse" | "look":
                return has_ratings and listing is not None and not listing.is_typing
            case "view":
                return has_ratings and parameters != (self.query_one(ContentSwitcher).current,)
            case "fetch":
                return not has_ratings and not self.is_busy and name in CATALOG
            case "columns":
                return name not in CATALOG and not self.is_busy
            case "cancel":
                return self.is_busy
        return True
