"""The Recommend screen: rate a few movies and see at once what the model would show you, or pick a user of the data."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from mftui.app.actions import RECOMMEND, bindings
from mftui.app.screens.recommend.advice import Advice, Counsel, for_user, for_you
from mftui.app.screens.recommend.choose_user import ChooseUser
from mftui.app.screens.recommend.list_export import ListExport
from mftui.app.screens.recommend.rate import Given, RateMovie
from mftui.app.screens.recommend.rated_side import RatedSide
from mftui.app.screens.recommend.shown_pane import ShownPane
from mftui.app.screens.recommend.wishes import ChooseWishes, in_short
from mftui.app.widgets.listing import Listing
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.progress import Progress
from mftui.app.widgets.table import Table
from mftui.core.errors import MftuiError
from mftui.core.recommend.own import OwnRating, keep_own_ratings, own_ratings
from mftui.core.recommend.wishes import Wishes
from mftui.core.runs.directory import Run


def _written(file: Path) -> float:
    """When a file was written; 0 where there is none. A run that goes on writes its model again and again."""
    return file.stat().st_mtime if file.exists() else 0.0


class RecommendScreen(ListExport):
    """On the left what was rated, on the right what the model would show, and below it why."""

    TITLE = "Recommend"
    CSS_PATH = "screen.tcss"
    ACTIONS = RECOMMEND
    BINDINGS = bindings(RECOMMEND)
    AUTO_FOCUS = "#rated"
    HELP = (
        "Press / and type a part of a title, enter to rate the movie: what the model would show you changes at once, "
        "with the ratings of yours that speak for the movie under the cursor and what each adds to its prediction. "
        "Where the data has clicks, d dislikes: the movie stays away, and what is like it sinks. "
        "± is how far off the rating may be, as a standard deviation, where the model tells. It then orders by the "
        "rating less one deviation of what it doesn't know, the part of ± that more ratings would take away; f changes "
        "that. f also filters and asks for variety; movies with few training ratings are left out at first. "
        "u shows a user of the data, in the order of the model's own factors of them, beside what they gave in test "
        "rows. The reasons are parts of what their ratings alone predict, which is said where it differs."
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
        self._advice: Advice | None = None
        self._asked: tuple[Path, float, float] | None = None
        """The run that was read last or is being read, and when its model and samples were written."""

    def compose_body(self) -> ComposeResult:
        """Ratings and what follows from them; the offer in their place where there is no model."""
        with Horizontal(id="panes"):
            yield RatedSide(id="left")
            yield ShownPane(id="shown-pane", classes="pane")
        yield Progress(id="job")
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
            if (history := self.workbench.history) is not None and history.searching is not None:
                words = "The current run is a study, whose trials have models of their own: t on Runs opens one."
            self.query_one(Offer).show("What a model would show you", words, {"2": "Train", "6": "Runs"})
        elif self._asked != (asked := (run.path, _written(run.model), _written(run.posterior))):
            if self._asked is None or self._asked[0] != run.path:
                self._counsel, self._user, self._advice = None, None, None
                self._wait(f"Reading the model of {run.name}…")
            self._asked = asked
            self._read(run)

    def _wait(self, words: str) -> None:
        for table in self.query(Table):
            table.empty = words
            table.load([])
        self.query_one(ShownPane).clear()

    @work(thread=True, exclusive=True, group="read", exit_on_error=False)
    def _read(self, run: Run) -> None:
        try:
            own = own_ratings(run.record().config.data)
            self.post_message(self.Read(run, Counsel.of(run), own))
        except MftuiError as error:
            self.post_message(self.Read(run, None, {}, str(error)))

    @on(Read)
    def _take_counsel(self, message: Read) -> None:
        if self._asked is None or message.run.path != self._asked[0]:
            return
        self._counsel, self._own = message.counsel, message.own
        if message.counsel is None:
            self._wait(message.error)
            return
        self.query_one(RatedSide).show_movies(message.counsel.movies)
        self._advise()

    # Advice

    def _advise(self) -> None:
        """Look for what to show, in a thread: a newer question replaces one that is not answered yet."""
        if self._counsel is not None:
            self._look(self._counsel, self._user, dict(self._own), self.wishes)
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
        user, counsel = self._user, message.counsel
        self.query_one(RatedSide).show(counsel, message.advice, user)
        words = in_short(self.wishes, counsel.is_sure_of_itself)
        self.query_one(ShownPane).show(counsel, message.advice, user is not None, words)

    # Rating

    def action_find(self) -> None:
        """Type a part of a title to rate the movie."""
        self.query_one(RatedSide).find()

    @on(Listing.Left)
    def _found(self) -> None:
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
        ratings, title = counsel.recommender.ratings, counsel.movies.titles[item]
        item_id = str(ratings.item_ids[item])

        def given(given: Given | None) -> None:
            if given is not None:
                self._keep(item_id, title, given)

        self.app.push_screen(RateMovie(title, ratings.scale, self._own.get(item_id)), given)

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
        self.query_one(RatedSide).leave()
        self._advise()

    # Whose, and what

    def action_user(self) -> None:
        """Look at a user of the data."""
        if self._counsel is not None:
            self.app.push_screen(ChooseUser(self._counsel.users), self._look_at)

    def _look_at(self, user: int | None) -> None:
        if user is not None:
            self._user = user
            self._advise()

    def action_you(self) -> None:
        """Back to one's own ratings."""
        self._user = None
        self._advise()

    def action_filters(self) -> None:
        """Choose what may be shown, and in which order."""
        if self._counsel is not None:
            self.app.push_screen(ChooseWishes(self.wishes, self._counsel), self._wish)

    def _wish(self, chosen: dict[str, Any] | None) -> None:
        if chosen is not None:
            self.wishes = replace(self.wishes, **chosen)
            self._advise()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done depends on whether there is a model, on whose ratings are shown, and on the job."""
        if action == "cancel":
            return self.is_busy()
        is_ready = self._counsel is not None and not self.query_one(RatedSide).is_typing
        conditions = {"you": self._user is not None, "export": not self.is_busy()}
        needs_model = action in ("find", "rate", "user", "filters", *conditions)
        return conditions.get(action, True) and is_ready if needs_model else True
