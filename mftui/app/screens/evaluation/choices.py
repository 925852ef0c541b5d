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
    """One setting and what it can be; the first value is the usual one."""

    label: str
    values: Sequence[tuple[Any, str]]
    """Each value with its words."""


class Choices(Dialog[dict[str, Any] | None]):
    """Its result is the chosen value of each setting; None where the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back"),
        Binding("enter", "take", "Take"),
        Binding("up,k", "move(-1)", "Up"),
        Binding("down,j", "move(1)", "Down"),
        Binding("left,h", "change(-1)", "Before"),
        Binding("right,l", "change(1)", "Next"),
        # The digits that change the screen must not reach through.
        Binding("1,2,3,4,5,6", "nothing", show=False),
    ]

    def __init__(self, title: str, words: str, choices: Mapping[str, Choice], enter: str) -> None:
        """`choices` by name; `enter` says what that key does."""
        super().__init__()
        self._title, self._words, self._choices, self._enter = title, words, dict(choices), enter
        self._taken = dict.fromkeys(choices, 0)
        self._line = 0

    def compose(self) -> ComposeResult:
        """The words and the lines."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            box.border_subtitle = f"↑ ↓ ← → change · enter {self._enter} · esc goes back"
            yield Static(id="lines")
            yield Static(Content.styled(f"\n{self._words}", "$text-muted"))

    def on_mount(self) -> None:
        """Show the usual values."""
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

    def action_back(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def action_nothing(self) -> None:
        """Leave everything as it is."""

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
