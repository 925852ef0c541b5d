"""What is known of a movie: its facts and ratings, and the movies most like it, over which one walks on and back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mftui.app.movies import Likeness, Movies, likeness
from mftui.app.widgets.histogram import Bars, Columns, counted
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table
from mftui.core.errors import MftuiError
from mftui.core.runs.directory import Run

_COLUMNS = (
    Column("Most alike", share=1),
    Column("Ratings", width=9, numeric=True, show="{:,}".format),
    Column("Cosine", width=8, numeric=True, show="{:.3f}".format),
)
_COSINE = 2
_LINES = 5
"""Values of the scale that have a line each; more of them, as half stars make, stand side by side."""


class MoviePanel(Vertical):
    """Shows one movie at a time; `enter` walks on to one that is alike, `backspace` back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "turn", "Walk on", id="movie.turn", key_display="⏎", tooltip="To the movie under the cursor"),
        Binding("backspace", "back", "Walk back", id="movie.back", key_display="⌫", tooltip="To the movie before"),
    ]
    DEFAULT_CSS = """
    MoviePanel { height: 1fr; }
    MoviePanel > #about { height: auto; margin-bottom: 1; }
    MoviePanel #facts { width: 1fr; height: auto; margin-right: 2; }
    MoviePanel Bars, MoviePanel Columns { width: 1fr; }
    MoviePanel Columns { height: 5; display: none; }
    MoviePanel > #alike-heading { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    .-low MoviePanel > #about { margin-bottom: 0; }
    """

    @dataclass
    class Turned(Message):
        """Another movie is shown than was opened: the person walked to it."""

        item_id: str

    @dataclass
    class Shown(Message):
        """A movie that was looked up is on the screen; the title is empty where nothing could be."""

        title: str

    @dataclass
    class Read(Message):
        """What there is to know of a movie has been looked up; `reason` says why nothing could be."""

        item_id: str
        movies: Movies | None
        histogram: list[tuple[float, int]]
        found: Likeness

    def __init__(self, source: Callable[[], tuple[Movies, Run | None]], id: str | None = None) -> None:
        """`source` gives the movies and the run whose model compares them; called in a thread, it may take its time."""
        super().__init__(id=id)
        self._source = source
        self._path: list[str] = []
        """The movies that were walked over, by id, the one that is shown last."""
        self._movies: Movies | None = None
        self._found = Likeness([], "")

    def compose(self) -> ComposeResult:
        """Facts beside the histogram, and the neighbours below."""
        with Horizontal(id="about"):
            yield Static(id="facts", markup=False)
            yield Bars()
            yield Columns(id="fine")
        yield Static(id="alike-heading", markup=False)
        yield Table(*_COLUMNS, sort=_COSINE, id="alike")

    @property
    def item_id(self) -> str | None:
        """The movie that is shown."""
        return self._path[-1] if self._path else None

    def open(self, item_id: str) -> None:
        """Show a movie, from which a walk begins."""
        self._path = [item_id]
        if self._movies is None:
            self.query_one(Table).empty = "Looking…"
        self._look_up(item_id)

    def forget(self) -> None:
        """Show no movie any more: what was found is of another model."""
        self._path, self._movies = [], None

    def action_turn(self) -> None:
        """Walk on to the movie under the cursor."""
        row, movies = self.query_one(Table).position, self._movies
        if row is not None and movies is not None:
            item_id = str(movies.ratings.item_ids[self._found.alike[row].position])
            self._path.append(item_id)
            self._look_up(item_id)
            self.post_message(self.Turned(item_id))

    @on(Table.Selected)
    def _selected(self, message: Table.Selected) -> None:
        message.stop()
        self.action_turn()

    def action_back(self) -> None:
        """To the movie before."""
        self.walk_back()

    def walk_back(self) -> bool:
        """Go back to the movie before; False where the walk began."""
        if len(self._path) < 2:
            return False
        self._path.pop()
        self._look_up(self._path[-1])
        self.post_message(self.Turned(self._path[-1]))
        return True

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _look_up(self, item_id: str) -> None:
        news = self.Read(item_id, None, [], Likeness([], "The ratings don't hold this movie."))
        try:
            movies, run = self._source()
            if (position := movies.positions.get(item_id)) is not None:
                news = self.Read(item_id, movies, movies.histogram(position), likeness(run, movies, position))
        except (MftuiError, OSError) as error:
            news.found = Likeness([], str(error))
        self.post_message(news)

    @on(Read)
    def _take(self, message: Read) -> None:
        message.stop()
        if message.item_id != self.item_id:
            return
        self._movies, self._found = message.movies, message.found
        title = facts = ""
        alike, table = message.found.alike, self.query_one(Table)
        counts: list[int] = []
        if (movies := message.movies) is not None:
            position = movies.positions[message.item_id]
            title = movies.titles[position]
            facts, counts = _facts(movies, position, message.found), [movies.counts[n.position] for n in alike]
        self.query_one("#facts", Static).update(facts)
        self._draw_histogram([(f"{value:g}", n) for value, n in message.histogram])
        self.query_one("#alike-heading", Static).update(Content(message.found.heading if alike else ""))
        table.empty = message.found.heading
        table.load([[n.title for n in alike], counts, [n.similarity for n in alike]])
        self.post_message(self.Shown(title))

    def _draw_histogram(self, counts: list[tuple[str, int]]) -> None:
        bars, columns = self.query_one(Bars), self.query_one(Columns)
        bars.display, columns.display = len(counts) <= _LINES, len(counts) > _LINES
        bars.bars = tuple(counted(counts))
        columns.values = tuple(float(n) for _, n in counts)
        columns.ends = (counts[0][0], counts[-1][0]) if counts else ("", "")


def _facts(movies: Movies, position: int, found: Likeness) -> str:
    """Year, genres, and how many ratings speak of it."""
    lines = [str(movies.years[position])] if movies.years[position] else []
    lines += [movies.genres[position]] if movies.genres[position] else []
    lines.append(f"{movies.counts[position]:,} ratings, mean {movies.means[position]:.2f}")
    if found.trained_on is not None:
        lines.append(f"trained on {found.trained_on:,} of them")
    return "\n".join(lines)
