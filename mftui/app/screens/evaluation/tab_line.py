"""A line that names the tabs of a screen, the one in front lit."""

from collections.abc import Mapping

from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static


class TabLine(Static):
    """Shows names only: the screen switches, by its own keys, and by its action `bring` where one is clicked on."""

    DEFAULT_CSS = """
    TabLine { height: 1; padding: 0 1; }
    """

    current: reactive[str] = reactive("")

    def __init__(self, tabs: Mapping[str, str], current: str, *, id: str | None = None) -> None:
        """`tabs` are the names by what they stand for."""
        super().__init__(id=id)
        self._tabs = tabs
        self.set_reactive(TabLine.current, current)

    def on_mount(self) -> None:
        """Show the first."""
        self.auto_links = False  # they look as they are
        self.watch_current()

    def watch_current(self) -> None:
        """Light the name of the tab in front."""
        parts = [
            Content.styled(f" {name} ", "reverse bold" if key == self.current else "$foreground 60%").stylize(
                Style.from_meta({"@click": f"screen.bring({key!r})"})
            )
            for key, name in self._tabs.items()
        ]
        self.update(Content(" ").join(parts))
