"""A dialog of a few settings, a line each, changed by arrows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from mftui.app.screens.dialog import Dialog


@dataclass(frozen=True)
class Choice:
    """One setting and what it can be."""

    label: str
    values: Sequence[tuple[Any, str]]
    """Each value with its words."""
    at: int = 0
    """Which of them it is at first."""


class Choices(Dialog[dict[str, Any] | None]):
    """Its result is the chosen value of each setting; None where the person went back."""

    HELP = "A few settings, a line each: up and down go to another one, left and right change it."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Take"),
        Binding("up,k", "move(-1)", "Up"),
        Binding("down,j", "move(1)", "Down"),
        Binding("left,h", "change(-1)", "Before"),
        Binding("right,l", "change(1)", "Next"),
    ]

    def __init__(self, title: str, choices: Mapping[str, Choice], keys: str, words: str = "") -> None:
        """`choices` by name; `keys` says what other keys do than arrows, and `words` stand below."""
        super().__init__()
        self._title, self._choices, self._keys, self._words = title, dict(choices), keys, words
        self._taken = {name: choice.at for name, choice in choices.items()}
        self._line = 0

    def compose(self) -> ComposeResult:
        """The words and the lines."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            box.border_subtitle = f"↑ ↓ ← → change · {self._keys} · esc goes back"
            yield Static(id="lines")
            if self._words:
                yield Static(Content.styled(f"\n{self._words}", "$text-muted"))

    def on_mount(self) -> None:
        """Show the values as they are."""
        self._show()

    def take(self, values: Mapping[str, Any]) -> None:
        """Show these values, each of which is one of its setting's."""
        for name, choice in self._choices.items():
            self._taken[name] = [value for value, _ in choice.values].index(values[name])
        self._show()

    def action_move(self, lines: int) -> None:
        """To another setting."""
        self._line = (self._line + lines) % len(self._choices)
        self._show()

    def action_change(self, steps: int) -> None:
        """To the next value, or the one before."""
        name = list(self._choices)[self._line]
        self._taken[name] = (self._taken[name] + steps) % len(self._choices[name].values)
        self._show()

    def action_take(self) -> None:
        """Go with these values."""
        self.dismiss({name: choice.values[self._taken[name]][0] for name, choice in self._choices.items()})

    def _show(self) -> None:
        width = max(len(choice.label) for choice in self._choices.values()) + 2
        lines = []
        for n, (name, choice) in enumerate(self._choices.items()):
            here, words = n == self._line, choice.values[self._taken[name]][1]
            lines.append(
                Content.assemble(
                    ("▸ " if here else "  ", "bold $text-accent"),
                    (f"{choice.label:<{width}}", "bold" if here else "$foreground 70%"),
                    (f"◂ {words} ▸" if here else f"  {words}", "bold" if here else ""),
                )
            )
        self.query_one("#lines", Static).update(Content("\n").join(lines))
