"""A scrolling log that draws only the rows on the screen; lines that are too long go on below."""

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from mftui.core.text import clean

KEPT = 2_000
"""Lines that are kept; older ones are in the run's files."""
_INDENT = 2
"""Cells before what a line goes on with."""


class LogView(ScrollView, can_focus=False):
    """Lines of text, the newest at the bottom; it follows them unless it was scrolled up."""

    DEFAULT_CSS = """
    LogView {
        height: 1fr;
        background: $background;
        scrollbar-size-horizontal: 0;
        .log--line { color: $foreground; }
        .log--quiet { color: $foreground 60%; }
        .log--good { color: $success; }
        .log--warning { color: $warning; }
        .log--error { color: $error; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"log--line", "log--quiet", "log--good", "log--warning", "log--error"}

    def __init__(self, id: str | None = None, follow: bool = True) -> None:
        """Start empty; `follow` says whether it goes along with the newest line, or begins at the first."""
        super().__init__(id=id)
        self._follow = follow
        self._lines: list[tuple[str, str]] = []
        self._rows: list[tuple[str, str]] = []
        """The lines as they are shown, those that are too long for the width on several rows."""
        self._width = 0
        self._following = follow

    def on_resize(self) -> None:
        """Lay the lines out for another width; stay with the newest."""
        # Without what the scroll bar takes, so that its coming and going changes nothing.
        if (width := self.size.width - self.styles.scrollbar_size_vertical) != self._width:
            self._width = width
            self._rows = [row for line in self._lines for row in self._laid_out(line)]
            self._show(self._following)
        elif self._following:
            self.scroll_end(animate=False, immediate=True, x_axis=False)

    def clear(self) -> None:
        """Forget all lines."""
        self._lines.clear()
        self._rows.clear()
        self._show(self._follow)

    def write(self, lines: list[tuple[str, str]]) -> None:
        """Add lines, each a text and what kind it is: line, quiet, good, warning or error."""
        if lines:
            fresh = [(clean(text, keep_spaces=True), kind) for text, kind in lines]
            self._lines += fresh
            if len(self._lines) > 1.25 * KEPT:  # seldom, since the place of what is shown moves with it
                self._lines, self._rows, fresh = [], [], self._lines[-KEPT:]
                self._lines += fresh
            self._rows += [row for line in fresh for row in self._laid_out(line)]
            self._show(self._following)

    def render_line(self, y: int) -> Strip:
        """A line of the part that is on the screen."""
        width = self.scrollable_content_region.width
        index = y + round(self.scroll_offset.y)
        if index >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        text, kind = self._rows[index]
        strip = Strip([Segment(text, self.get_component_rich_style(f"log--{kind}"))])
        return strip.adjust_cell_length(width, self.rich_style)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the newest line again when the person came back to it."""
        super().watch_scroll_y(old_value, new_value)
        self._following = self._follow and self.is_vertical_scroll_end

    def _laid_out(self, line: tuple[str, str]) -> list[tuple[str, str]]:
        """The rows of a line: what doesn't fit goes on indented."""
        text, kind = line
        if self._width < _INDENT + 8 or cell_len(text) <= self._width:
            return [line]
        first, *rest = Content(text).wrap(self._width - _INDENT)
        return [(first.plain, kind), *((" " * _INDENT + row.plain, kind) for row in rest)]

    def _show(self, follow: bool) -> None:
        size = Size(0, len(self._rows))
        if self.show_vertical_scrollbar and size.height > self.container_size.height:
            # The scroll bar stays, so nothing moves: a new layout would repaint the whole screen.
            self.set_reactive(LogView.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
        else:
            self.virtual_size = size
        self._following = follow
        if follow:
            self.scroll_end(animate=False, immediate=True, x_axis=False)
        self.refresh()
