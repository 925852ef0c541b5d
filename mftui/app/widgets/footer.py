"""The line at the bottom: the keys that work here and now."""

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static


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
        self.screen.bindings_updated_signal.subscribe(self, self._draw)
        self._draw(self.screen)

    def _draw(self, screen: Screen[object]) -> None:
        parts = []
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled:
                key = Content.styled(self.app.get_key_display(binding), "bold $text-accent")
                label = Content.styled(f" {binding.description}", "$foreground 60%")
                parts.append(Content.assemble(key, label))
        keys = Content("  ").join(parts)
        if keys != self.content:
            self.update(keys, layout=False)
