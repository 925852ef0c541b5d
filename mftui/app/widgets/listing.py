"""A table with its filter line and a title that counts: all movies, all users."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from mftui.app.widgets.filter_line import FilterLine
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table


class Listing(Vertical):
    """Says in its title how many rows there are and how many of them the filter leaves.

    One that `is_passing` serves to pick a row: `enter` in the filter line picks; `esc`, or `enter` with nothing typed,
    leaves it, and it says so.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back", show=False)]

    @dataclass
    class Left(Message):
        """A passing list was left."""

        listing: "Listing"

        @property
        def control(self) -> "Listing":
            """The list, for `@on` selectors."""
            return self.listing

    def __init__(self, noun: str, hint: str, *columns: Column, sort: int, id: str, is_passing: bool = False) -> None:
        """`noun` is what the rows are, `hint` what can be typed to find some; the table's id is `id`."""
        super().__init__(id=f"{id}-list", classes="pane")
        self.noun = noun
        self._table = Table(*columns, sort=sort, id=id)
        self._filter = FilterLine(hint)
        self._is_passing = is_passing
        self._total = 0

    def compose(self) -> ComposeResult:
        """The filter line over the table."""
        yield self._filter
        yield self._table

    def wait(self) -> None:
        """Show no rows, and say that they are being read."""
        self._filter.clear()
        self._load([], (), f"Reading the {self.noun.lower()}…")

    def fail(self, reason: str) -> None:
        """Show a sentence in place of rows."""
        self._load([], (), reason)

    def show(self, values: Sequence[Sequence[Any]], search: Sequence[str]) -> None:
        """Show these rows (see `Table.load`)."""
        self._load(values, search, "Nothing here holds this. esc shows all again.")

    @property
    def position(self) -> int | None:
        """The position of the row under the cursor."""
        return self._table.position

    @property
    def is_typing(self) -> bool:
        """Whether keys go to the filter line."""
        return self.screen.focused is self._filter.query_one(Input)

    def focus_table(self) -> None:
        """Let the keys move the cursor."""
        self._table.focus()

    def open_filter(self) -> None:
        """Let the keys narrow the rows."""
        self._filter.open()

    def sort_next(self) -> None:
        """Sort by the next column."""
        self._table.action_sort_next()

    def reverse(self) -> None:
        """Turn the order around."""
        self._table.action_reverse()

    def _load(self, values: Sequence[Sequence[Any]], search: Sequence[str], empty: str) -> None:
        self._total = len(values[0]) if values else 0
        self._table.empty = empty
        self._table.load(values, search)
        self._count()

    def _count(self) -> None:
        shown, total = self._table.row_count, self._total
        words = f"{total:,}" if shown == total else f"{shown:,} of {total:,}"
        self.border_title = f"{self.noun}  {words}" if total else self.noun

    @on(FilterLine.Changed)
    def _narrow(self, message: FilterLine.Changed) -> None:
        message.stop()
        self._table.filter(message.text)
        if self._is_passing:
            self._table.go_to_named(message.text)
        self._count()

    @on(FilterLine.Step)
    def _step(self, message: FilterLine.Step) -> None:
        message.stop()
        self._table.action_move(message.rows)

    @on(FilterLine.Closed)
    def _give_back(self, message: FilterLine.Closed) -> None:
        message.stop()
        self._table.focus()
        if self._is_passing and self._filter.text:
            # By the table itself: what a parent sends through its child goes no further than the parent.
            self._table.call_later(self._table.action_select)
        elif self._is_passing:
            self.action_leave()

    def action_leave(self) -> None:
        """Go back to where the person came from."""
        if self._is_passing:
            self._filter.clear()
            self.post_message(self.Left(self))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a passing list has somewhere to go back to."""
        return self._is_passing if action == "leave" else True
