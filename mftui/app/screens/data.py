"""The Data screen: what the ratings are made of, and every movie in them."""

from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from mftui.app.actions import DATA, bindings
from mftui.app.movies import Movies
from mftui.app.screens.base import WorkbenchScreen
from mftui.app.screens.movie import MovieCard
from mftui.app.screens.open_dataset import OpenDataset
from mftui.app.widgets.filter_line import FilterLine
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.rows import Column
from mftui.app.widgets.summary_panel import SummaryPanel
from mftui.app.widgets.table import Table
from mftui.core.data import load
from mftui.core.data.catalog import CATALOG, is_fetched
from mftui.core.errors import MftuiError

_COLUMNS = (
    Column("Title", share=3),
    Column("Year", width=5, numeric=True, show=lambda year: str(year) if year else "-"),
    Column("Ratings", width=9, numeric=True, show="{:,}".format),
    Column("Mean", width=6, numeric=True, show="{:.2f}".format),
    Column("Genres", share=2, muted=True, needs=70),
)
_RATINGS = 2


class DataScreen(WorkbenchScreen):
    """Figures on the left, movies on the right; an offer to fetch where there are no ratings yet."""

    TITLE = "Data"
    CSS_PATH = "data.tcss"
    ACTIONS = DATA
    BINDINGS = bindings(DATA)
    AUTO_FOCUS = "#movies"
    HELP = (
        "On the left what the ratings are made of: how many there are, how often each was given, how unevenly they are "
        "spread over users and movies, and over time. On the right every movie: type after / to find some (case, "
        "accents and the order of words don't matter), press s to sort by another column, enter to look closer."
    )

    @dataclass
    class MoviesRead(Message):
        """The movies of a dataset are there, or a sentence why they are not."""

        dataset: str
        movies: Movies | None
        error: str = ""

    def __init__(self) -> None:
        super().__init__()
        self._movies: Movies | None = None
        self._shown: str | None = None
        """The fingerprint of the summary on the screen."""
        self._job_for: str | None = None
        """The dataset that the current job fetches or reads."""
        self._tried: set[str] = set()
        """Local datasets that were read without being asked for, once."""

    def compose_body(self) -> ComposeResult:
        """Figures and movies, and the offer in their place."""
        with Horizontal(id="panes"):
            yield SummaryPanel(id="summary", classes="pane")
            with Vertical(id="list", classes="pane"):
                yield FilterLine("a part of the title", id="filter")
                yield Table(*_COLUMNS, sort=_RATINGS, id="movies")
        yield Offer()

    # The dataset

    def show_dataset(self) -> None:
        """Figures at once, movies when they have been read; or the offer."""
        summary = self.workbench.summary
        self.query_one("#panes").display = summary is not None
        self.query_one(Offer).display = summary is None
        if summary is None:
            self._shown = self._movies = None
            self._offer()
        elif summary.fingerprint != self._shown:
            self._shown, self._movies = summary.fingerprint, None
            self.query_one(SummaryPanel).show(summary)
            self.query_one(FilterLine).clear()
            table = self.query_one("#movies", Table)
            table.empty = "Reading the movies…"
            table.load([])
            self._count()
            self.call_after_refresh(self._read_movies, self.workbench.dataset)
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="movies", exit_on_error=False)
    def _read_movies(self, dataset: str) -> None:
        try:
            self.post_message(self.MoviesRead(dataset, Movies.of(load(dataset))))
        except MftuiError as error:
            self.post_message(self.MoviesRead(dataset, None, str(error)))

    @on(MoviesRead)
    def _take_movies(self, message: MoviesRead) -> None:
        if message.dataset != self.workbench.dataset:
            return
        table = self.query_one("#movies", Table)
        table.empty = message.error or "There are no movies."
        self._movies = message.movies
        if message.movies is not None:
            table.load(message.movies.columns(), message.movies.search)
            table.empty = "No title holds this. esc shows all movies again."
        self._count()

    def _count(self) -> None:
        total = len(self._movies.titles) if self._movies else 0
        shown = self.query_one("#movies", Table).row_count
        words = f"{total:,}" if shown == total else f"{shown:,} of {total:,}"
        self.query_one("#list", Vertical).border_title = f"Movies  {words}" if total else "Movies"

    # The offer, and the job that takes it

    def _offer(self) -> None:
        name = self.workbench.dataset
        if self._is_busy():
            return self.show_job()
        job = self.workbench.job
        error = job.error if job is not None and self._job_for == name else None
        if error is None and name not in self._tried and (name not in CATALOG or is_fetched(name)):
            self._tried.add(name)
            return self._start("Reading", ["data", "show", name])
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
        self.workbench.start_job(f"{doing} {title}", arguments, lambda _: self.workbench.use_dataset(name))

    def action_fetch(self) -> None:
        """Fetch the dataset that is offered."""
        self._start("Fetching", ["data", "fetch", self.workbench.dataset])

    def action_cancel(self) -> None:
        """End the job, and offer again."""
        self.workbench.cancel_job()
        self._offer()

    def action_open(self) -> None:
        """Choose another dataset."""

        def chosen(name: str | None) -> None:
            if name is not None and name != self.workbench.dataset:
                self._tried.discard(name)
                self.workbench.use_dataset(name)

        self.app.push_screen(OpenDataset(self.workbench.dataset), chosen)

    # The movies

    @on(FilterLine.Changed)
    def _filter(self, message: FilterLine.Changed) -> None:
        self.query_one("#movies", Table).filter(message.text)
        self._count()

    @on(FilterLine.Step)
    def _step(self, message: FilterLine.Step) -> None:
        self.query_one("#movies", Table).action_move(message.rows)

    @on(FilterLine.Closed)
    def _filtered(self) -> None:
        self.query_one("#movies", Table).focus()

    def action_filter(self) -> None:
        """Open the filter line."""
        self.query_one(FilterLine).open()

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.query_one("#movies", Table).action_sort_next()

    def action_reverse(self) -> None:
        """Turn the order around."""
        self.query_one("#movies", Table).action_reverse()

    @on(Table.Selected, "#movies")
    def action_open_movie(self) -> None:
        """Show the card of the movie under the cursor."""
        position = self.query_one("#movies", Table).position
        if self._movies is not None and position is not None:
            self.app.push_screen(MovieCard(self._movies, position, self.workbench.current_run))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done depends on whether there are ratings."""
        has_ratings = self.workbench.summary is not None
        name = self.workbench.dataset
        match action:
            case "filter" | "sort" | "reverse" | "open_movie":
                return has_ratings and not isinstance(self.focused, Input)
            case "fetch":
                return not has_ratings and not self._is_busy() and name in CATALOG
            case "cancel":
                return self._is_busy()
        return True
