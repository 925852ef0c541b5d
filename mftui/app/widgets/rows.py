"""The rows of a table apart from their drawing: how columns are written and sorted, and which rows a filter leaves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len, set_cell_size

from mftui.core.text import fold


@dataclass(frozen=True)
class Column:
    """How one column is shown and sorted. Cells are formatted only when they are drawn."""

    title: str
    width: int = 0
    """Cells wide; 0 takes a share of what the others leave."""
    share: int = 1
    """How large that share is."""
    numeric: bool = False
    """Right-aligned, and sorted largest first."""
    ascending: bool = False
    """Sorted smallest first all the same."""
    muted: bool = False
    """Drawn less strongly, where other columns matter more."""
    needs: int = 0
    """The column is left out of a table narrower than this."""
    show: Callable[[Any], str] = str
    """How a value is written."""
    key: Callable[[Any], Any] | None = None
    """What to sort by; text is sorted by its folded form, numbers by themselves."""

    @property
    def largest_first(self) -> bool:
        """Whether sorting begins with the largest."""
        return self.numeric and not self.ascending


class Rows:
    """The values of a table by column, their order, and what is left of them by a filter."""

    def __init__(self, columns: Sequence[Column], values: Sequence[Sequence[Any]], search: Sequence[str]) -> None:
        self.columns = columns
        self.values = values
        self.search = search
        self.order: list[int] = list(range(len(values[0]) if values else 0))
        self._keys: dict[int, list[Any]] = {}

    def sort(self, column: int, descending: bool) -> None:
        """Put all rows in order; ties keep the order in which they came."""
        if column not in self._keys:
            spec = self.columns[column]
            key = spec.key or ((lambda value: value) if spec.numeric else (lambda value: fold(spec.show(value))))
            self._keys[column] = [key(value) for value in self.values[column]] if self.values else []
        keys = self._keys[column]
        self.order = sorted(range(len(keys)), key=keys.__getitem__, reverse=descending)

    def matching(self, words: Sequence[str]) -> list[int]:
        """The rows, in order, whose folded text holds every one of these words somewhere."""
        found, search = self.order, self.search
        for word in sorted(words, key=len, reverse=True):
            found = [row for row in found if word in search[row]]
        return found

    def holds(self, row: int, words: Sequence[str]) -> bool:
        """Whether the folded text of a row holds every one of these words."""
        return all(word in self.search[row] for word in words)


def fit(text: str, width: int, right: bool = False) -> str:
    """The text in exactly so many cells: padded left or right, or cut with an ellipsis; wide characters count two."""
    length = cell_len(text)
    if length > width:
        return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width) if width > 0 else ""
    space = " " * (width - length)
    return space + text if right else text + space
