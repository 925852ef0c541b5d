"""What the two tables of the Recommend screen have in common: cells that may be empty, and columns that change."""

from collections.abc import Sequence

from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table


def figure(value: float | None) -> str:
    """A prediction or a deviation, where there is one."""
    return "" if value is None else f"{value:.2f}"


def plain(value: float | None) -> str:
    """A rating, where there is one."""
    return "" if value is None else f"{value:g}"


def refill(table: Table, columns: tuple[Column, ...], sort: int, values: Sequence[Sequence[object]]) -> None:
    """Load a table whose columns depend on whose ratings it shows, in the order of one of them."""
    keep = table.position if table.columns is columns else None
    table.columns, table.sort_column, table.descending = columns, sort, columns[sort].largest_first
    table.load(values, keep=keep if keep is not None and values[0] and keep < len(values[0]) else None)
