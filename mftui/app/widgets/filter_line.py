"""The line that `/` opens: what is typed narrows or finds, and no other key is a command meanwhile."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static


class FilterLine(Horizontal):
    """Hidden at rest. `esc` empties and closes it, `enter` closes it and keeps what was typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Clear", id="filter.cancel"),
        Binding("up", "step(-1)", "Previous", show=False, id="filter.up"),
        Binding("down", "step(1)", "Next", id="filter.down"),
    ]

    DEFAULT_CSS = """
    FilterLine { height: 1; display: none; background: $surface; }
    FilterLine.-open { display: block; }
    FilterLine > #prompt { width: 2; color: $text-accent; text-style: bold; }
    FilterLine > Input { width: 1fr; background: $surface; }
    FilterLine > #count { width: auto; color: $text-muted; }
    """

    @dataclass
    class Changed(Message):
        """Another text is looked for."""

        filter_line: "FilterLine"
        text: str

        @property
        def control(self) -> "FilterLine":
            """The line, for `@on` selectors."""
            return self.filter_line

    @dataclass
    class Step(Message):
        """To the next or the previous row, while typing goes on."""

        filter_line: "FilterLine"
        rows: int

        @property
        def control(self) -> "FilterLine":
            """The line, for `@on` selectors."""
            return self.filter_line

    @dataclass
    class Closed(Message):
        """The keys are commands again."""

        filter_line: "FilterLine"

        @property
        def control(self) -> "FilterLine":
            """The line, for `@on` selectors."""
            return self.filter_line

    def __init__(self, placeholder: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.placeholder = placeholder

    def compose(self) -> ComposeResult:
        """A prompt, the text, and how much it finds."""
        yield Static("/", id="prompt")
        yield Input(placeholder=self.placeholder, compact=True, select_on_focus=False)
        yield Static(id="count", markup=False)

    def open(self) -> None:
        """Show the line and type into it, from the very next key on: on a slow link several come at once."""
        self.add_class("-open")
        self.screen.set_focus(self.query_one(Input))

    def say(self, count: str) -> None:
        """Show at the right how much was found."""
        self.query_one("#count", Static).update(count)

    @property
    def text(self) -> str:
        """What is looked for."""
        return self.query_one(Input).value

    def clear(self) -> None:
        """Look for nothing, and close."""
        self.query_one(Input).value = ""
        self.remove_class("-open")

    def action_cancel(self) -> None:
        """Look for nothing, and give the keys back."""
        self.clear()
        self.post_message(self.Closed(self))

    def action_step(self, rows: int) -> None:
        """Move the cursor of what is found."""
        self.post_message(self.Step(self, rows))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self, event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.set_class(bool(event.value), "-open")
        self.post_message(self.Closed(self))

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """An empty line has nothing to say at rest."""
        self.set_class(bool(self.text), "-open")
