"""The movies as dots in a plane: the chosen cluster lit, a cursor that names the dot it stands on, and a zoom."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from mftui.app.screens.clusters import tints
from mftui.app.screens.clusters.cluster_cloud import Cloud
from mftui.app.screens.clusters.map_numbers import placed
from mftui.app.screens.clusters.map_view import MapView, Point
from mftui.app.widgets.braille import ASCII, Canvas, Dots, dots_of_terminal
from mftui.app.widgets.rows import fit
from mftui.core.text import clean

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REST, _LIT, _CURSOR, _TEXT = 4, 1, 2, 3
_TINTED_REST, _TINTED_LIT = 20, 40
"""The pens of the first tint; those of the others follow."""


class ClusterMap(Widget, can_focus=True):
    """One line on what is drawn, the dots, and one line on the dot under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "go(-1, 0)", "Left", show=False, id="map.left"),
        Binding("right,l", "go(1, 0)", "Right", show=False, id="map.right"),
        Binding("up,k", "go(0, 1)", "Up", show=False, id="map.up"),
        Binding("down,j", "go(0, -1)", "Down", show=False, id="map.down"),
        Binding("shift+left,H", "pan(-1, 0)", "Pan left", show=False, id="map.pan_left"),
        Binding("shift+right,L", "pan(1, 0)", "Pan right", show=False, id="map.pan_right"),
        Binding("shift+up,K", "pan(0, 1)", "Pan up", show=False, id="map.pan_up"),
        Binding("shift+down,J", "pan(0, -1)", "Pan down", show=False, id="map.pan_down"),
        Binding("enter", "choose", "Cluster", show=False, id="map.choose"),
    ]
    DEFAULT_CSS = f"""
    ClusterMap {{
        height: 1fr;
        .map--rest {{ color: $foreground 35%; }}
        .map--lit {{ color: $accent; text-style: bold; }}
        .map--cursor {{ color: $foreground; text-style: bold; }}
        .map--text {{ color: $foreground 70%; }}
        {tints.css("map--lit", more="text-style: bold;")}
        {tints.css("map--rest", alpha="45%")}
    }}
    ClusterMap:ansi {{ {tints.css_without_tints("map--rest", "ansi_bright_black")} }}
    """
    _STYLES: ClassVar[dict[int, str]] = {
        0: "map--text",
        _REST: "map--rest",
        _LIT: "map--lit",
        _CURSOR: "map--cursor",
        _TEXT: "map--text",
        **{_TINTED_LIT + tint: f"map--lit-{tint}" for tint in range(tints.N_TINTS)},
        **{_TINTED_REST + tint: f"map--rest-{tint}" for tint in range(tints.N_TINTS)},
    }
    COMPONENT_CLASSES: ClassVar[set[str]] = set(_STYLES.values())

    @dataclass
    class Chosen(Message):
        """The dot under the cursor was chosen."""

        dot: int

    def __init__(self, *, dots: Dots | None = None, id: str | None = None) -> None:
        super().__init__(id=id)
        self.words = ""
        """What is said while there are no dots."""
        self._cloud: Cloud | None = None
        self._group = 0
        self._dot = 0
        self._view = MapView()
        self._dots = dots or dots_of_terminal()
        self._style: dict[int, Style] = {}
        self._strips: list[Strip] = []

    # What a screen does with it

    def show(self, cloud: Cloud | None, words: str = "", keep_view: bool = False) -> None:
        """Draw these dots, from afar unless told otherwise; where there are none, say the words.

        The view can be kept where the dots are the same in other groups.
        """
        self._cloud, self.words = (cloud if cloud is not None and cloud.titles else None), words
        if not keep_view:
            self._dot = 0
            if self._cloud is not None:
                self._view.hold(self._cloud.points)
        self.draw()

    def light(self, group: int) -> None:
        """Light the dots of a group."""
        self._group = group
        self.draw()

    def go_to(self, dot: int) -> None:
        """Put the cursor on a dot, and bring it into view."""
        if self._cloud is not None and 0 <= dot < len(self._cloud.titles):
            self._dot = dot
            self._view.look_at(self._at)
            self.draw()

    def zoom(self, steps: int) -> None:
        """Nearer to the dot under the cursor, or back."""
        if self._cloud is not None:
            self._view.zoom(steps, self._at)
            self.draw()

    # Moving

    def action_go(self, right: int, up: int) -> None:
        """To the nearest dot that lies in a direction rather than aside of it, and is seen to be elsewhere."""
        if self._cloud is None:
            return
        import numpy as np

        x, y = self._view.cells(self._cloud.points)
        along = (x - x[self._dot]) * right + (y[self._dot] - y) * up * 2
        aside = np.abs((y - y[self._dot]) * 2 if right else x - x[self._dot])
        that_way = (along >= 0.5) & (along >= aside)
        if that_way.any():
            self.go_to(int(np.where(that_way, along + aside, np.inf).argmin()))

    def action_pan(self, right: int, up: int) -> None:
        """Look beside what is in view, when zoomed; a cursor that would be left behind takes the dot in the middle."""
        if self._cloud is not None and self._view.is_zoomed:
            self._view.pan(right, up)
            if not self._view.shows(self._at):
                self._dot = self._view.middlemost(self._cloud.points)
            self.draw()

    def action_choose(self) -> None:
        """Tell which dot was chosen."""
        if self._cloud is not None:
            self.post_message(self.Chosen(self._dot))

    # Drawing

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new size."""
        self.draw()

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        super().notify_style_update()
        if self.is_mounted:
            self.draw()

    def render_line(self, y: int) -> Strip:
        """A row, as it was drawn last."""
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

    def draw(self) -> None:
        """Draw everything."""
        self._style = {pen: self.get_component_rich_style(name) for pen, name in self._STYLES.items()}
        view = self._view
        view.columns, view.rows = self.size.width, max(self.size.height - 2, 0)
        old, self._strips = self._strips, self._lines() if view.columns and view.rows else []
        if len(old) != len(self._strips) or not old:
            self.refresh()
            return
        pairs = zip(old, self._strips, strict=True)
        if changed := [Region(0, y, self.size.width, 1) for y, (before, now) in enumerate(pairs) if before != now]:
            self.refresh(*changed)

    def _lines(self) -> list[Strip]:
        cloud, columns, rows = self._cloud, self._view.columns, self._view.rows
        if cloud is None:
            return [self._strip([(fit(self.words, columns), _TEXT)])]
        import numpy as np

        x, y = self._view.cells(cloud.points)
        across, down = (
            np.floor(x * self._dots.across).astype(np.int32),
            np.floor(y * self._dots.down).astype(np.int32),
        )
        canvas, lit = Canvas(columns, rows, self._dots), cloud.groups == self._group
        if self._dots is ASCII:  # letters stand for pens there, and are to tell the lit from the rest
            rest: int | NDArray[np.uint8] = _REST
            own = _LIT
        else:
            rest = (_TINTED_REST + cloud.tints[cloud.groups[~lit]]).astype(np.uint8)
            own = _TINTED_LIT + int(cloud.tints[self._group]) if self._group < len(cloud.tints) else _LIT
        canvas.scatter(across[~lit], down[~lit], rest)
        canvas.scatter(across[lit], down[lit], own)
        said = f"{len(cloud.titles):,} movies, {cloud.words}"
        said += f" · zoom {self._view.magnification:.1f}" if self._view.is_zoomed else ""
        lines = [self._strip([(fit(said, columns), _TEXT)])]
        column, line = int(x[self._dot] // 1), int(y[self._dot] // 1)
        mark = "@" if self._dots is ASCII else "◆"
        cells = {group: (float(x[dot]), float(y[dot])) for group, dot in cloud.middles.items()}
        numbers = placed(cells, cloud.numbers, self._group, columns)
        for row in range(rows):
            runs = list(canvas.row(row))
            for number in numbers.get(row, []):
                pen = _CURSOR if number.group == self._group else _TINTED_LIT + int(cloud.tints[number.group])
                runs = _over(runs, number.column, number.text, pen)
            if row == line and 0 <= column < columns:
                runs = _over(runs, column, mark, _CURSOR)
            lines.append(self._strip(runs))
        title = fit(f"{mark} {clean(cloud.titles[self._dot])}", columns)
        return [*lines, self._strip([(title, own if lit[self._dot] else _TEXT)])]

    def _strip(self, runs: list[tuple[str, int]]) -> Strip:
        segments = [Segment(text, self._style[pen]) for text, pen in runs]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    @property
    def _at(self) -> Point:
        """Where the dot under the cursor lies."""
        assert self._cloud is not None
        x, y = self._cloud.points[self._dot].tolist()
        return x, y


def _over(runs: list[tuple[str, int]], column: int, text: str, pen: int) -> list[tuple[str, int]]:
    """The runs of a row with a text over some of its cells."""
    before, after, at = [], [], 0
    for run, own in runs:
        before.append((run[: max(column - at, 0)], own))
        after.append((run[max(column + len(text) - at, 0) :], own))
        at += len(run)
    return [run for run in (*before, (text, pen), *after) if run[0]]
