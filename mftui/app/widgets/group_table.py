"""The list of the clusters, each with a sign in its colour: the key to the colours of the map."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.style import Style

from mftui.app.cluster_index import Group
from mftui.app.cluster_tints import Tints
from mftui.app.widgets import tints
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table

_SIGN, _NUMBER = 0, 1


def _or_last(value: float | None) -> float:
    """For sorting: movies that are in no cluster come last."""
    return float("inf") if value is None else value


def _or_dash(form: str) -> Callable[[float | None], str]:
    return lambda value: "-" if value is None else format(value, form)


_COLUMNS = (
    Column("", width=1, show=lambda tint: " " if tint is None else "■", key=_or_last),
    Column("#", width=3, numeric=True, ascending=True, show=_or_dash("d"), key=_or_last),
    Column("Movies", width=6, numeric=True, show="{:,}".format),
    Column("Spread", width=6, numeric=True, ascending=True, show=_or_dash(".3f"), key=_or_last),
    Column("Set apart by", muted=True),
)


class GroupTable(Table):
    """A row a cluster, and one for the movies that are in none."""

    DEFAULT_CSS = "GroupTable {" + tints.css("group--sign") + "}"
    COMPONENT_CLASSES: ClassVar[set[str]] = tints.component_classes("group--sign")

    def __init__(self, id: str) -> None:
        super().__init__(*_COLUMNS, sort=_NUMBER, id=id)
        self._tints: list[int | None] = []

    def show(self, groups: Sequence[Group], tints: Tints, chosen: int) -> None:
        """Show these clusters, the cursor on the chosen one."""
        self._tints = [None if group.number is None else tints.of.get(group.number, 0) for group in groups]
        columns: list[list[Any]] = [
            self._tints,
            [group.number for group in groups],
            [len(group.movies) for group in groups],
            [group.spread for group in groups],
            [group.label for group in groups],
        ]
        self.load(columns, keep=chosen)

    def cell_style(self, column: int, position: int, base: Style) -> Style:
        """The sign in the cluster's colour."""
        tint = self._tints[position]
        if column == _SIGN and tint is not None:
            return self.get_component_rich_style(f"group--sign-{tint}")
        return super().cell_style(column, position, base)
