"""The pane of the clusters, each listed with a sign in its colour: the key to the colours of the map."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.style import Style
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from mftui.app.screens.clusters import tints
from mftui.app.screens.clusters.cluster_index import ClusterIndex, Group
from mftui.app.screens.clusters.cluster_tints import Tints
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table
from mftui.core.clusters.report import Clusters, is_by_size

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


class GroupsPane(Vertical):
    """Lists the clusters, and says how they were made and what is being done about them."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id, classes="pane")

    def compose(self) -> ComposeResult:
        """A line for what is being done, over the table."""
        yield Static(id="making", markup=False)
        yield GroupTable(id="groups")

    def show(self, index: ClusterIndex, tints: Tints, chosen: int) -> None:
        """Show these clusters, the cursor on the chosen one."""
        clusters = index.clusters
        self.query_one(GroupTable).show(index.groups, tints, chosen)
        order = "" if is_by_size(clusters.space) else " in KMeans' own order"
        weights = ", weighted by ratings" if clusters.weighted else ""
        self.border_title = f"{clusters.k} cluster{'s' * (clusters.k != 1)}{order}{weights}"
        self.border_subtitle = _how_made(clusters)

    def say(self, words: str) -> None:
        """Say what is being done; nothing with an empty text."""
        making = self.query_one("#making", Static)
        making.update(words)
        making.display = bool(words)


def _how_made(clusters: Clusters) -> str:
    """How the clusters came about, and whether they are more than chance."""
    words = f"KMeans, seed {clusters.seed}"
    if (structure := clusters.structure) is None:
        return words
    if not structure.is_there:
        return f"{words} · no more structure than chance"
    return f"{words} · silhouette {structure.silhouette:.2f}, chance {structure.random:.2f}"
