"""A table that draws only the rows on the screen: 60,000 movies scroll and filter as lightly as sixty.

Cells are text from outside and are shown literally; Textual's DataTable would measure every cell first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from mftui.app.widgets.rows import Column, Rows, fit
from mftui.core.text import clean, fold

_GUTTER = 2
"""Cells before the first column, where the cursor's pointer stands."""
_MARGIN = 1
"""Cells between the last column and the scroll bar."""
_GAP = 2
"""Cells between columns."""


class Table(ScrollView, can_focus=True):
    """Rows and columns with a cursor, sorted by any column and filtered by words.

    A `position` is where a row stands in the values that were loaded, whatever the order on the screen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="table.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="table.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="table.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="table.page_down"),
        Binding("home,g", "go('first')", "First", show=False, id="table.first"),
        Binding("end,G", "go('last')", "Last", show=False, id="table.last"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--sorted",
        "table--cursor",
        "table--muted",
        "table--empty",
    }

    DEFAULT_CSS = """
    Table {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
    }
    Table > .table--header { color: $text-muted; text-style: bold; }
    Table > .table--sorted { color: $text-primary; text-style: bold; }
    Table > .table--cursor { background: $panel; }
    Table:focus > .table--cursor { background: $primary; color: $text; text-style: bold; }
    Table > .table--muted { color: $text-muted; }
    Table > .table--empty { color: $text-muted; }
    """

    cursor: reactive[int] = reactive(0, init=False, repaint=False)
    """The row under the cursor, counted among the rows that are shown."""
    empty: reactive[str] = reactive("")
    """What is said where there is no row to show."""

    @dataclass
    class Highlighted(Message):
        """The cursor stands on another row; None where there is none."""

        table: "Table"
        position: int | None

        @property
        def control(self) -> "Table":
            """The table, for `@on` selectors."""
            return self.table

    @dataclass
    class Selected(Message):
        """A row was chosen by enter or a second click."""

        table: "Table"
        position: int

        @property
        def control(self) -> "Table":
            """The table, for `@on` selectors."""
            return self.table

    @dataclass
    class Sorted(Message):
        """The rows are in another order."""

        table: "Table"

        @property
        def control(self) -> "Table":
            """The table, for `@on` selectors."""
            return self.table

    def __init__(self, *columns: Column, sort: int = 0, empty: str = "", id: str | None = None) -> None:
        """`sort` is the column to sort by at first."""
        super().__init__(id=id)
        self.columns = columns
        self.sort_column = sort
        self.descending = columns[sort].largest_first
        self.set_reactive(Table.empty, empty)
        self._rows = Rows(columns, [], [])
        self._shown: list[int] = []
        self._words: list[str] = []

    # What a screen does with it

    def load(self, values: Sequence[Sequence[Any]], search: Sequence[str] = (), keep: int | None = None) -> None:
        """Show these values, a sequence for each column.

        Args:
            values: what the columns show.
            search: the folded text of each row for the filter.
            keep: the position to put the cursor on; the first row, if not given.
        """
        self._rows = Rows(self.columns, values, search)
        self._rows.sort(self.sort_column, self.descending)
        self._show(keep)

    def filter(self, text: str) -> None:
        """Show only rows that hold every word of the text, case and accents aside; an empty text shows all."""
        self._words = fold(text).split()
        self._show(keep=self.position)

    def sort(self, column: int, descending: bool | None = None) -> None:
        """Sort by a column: numbers largest first and text from A, unless told otherwise."""
        self.sort_column = column
        self.descending = self.columns[column].largest_first if descending is None else descending
        self._rows.sort(column, self.descending)
        self._show(keep=self.position)
        self.post_message(self.Sorted(self))

    def go_to(self, position: int) -> None:
        """Put the cursor on the row of this position, where it is shown."""
        if self._passes(position):
            self.cursor = self._shown.index(position)

    def go_to_named(self, text: str) -> None:
        """Put the cursor on the first row shown whose text for the filter is this, or begins with it as a whole word.

        So the user 196 comes before one whose zip code holds these digits.
        """
        name = fold(text).strip()
        found = (row for row in self._shown if f"{self._rows.search[row]} ".startswith(f"{name} "))
        if name and (position := next(found, None)) is not None:
            self.go_to(position)

    @property
    def position(self) -> int | None:
        """The position of the row under the cursor."""
        return self._shown[self.cursor] if self.cursor < len(self._shown) else None

    @property
    def row_count(self) -> int:
        """How many rows are shown."""
        return len(self._shown)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """The header, or one row of the table."""
        width = self.scrollable_size.width
        if not self._shown:
            return self._empty_line(y, width)
        if y == 0:
            return self._header_line(width)
        row = self.scroll_offset.y + y - 1
        if row >= len(self._shown):
            return Strip.blank(width, self.rich_style)
        return self._row_line(row, width)

    def _empty_line(self, y: int, width: int) -> Strip:
        text = self.empty if y == 0 else ""
        return Strip([Segment(fit(text, width), self.get_component_rich_style("table--empty"))], width)

    def _header_line(self, width: int) -> Strip:
        plain, chosen = (self.get_component_rich_style(f"table--{name}") for name in ("header", "sorted"))
        segments = [Segment(" " * _GUTTER, plain)]
        for column, cells in self._layout(width):
            spec = self.columns[column]
            is_chosen = column == self.sort_column
            title = f"{spec.title} {'▼' if self.descending else '▲'}".lstrip() if is_chosen else spec.title
            segments.append(Segment(fit(title, cells, spec.numeric), chosen if is_chosen else plain))
            segments.append(Segment(" " * _GAP, plain))
        return Strip(segments).adjust_cell_length(width, plain)

    def _row_line(self, row: int, width: int) -> Strip:
        is_cursor = row == self.cursor
        base = self.get_component_rich_style("table--cursor") if is_cursor else self.rich_style
        position = self._shown[row]
        segments = [Segment("▸ " if is_cursor else "  ", base)]
        for column, cells in self._layout(width):
            spec = self.columns[column]
            text = clean(spec.show(self._rows.values[column][position]))
            style = base if is_cursor else self.cell_style(column, position, base)
            segments.append(Segment(fit(text, cells, spec.numeric), style))
            segments.append(Segment(" " * _GAP, base))
        return Strip(segments).adjust_cell_length(width, base)

    def cell_style(self, column: int, position: int, base: Style) -> Style:
        """How a cell is drawn where the cursor isn't; a kind of table may have colours of its own."""
        return self.get_component_rich_style("table--muted") if self.columns[column].muted else base

    def _layout(self, width: int) -> list[tuple[int, int]]:
        """The columns that fit and how wide each is."""
        kept = [c for c, spec in enumerate(self.columns) if width >= spec.needs]
        left = width - _GUTTER - sum(self.columns[c].width + _GAP for c in kept) + _GAP - _MARGIN
        shares = sum(self.columns[c].share for c in kept if not self.columns[c].width)
        return [(c, self.columns[c].width or max(4, left * self.columns[c].share // shares)) for c in kept]

    # Moving

    def validate_cursor(self, cursor: int) -> int:
        """The cursor stays on the rows that are shown."""
        return max(0, min(cursor, len(self._shown) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Bring the row into view, and repaint no more than needed."""
        self.refresh_line(old + 1)
        self.refresh_line(new + 1)
        self._bring_into_view()
        self.post_message(self.Highlighted(self, self.position))

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.cursor += rows

    def action_page(self, pages: int) -> None:
        """Move the cursor by what fits on the screen."""
        self.cursor += pages * max(1, self.size.height - 2)

    def action_go(self, where: str) -> None:
        """To the first or the last row."""
        self.cursor = 0 if where == "first" else len(self._shown) - 1

    def action_select(self) -> None:
        """Choose the row under the cursor."""
        if self.position is not None:
            self.post_message(self.Selected(self, self.position))

    def action_sort_next(self) -> None:
        """Sort by the next column that is on the screen."""
        visible = [column for column, _ in self._layout(self.scrollable_size.width)]
        later = [column for column in visible if column > self.sort_column]
        self.sort(later[0] if later else visible[0])

    def action_reverse(self) -> None:
        """Turn the order around."""
        self.sort(self.sort_column, not self.descending)

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, a second one chooses, one on the header sorts."""
        offset = event.get_content_offset(self)
        if offset is None or not self._shown:
            return
        if offset.y == 0:
            self._click_header(offset.x)
        elif (row := self.scroll_offset.y + offset.y - 1) < len(self._shown):
            if row == self.cursor:
                self.action_select()
            self.cursor = row

    def _click_header(self, x: int) -> None:
        left = _GUTTER
        for column, cells in self._layout(self.scrollable_size.width):
            if left <= x < left + cells + _GAP:
                same = column == self.sort_column
                self.sort(column, not self.descending if same else None)
                return
            left += cells + _GAP

    def on_resize(self) -> None:
        """Keep the cursor in view in the new size."""
        self._bring_into_view()

    def watch_empty(self) -> None:
        """Say the new words where there is nothing else to show."""
        self.refresh()

    def _show(self, keep: int | None) -> None:
        """Take the rows that pass the filter, with the cursor on the row it was on or on the first."""
        self._shown = self._rows.matching(self._words)
        kept = self._shown.index(keep) if keep is not None and self._passes(keep) else 0
        self.virtual_size = Size(0, len(self._shown) + 1)
        self.set_reactive(Table.cursor, kept)
        self.refresh()
        self._bring_into_view()
        self.post_message(self.Highlighted(self, self.position))

    def _passes(self, position: int) -> bool:
        return position < len(self._rows.order) and self._rows.holds(position, self._words)

    def _bring_into_view(self) -> None:
        top, height = round(self.scroll_y), max(1, self.size.height - 1)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)
