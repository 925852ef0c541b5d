"""What lies over a screen for a moment: a titled box in the middle of the dimmed screen."""

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """A modal screen whose box is the container of the class `dialog`; a subclass gives its width.

    `esc` and, where nothing is typed into, `q` close it with the result None.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back"),
        Binding("question_mark", "app.explain", "Help", show=False),
    ]
    HELP: ClassVar[str] = ""
    """What it is for, where its title and lines don't say so, for `?`."""
    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 60%;
    }
    Dialog .dialog {
        width: 72;
        max-width: 96%;
        height: auto;
        border: round $primary;
        border-title-color: $text;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        background: $surface;
        padding: 0 1;
    }
    """

    @property
    def heading(self) -> str:
        """The title of its box."""
        return str(self.query_one(".dialog").border_title or "")

    def keys(self) -> dict[str, str]:
        """Its own keys, with what each does."""
        found: dict[str, list[str]] = {}
        for active in self.active_bindings.values():
            if active.node is self and active.enabled and active.binding.show:
                key = active.binding.key_display or self.app.get_key_display(active.binding)
                found.setdefault(active.binding.tooltip or active.binding.description, []).append(key)
        return {" ".join(keys): meaning for meaning, keys in found.items()}
