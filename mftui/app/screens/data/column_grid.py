"""The first rows of a file with the role of every column above it, and a cursor that walks over the columns."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from mftui.app.widgets.rows import fit
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.data.readers.sniff import Table

_CELLS = 16
_GAP = 2


class ColumnGrid(Widget):
    """Roles, names and first rows; as many columns as fit, those around the cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"grid--role", "grid--name", "grid--cursor", "grid--cell"}

    DEFAULT_CSS = """
    ColumnGrid { height: 8; }
    ColumnGrid > .grid--role { color: $text-accent; text-style: bold; }
    ColumnGrid > .grid--name { text-style: bold; }
    ColumnGrid > .grid--cursor { background: $primary; color: $text; text-style: bold; }
    ColumnGrid > .grid--cell { color: $text-muted; }
    """

    cursor: reactive[int] = reactive(0)
    """The column that keys speak of, counted from 0."""
    roles: reactive[Mapping[str, int]] = reactive(dict)
    """The column of each role."""

    def __init__(self, table: "Table") -> None:
        super().__init__()
        self.table = table

    def validate_cursor(self, cursor: int) -> int:
        """The cursor stays on the columns."""
        return max(0, min(cursor, self.table.n_fields - 1))

    def render_line(self, y: int) -> Strip:
        """The roles, the names, then the rows."""
        width = self.size.width
        segments = []
        for column in self._visible(width):
            text, kind = self._cell(column, y)
            style = "cursor" if column == self.cursor and y < 2 else kind
            segments.append(Segment(fit(text, _CELLS), self.get_component_rich_style(f"grid--{style}")))
            segments.append(Segment(" " * _GAP, self.rich_style))
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _visible(self, width: int) -> range:
        n_shown = max(1, (width + _GAP) // (_CELLS + _GAP))
        first = max(0, min(self.cursor - n_shown // 2, self.table.n_fields - n_shown))
        return range(first, min(first + n_shown, self.table.n_fields))

    def _cell(self, column: int, y: int) -> tuple[str, str]:
        """What stands in one cell, and how it is drawn."""
        if y == 0:
            return next((role for role, field in self.roles.items() if field == column), "-"), "role"
        if y == 1:
            return column_name(self.table, column), "name"
        rows = self.table.rows
        row = rows[y - 2] if y - 2 < len(rows) else ()
        return clean(row[column]) if column < len(row) else "", "cell"


def column_name(table: "Table", column: int) -> str:
    """What to call a column: its name, or its number from 1."""
    return clean(table.header[column]) if column < len(table.header) else f"column {column + 1}"
