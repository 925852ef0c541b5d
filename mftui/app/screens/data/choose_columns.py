"""The dialog that shows what a file's columns are taken for, to be corrected before it is read."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from mftui.app.screens.data.column_grid import ColumnGrid, column_name
from mftui.app.screens.dialog import Dialog
from mftui.core.data.roles import NEEDED, ROLES
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.data.readers.sniff import Table


class ChooseColumns(Dialog[str | None]):
    """Its result is `user=…,item=…,rating=…,timestamp=…`, empty where nothing was corrected; None if it was left."""

    CSS_PATH = "choose_columns.tcss"
    HELP = "Which column of the file is which: a key says so of the one under the cursor."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open"),
        Binding("left,h", "move(-1)", "Left"),
        Binding("right,l", "move(1)", "Right"),
        Binding("u", "take('user')", "User"),
        Binding("i", "take('item')", "Item"),
        Binding("r", "take('rating')", "Rating"),
        Binding("t", "take('timestamp')", "Timestamp"),
    ]

    def __init__(self, path: str, table: "Table") -> None:
        super().__init__()
        self._path = path
        self._table = table
        self._roles = dict(table.roles)

    def compose(self) -> ComposeResult:
        """The file's first rows, what is still missing, and the keys."""
        with Vertical(id="columns", classes="dialog") as box:
            box.border_title = Content(f"Columns of {clean(self._path)}")
            box.border_subtitle = "enter opens · esc goes back"
            hint = f"← → go over the {self._table.n_fields} columns · u user · i item · r rating · t timestamp"
            yield Static(hint, classes="muted")
            yield ColumnGrid(self._table)
            yield Static(id="verdict", markup=False)

    def on_mount(self) -> None:
        """Show what was found by name or content."""
        self._show()

    def action_move(self, columns: int) -> None:
        """Move the cursor."""
        self.query_one(ColumnGrid).cursor += columns

    def action_take(self, role: str) -> None:
        """Let the column under the cursor have a role; a column has one, and a role one column."""
        column = self.query_one(ColumnGrid).cursor
        kept = {r: field for r, field in self._roles.items() if field != column}
        self._roles = {r: (kept | {role: column})[r] for r in ROLES if r in kept or r == role}
        self._show()

    def action_choose(self) -> None:
        """Open with these columns, once there is what is needed."""
        if not self._missing():
            self.dismiss("" if self._roles == self._table.roles else self._as_setting())

    def _show(self) -> None:
        self.query_one(ColumnGrid).roles = dict(self._roles)
        missing = self._missing()
        verdict = self.query_one("#verdict", Static)
        verdict.set_class(bool(missing), "-missing")
        if missing:
            verdict.update(f"Say which column is the {' and which the '.join(missing)}.")
        else:
            taken = ", ".join(f"{role} = {column_name(self._table, field)}" for role, field in self._roles.items())
            verdict.update(taken)

    def _missing(self) -> list[str]:
        needed = NEEDED[:2] if replace(self._table, roles=self._roles).has_clicks else NEEDED
        return [role for role in needed if role not in self._roles]

    def _as_setting(self) -> str:
        """By name; by number where the name is another's, too, or can't be written."""
        header = list(self._table.header)

        def told(field: int) -> str:
            name = header[field].strip() if field < len(header) else ""
            plain = name and header.count(header[field]) == 1 and not set(name) & set(",=") and clean(name) == name
            return name if plain and not name.isdecimal() else str(field + 1)

        return ",".join(f"{role}={told(field)}" for role, field in self._roles.items())
