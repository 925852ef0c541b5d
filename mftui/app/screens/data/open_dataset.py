"""The dialog that opens another dataset: one of the named ones, or a path."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Input, Static

from mftui.app.screens.dialog import Dialog
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table
from mftui.core.data.catalog import CATALOG, is_fetched
from mftui.core.data.recent import Recent, recent
from mftui.core.text import clean, day

_COLUMNS = (
    Column("Dataset", share=1),
    Column("Users", width=9, numeric=True, show="{:,}".format, needs=88),
    Column("Movies", width=9, numeric=True, show="{:,}".format, needs=88),
    Column("Ratings", width=10, numeric=True, show="{:,}".format),
    Column("MB", width=5, numeric=True, show="{:.1f}".format),
    Column("Licence", width=11, muted=True, needs=60),
    Column("", width=7),
)
_RATINGS = 3
_RECENT = (
    Column("Opened before", show=clean),
    Column("Last", width=10, numeric=True, muted=True, show=lambda moment: day(int(moment))),
)


class PathSuggester(Suggester):
    """Completes a path as far as the file system knows it."""

    async def get_suggestion(self, value: str) -> str | None:
        """The first entry, by name, that begins as the path does; hidden ones only when asked for, odd ones never."""
        head, slash, beginning = value.rpartition("/")
        folder = Path((head or slash) or ".").expanduser()
        try:
            names = sorted(entry.name + "/" * entry.is_dir() for entry in folder.iterdir())
        except OSError:
            return None
        shown = (n for n in names if clean(n, keep_spaces=True) == n and (beginning or not n.startswith(".")))
        found = next((n for n in shown if n.startswith(beginning)), None)
        return None if found is None or not value else head + slash + found


class OpenDataset(Dialog[str | Recent | None]):
    """Its result is the name or the path that was chosen, a path that was opened before, or None."""

    CSS_PATH = "open_dataset.tcss"
    HELP = (
        "The named datasets, which are fetched when asked for, and what you opened before; or a file, folder or "
        "archive of your own by its path."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back"),
        Binding("enter", "choose", "Open"),
        Binding("slash", "path", "Path"),
    ]

    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = current
        self._names = list(CATALOG)
        self._recent = recent()

    def compose(self) -> ComposeResult:
        """The named datasets, the licence of the one under the cursor, and a line for a path."""
        with Vertical(id="open", classes="dialog") as box:
            box.border_title = "Open a dataset"
            box.border_subtitle = "enter opens · tab your own · / a path, → completes it · esc closes"
            yield Table(*_COLUMNS, sort=_RATINGS, id="named")
            yield Static(id="licence", markup=False)
            yield Static("A file, folder or zip of your own", classes="heading")
            yield Table(*_RECENT, sort=1, id="recent")
            yield Input(placeholder="/ to type its path", compact=True, suggester=PathSuggester(use_cache=False))

    def on_mount(self) -> None:
        """Smallest first, the cursor on the current one."""
        entries = list(CATALOG.values())
        own = self.query_one("#recent", Table)
        own.display = bool(self._recent)
        own.load([[one.path for one in self._recent], [one.opened for one in self._recent]])
        table = self.query_one("#named", Table)
        table.load(
            [
                [e.title for e in entries],
                [e.users for e in entries],
                [e.items for e in entries],
                [e.ratings for e in entries],
                [e.megabytes for e in entries],
                [e.terms for e in entries],
                ["fetched" if is_fetched(e.name) else "" for e in entries],
            ]
        )
        table.sort(_RATINGS, descending=False)
        table.go_to(self._names.index(self._current) if self._current in self._names else 0)
        table.focus()

    @on(Table.Highlighted, "#named")
    def _tell_licence(self, message: Table.Highlighted) -> None:
        if message.position is not None:
            entry = CATALOG[self._names[message.position]]
            words = f"{entry.users:,} users, {entry.items:,} movies. {entry.licence}"
            self.query_one("#licence", Static).update(Content(words))

    @on(Table.Selected)
    def action_choose(self) -> None:
        """Take the dataset under the cursor of the list that has the focus."""
        own = self.query_one("#recent", Table)
        position = (own if own.has_focus else self.query_one("#named", Table)).position
        if position is not None:
            self.dismiss(self._recent[position] if own.has_focus else self._names[position])

    def action_path(self) -> None:
        """Type a path."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _take_path(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(str(Path(event.value.strip()).expanduser()))

    def action_back(self) -> None:
        """From the path to the list, from the list back to the screen."""
        if self.query_one(Input).has_focus:
            self.query_one("#named", Table).focus()
        else:
            self.dismiss(None)
