"""The Data screen: what the ratings are made of, and every movie and user in them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import ContentSwitcher

from mftui.app.actions import DATA, bindings
from mftui.app.movies import Movies
from mftui.app.screens.base import WorkbenchScreen
from mftui.app.screens.movie import MovieCard
from mftui.app.screens.open_dataset import OpenDataset
from mftui.app.screens.user import UserCard
from mftui.app.users import Users
from mftui.app.widgets.listing import Listing
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.rows import Column
from mftui.app.widgets.spread_panel import SpreadPanel
from mftui.app.widgets.summary_panel import SummaryPanel
from mftui.app.widgets.table import Table
from mftui.core.data import load
from mftui.core.data.catalog import CATALOG, is_fetched
from mftui.core.data.recent import Recent, remember
from mftui.core.errors import MftuiError
from mftui.core.text import day

if TYPE_CHECKING:
    from mftui.core.data.readers.sniff import Table as FileTable

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


class DataScreen(WorkbenchScreen):
    """Figures on the left, movies on the right; an offer to fetch where there are no ratings yet."""

    TITLE = "Data"
    CSS_PATH = "data.tcss"
    ACTIONS = DATA
    BINDINGS = bindings(DATA)
    AUTO_FOCUS = "#movies"
    HELP = (
        "On the left what the ratings are made of: how many there are, how often each was given, how unevenly they are "
        "spread over users and movies, and over time. On the right every movie (m), every user (u), or more figures "
        "(d): how much the most active have of all, the best rated movies, genres, newcomers. Type after / to find "
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

    @dataclass
    class LookedAt(Message):
        """The beginning of a file of one's own has been read."""

        path: str
        table: "FileTable | None"
        """What its columns would be taken for; None where there is nothing to choose, or nothing to read."""

    def __init__(self) -> None:
        super().__init__()
        self._movies: Movies | None = None
        self._users: Users | None = None
        self._shown: str | None = None
        """The fingerprint of the summary on the screen."""
        self._job_for: str | None = None
        """The dataset that the current job fetches or reads."""
        self._tried: set[str] = set()
        """Local datasets that were read without being asked for, once."""

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
        self.query_one("#panes").display = summary is not None
        self.query_one(Offer).display = summary is None
        if summary is None:
            self._shown = self._movies = self._users = None
            self._offer()
        elif summary.fingerprint != self._shown:
            self._shown, self._movies, self._users = summary.fingerprint, None, None
            self.query_one(SummaryPanel).show(summary)
            self.query_one(SpreadPanel).show(summary)
            for listing in self.query(Listing):
                listing.wait()
            self.call_after_refresh(self._read_rows, self.workbench.dataset, self.workbench.columns)
        self.refresh_bindings()

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

    # The offer, and the job that takes it

    def _offer(self) -> None:
        name = self.workbench.dataset
        if self._is_busy():
            return self.show_job()
        job = self.workbench.job
        error = job.error if job is not None and self._job_for == name else None
        if error is None and name not in self._tried and (name not in CATALOG or is_fetched(name)):
            self._tried.add(name)
            return self._start("Reading", ["data", "show", name, *self._columns_option()])
        offer = self.query_one(Offer)
        if name in CATALOG:
            entry = CATALOG[name]
            words = (
                f"{entry.ratings:,} ratings of {entry.items:,} movies by {entry.users:,} users, "
                f"{entry.megabytes:g} MB to fetch.\n\n{entry.licence}"
            )
            offer.show(entry.title, words, {"f": f"Fetch {entry.title}", "o": "Open another dataset"}, error)
        else:
            offer.show(name, "These ratings could not be read.", {"o": "Open another dataset"}, error)
        return None

    def show_job(self) -> None:
        """How far the fetching is, or what went wrong."""
        if self.workbench.summary is not None:
            return
        job = self.workbench.job
        if job is not None and self._is_busy():
            self.query_one(Offer).show_progress(f"{job.title}", job.doing, job.fraction)
        elif job is not None and job.error is not None:
            self._offer()

    def _is_busy(self) -> bool:
        job = self.workbench.job
        return job is not None and not job.is_over and self._job_for == self.workbench.dataset

    def _start(self, doing: str, arguments: list[str]) -> None:
        name = self._job_for = self.workbench.dataset
        title = CATALOG[name].title if name in CATALOG else name
        columns = self.workbench.columns
        self.workbench.start_job(f"{doing} {title}", arguments, lambda _: self.workbench.use_dataset(name, columns))

    def _columns_option(self) -> list[str]:
        return ["--columns", self.workbench.columns] if self.workbench.columns else []

    def action_fetch(self) -> None:
        """Fetch the dataset that is offered."""
        self._start("Fetching", ["data", "fetch", self.workbench.dataset])

    def action_cancel(self) -> None:
        """End the job, and offer again."""
        self.workbench.cancel_job()
        self._offer()

    def action_open(self) -> None:
        """Choose another dataset."""

        def chosen(choice: str | Recent | None) -> None:
            if isinstance(choice, Recent):
                self._use(choice.path, choice.columns)
            elif choice in CATALOG:
                self._use(choice)
            elif choice is not None:
                self._look_at(choice)

        self.app.push_screen(OpenDataset(self.workbench.dataset), chosen)

    @work(thread=True, exclusive=True, group="look", exit_on_error=False)
    def _look_at(self, path: str) -> None:
        from mftui.core.data.readers.preview import preview

        try:
            self.post_message(self.LookedAt(path, preview(Path(path))))
        except MftuiError:
            self.post_message(self.LookedAt(path, None))  # reading it will say what is the matter

    @on(LookedAt)
    def _choose_columns(self, message: LookedAt) -> None:
        from mftui.app.screens.choose_columns import ChooseColumns  # knows the readers, which load pandas

        if message.table is None:
            self._use(message.path)
            return

        def chosen(columns: str | None) -> None:
            if columns is not None:
                self._use(message.path, columns)

        self.app.push_screen(ChooseColumns(message.path, message.table), chosen)

    def _use(self, name: str, columns: str = "") -> None:
        if (name, columns) != (self.workbench.dataset, self.workbench.columns) or self.workbench.summary is None:
            self._tried.discard(name)
            self.workbench.use_dataset(name, columns)

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
                return not has_ratings and not self._is_busy() and name in CATALOG
            case "cancel":
                return self._is_busy()
        return True
