"""The line at the bottom: the keys that work here and now."""

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from mftui.app.widgets.clicks import pressing

_GAP = "  "


class Footer(Static):
    """Keys and their labels in one line; a click does what the key does."""

    DEFAULT_CSS = """
    Footer {
        dock: bottom;
        height: 1;
        background: $panel;
        padding: 0 1;
        text-wrap: nowrap;
    }
    """

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.auto_links = False  # they look as they are
        self.screen.bindings_updated_signal.subscribe(self, self._draw)
        self._draw(self.screen)

    def on_resize(self) -> None:
        """Fit the keys to the new width."""
        self._draw(self.screen)

    def _draw(self, screen: Screen[object]) -> None:
        """Where there is no room for all, the last ones of the screen's own are left out, whole."""
        if not screen.is_current:
            return  # the keys would be asked of the screen in front
        own: list[Content] = []
        everywhere: list[Content] = []
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled:
                key = Content.styled(self.app.get_key_display(binding), "bold $text-accent")
                label = Content.styled(f" {binding.description}", "$foreground 60%")
                part = Content.assemble(key, label).stylize(pressing(binding.key))
                (everywhere if active.node is self.app else own).append(part)
        room = (self.content_size.width or self.app.size.width - 2) + len(_GAP)
        while own and sum(part.cell_length + len(_GAP) for part in own + everywhere) > room:
            own.pop()
        keys = Content(_GAP).join(own + everywhere)
        if keys != self.content:
            self.update(keys, layout=False)
