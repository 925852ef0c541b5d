"""A scrolling log of single lines that draws only those on the screen."""

from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from mftui.core.text import clean


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

    def __init__(self, id: str | None = None) -> None:
        """Start empty."""
        super().__init__(id=id)
        self._lines: list[tuple[str, str]] = []
        self._following = True

    def on_resize(self) -> None:
        """Stay with the newest line."""
        if self._following:
            self.scroll_end(animate=False, immediate=True, x_axis=False)

    def clear(self) -> None:
        """Forget all lines."""
        self._lines.clear()
        self._show(follow=True)

    def write(self, lines: list[tuple[str, str]]) -> None:
        """Add lines, each a text and what kind it is: line, quiet, good, warning or error."""
        if lines:
            self._lines += [(clean(text), kind) for text, kind in lines]
            self._show(self._following)

    def render_line(self, y: int) -> Strip:
        """A line of the part that is on the screen."""
        width = self.scrollable_content_region.width
        index = y + round(self.scroll_offset.y)
        if index >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        text, kind = self._lines[index]
        strip = Strip([Segment(text, self.get_component_rich_style(f"log--{kind}"))])
        return strip.adjust_cell_length(width, self.rich_style)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the newest line again when the person came back to it."""
        super().watch_scroll_y(old_value, new_value)
        self._following = self.is_vertical_scroll_end

    def _show(self, follow: bool) -> None:
        self.virtual_size = Size(0, len(self._lines))
        self._following = follow
        if follow:
            self.scroll_end(animate=False, immediate=True, x_axis=False)
        self.refresh()
