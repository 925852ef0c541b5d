"""The Recommend screen: rate a few movies and see at once what the model would show you, or pick a user of the data."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import ContentSwitcher, Static

from mftui.app.actions import RECOMMEND, bindings
from mftui.app.advice import Advice, Counsel, count, for_user, for_you
from mftui.app.screens.base import WorkbenchScreen
from mftui.app.screens.choose_user import ChooseUser
from mftui.app.screens.rate import Given, RateMovie
from mftui.app.screens.wishes import ChooseWishes, in_short
from mftui.app.widgets.listing import Listing
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table
from mftui.core.errors import MftuiError
from mftui.core.recommend.own import OwnRating, keep_own_ratings, own_ratings
from mftui.core.recommend.wishes import Wishes, decades_of, genres_of
from mftui.core.runs.directory import Run


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _given(value: float | None) -> str:
    return "dislike" if value is None else f"{value:g}"


_FOUND = (
    Column("Title", share=1),
    Column("Year", width=5, numeric=True, show=lambda year: str(year) if year else "-"),
    Column("Ratings", width=9, numeric=True, show="{:,}".format),
)
_OWN = (
    Column("#", width=3, numeric=True, ascending=True),
    Column("Movie"),
    Column("Rating", width=7, numeric=True, show=_given),
)
_THEIRS = (
    Column("Movie"),
    Column("Rating", width=8, numeric=True, show=_plain),
    Column("Model", width=6, numeric=True, show=_figure),
    Column("", width=4, muted=True),
)
_RANK = Column("#", width=3, numeric=True, ascending=True)


class RecommendScreen(WorkbenchScreen):
    """On the left what was rated, on the right what the model would show, and below it why."""

    TITLE = "Recommend"
    CSS_PATH = "recommend.tcss"
    ACTIONS = RECOMMEND
    BINDINGS = bindings(RECOMMEND)
    AUTO_FOCUS = "#rated"
    HELP = (
        "Press / and type a part of a title, enter to rate the movie: what the model would show you changes at once. "
        "Below the list stands which of your ratings speak for the movie under the cursor, and what each adds to its "
        "prediction. ± is how far off the rating may be, where the model tells; it then orders by the rating less what "
        "it doesn't know of it. u shows what the model would show a "
        "user of the data, beside what they went on to rate. f filters by genre, years and popularity, and asks for "
        "variety. "
        "Movies with few training ratings are left out at first, since a model knows little of them."
    )

    @dataclass
    class Read(Message):
        """The model and its data are there, or a sentence why they are not."""

        run: Run
        counsel: Counsel | None
        own: dict[str, OwnRating]
        error: str = ""

    @dataclass
    class Advised(Message):
        """What to show somebody has been found."""

        counsel: Counsel
        user: int | None
        advice: Advice

        def can_replace(self, message: Message) -> bool:
            """Any older one."""
            return isinstance(message, RecommendScreen.Advised)

    def __init__(self) -> None:
        super().__init__()
        self._counsel: Counsel | None = None
        self._own: dict[str, OwnRating] = {}
        self._user: int | None = None
        """The user of the data who is looked at; None for the person at the keyboard."""
        self._wishes = Wishes()
        self._advice: Advice | None = None
        self._asked: Run | None = None
        """The run that was read last, or is being read."""

    def compose_body(self) -> ComposeResult:
        """Ratings and what follows from them; the offer in their place where there is no model."""
        with Horizontal(id="panes"):
            with ContentSwitcher(initial="rated-pane", id="left"):
                with Vertical(id="rated-pane", classes="pane"):
                    yield Table(*_OWN, sort=0, id="rated")
                yield Listing("Find", "a part of the title", *_FOUND, sort=2, id="found", is_passing=True)
            with Vertical(id="shown-pane", classes="pane"):
                yield Table(*self._columns_shown(None), sort=0, id="shown")
                yield Static(id="why", markup=False)
        yield Offer()

    # The model

    def show_run(self) -> None:
        """Read the current run's model, once; say what is missing where there is none."""
        run = self.workbench.current_run
        has_model = run is not None and run.model.exists()
        self.query_one("#panes").display = has_model
        self.query_one(Offer).display = not has_model
        if run is None or not has_model:
            self._asked = self._counsel = None
            words = "It needs a model: train one first." if run is None else "The current run has saved no model yet."
            self.query_one(Offer).show("What a model would show you", words, {"2": "Train", "6": "Runs"})
        elif self._asked is None or self._asked.path != run.path:
            self._asked, self._counsel, self._user, self._advice = run, None, None, None
            self._wait(f"Reading the model of {run.name}…")
            self._read(run)

    def _wait(self, words: str) -> None:
        for table in self.query(Table):
            table.empty = words
            table.load([])
        self.query_one("#why", Static).update("")

    @work(thread=True, exclusive=True, group="read", exit_on_error=False)
    def _read(self, run: Run) -> None:
        try:
            own = own_ratings(run.record().config.data)
            self.post_message(self.Read(run, Counsel.of(run), own))
        except MftuiError as error:
            self.post_message(self.Read(run, None, {}, str(error)))

    @on(Read)
    def _take_counsel(self, message: Read) -> None:
        if self._asked is None or message.run.path != self._asked.path:
            return
        self._counsel, self._own = message.counsel, message.own
        if message.counsel is None:
            self._wait(message.error)
            return
        movies = message.counsel.movies
        self.query_one("#found-list", Listing).show([movies.titles, movies.years, movies.counts], movies.search)
        self._advise()

    # Advice

    def _advise(self) -> None:
        """Look for what to show, in a thread: a newer question replaces one that is not answered yet."""
        if self._counsel is not None:
            self._look(self._counsel, self._user, dict(self._own), self._wishes)
        self.refresh_bindings()

    @work(thread=True, exclusive=True, group="advise", exit_on_error=False)
    def _look(self, counsel: Counsel, user: int | None, own: dict[str, OwnRating], wishes: Wishes) -> None:
        advice = for_you(counsel, own, wishes) if user is None else for_user(counsel, user, wishes)
        self.post_message(self.Advised(counsel, user, advice))

    @on(Advised)
    def _draw(self, message: Advised) -> None:
        if message.counsel is not self._counsel or message.user != self._user:
            return
        self._advice = message.advice
        self._draw_rated(message.counsel, message.advice)
        self._draw_shown(message.counsel, message.advice)

    def _draw_rated(self, counsel: Counsel, advice: Advice) -> None:
        rated, pane, table = advice.rated, self.query_one("#rated-pane", Vertical), self.query_one("#rated", Table)
        titles, ratings = [one.title for one in rated], [one.rating for one in rated]
        if self._user is None:
            table.empty = "/ finds a movie to rate."
            self._fill(table, _OWN, 0, [list(range(1, len(rated) + 1)), titles, ratings])
            pane.border_title, pane.border_subtitle = f"You  {advice.summary}", None
        else:
            table.empty = "Nothing rated."
            tests = ["test" if one.is_test else "" for one in rated]
            self._fill(table, _THEIRS, 1, [titles, ratings, [one.predicted for one in rated], tests])
            pane.border_title = Content(f"User {counsel.users.names[self._user]}  {advice.summary}")
            pane.border_subtitle = count(len(rated))

    def _draw_shown(self, counsel: Counsel, advice: Advice) -> None:
        shown, table = advice.shown, self.query_one("#shown", Table)
        columns = self._columns_shown(counsel)
        values: list[list[object]] = [
            list(range(1, len(shown) + 1)),
            [one.title for one in shown],
            [one.predicted for one in shown],
            [one.deviation for one in shown],
            [one.gave if self._user is not None else one.count for one in shown],
        ]
        if counsel.recommender.posterior is None:
            values.pop(3)
        table.empty = advice.reason
        self._fill(table, columns, 0, values)
        pane = self.query_one("#shown-pane", Vertical)
        pane.border_title = Content(f"{counsel.run.name} would show")
        pane.border_subtitle = Content(in_short(self._wishes))
        self._tell_why()

    def _fill(self, table: Table, columns: tuple[Column, ...], sort: int, values: Sequence[Sequence[object]]) -> None:
        """Load a table whose columns depend on whose ratings it shows, in the order of one of them."""
        keep = table.position if table.columns is columns else None
        table.columns, table.sort_column, table.descending = columns, sort, columns[sort].largest_first
        table.load(values, keep=keep if keep is not None and values[0] and keep < len(values[0]) else None)

    def _columns_shown(self, counsel: Counsel | None) -> tuple[Column, ...]:
        """What stands beside a movie that would be shown."""
        says_scores = counsel is not None and not counsel.predicts_ratings
        has_samples = counsel is not None and counsel.recommender.posterior is not None
        deviation = (Column("±", width=5, numeric=True, muted=True, show=_figure),) if has_samples else ()
        last = (
            Column("Ratings", width=8, numeric=True, muted=True, show="{:,}".format, needs=44)
            if self._user is None
            else Column("Gave", width=5, numeric=True, show=_plain)
        )
        value = Column("Score" if says_scores else "Rating", width=7, numeric=True, show=_figure)
        return (_RANK, Column("Movie"), value, *deviation, last)

    @on(Table.Highlighted, "#shown")
    def _tell_why(self) -> None:
        """Say which ratings speak for the movie under the cursor."""
        position, words = self.query_one("#shown", Table).position, ""
        if self._advice is not None and position is not None and position < len(self._advice.shown):
            one = self._advice.shown[position]
            words = f"because of {one.why}" if one.why else "by what suits most people"
            if self._user is not None and not one.why:
                words = "by the factors that the model learnt of this user"
        self.query_one("#why", Static).update(words)

    # Rating

    def action_find(self) -> None:
        """Type a part of a title to rate the movie."""
        self.query_one("#left", ContentSwitcher).current = "found-list"
        self.query_one("#found-list", Listing).open_filter()

    @on(Listing.Left)
    def _stop_finding(self) -> None:
        """Back from the titles to what was rated."""
        self.query_one("#left", ContentSwitcher).current = "rated-pane"
        self.query_one("#rated", Table).focus()
        self.refresh_bindings()

    def action_rate(self) -> None:
        """Rate the movie under the cursor of the list that has the focus."""
        if isinstance(self.focused, Table):
            self._rate(self.focused)

    @on(Table.Selected)
    def _selected(self, message: Table.Selected) -> None:
        self._rate(message.table)

    def _rate(self, table: Table) -> None:
        if (counsel := self._counsel) is None or (item := self._item_under_cursor(table)) is None:
            return
        ratings = counsel.recommender.ratings
        item_id = str(ratings.item_ids[item])
        before = self._own.get(item_id)
        lowest, highest, step = ratings.scale
        title, is_rated = counsel.movies.titles[item], before is not None
        dialog = RateMovie(title, (lowest, highest, step), before.rating if before else None, is_rated)

        def given(given: Given | None) -> None:
            if given is not None:
                self._keep(item_id, title, given)

        self.app.push_screen(dialog, given)

    def _item_under_cursor(self, table: Table) -> int | None:
        """The position of the movie in a list's row under the cursor."""
        if (row := table.position) is None or self._advice is None:
            return None
        if table.id == "found":
            return row
        return (self._advice.shown if table.id == "shown" else self._advice.rated)[row].item

    def _keep(self, item_id: str, title: str, given: Given) -> None:
        """Take a rating, keep it, and advise anew for the person at the keyboard."""
        self._own.pop(item_id, None)
        if not given.removed:
            self._own[item_id] = OwnRating(item_id, title, given.rating)
        assert self._counsel is not None
        try:
            keep_own_ratings(self._counsel.run.record().config.data, self._own)
        except (OSError, MftuiError) as error:
            self.notify(f"Your ratings can't be kept: {error}", severity="warning", markup=False)
        self._user = None
        self.query_one("#found-list", Listing).action_leave()
        self._advise()

    # Whose, and what

    def action_user(self) -> None:
        """Look at a user of the data."""
        if self._counsel is None:
            return

        def chosen(user: int | None) -> None:
            if user is not None:
                self._user = user
                self._advise()

        self.app.push_screen(ChooseUser(self._counsel.users), chosen)

    def action_you(self) -> None:
        """Back to one's own ratings."""
        self._user = None
        self._advise()

    def action_filters(self) -> None:
        """Choose what may be shown."""
        if self._counsel is None:
            return
        ratings = self._counsel.recommender.ratings

        def chosen(wishes: Wishes | None) -> None:
            if wishes is not None:
                self._wishes = wishes
                self._advise()

        self.app.push_screen(ChooseWishes(self._wishes, genres_of(ratings), decades_of(ratings)), chosen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done depends on whether there is a model, and on whose ratings are shown."""
        if action in ("find", "rate", "user", "you", "filters"):
            if self._counsel is None or self.query_one("#found-list", Listing).is_typing:
                return False
            return action != "you" or self._user is not None
        return True
