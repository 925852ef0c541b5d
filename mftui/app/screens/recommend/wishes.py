"""The dialog of the Recommend screen's filters: a line each, changed by arrows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from mftui.app.screens.dialog import Dialog
from mftui.app.screens.recommend.advice import Counsel
from mftui.core.recommend.wishes import CAUTIOUS, ORDERS, Wishes

_SUPPORT = (0, 1, 5, 10, 20, 50, 100, 200, 500)
_SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_TENTHS = tuple(n / 10 for n in range(11))


class ChooseWishes(Dialog[Wishes | None]):
    """Its result is what may be shown; None where the person went back."""

    CSS_PATH = "wishes.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back"),
        Binding("enter,f", "take", "Take"),
        Binding("up,k", "move(-1)", "Up"),
        Binding("down,j", "move(1)", "Down"),
        Binding("left,h", "change(-1)", "Before"),
        Binding("right,l", "change(1)", "Next"),
        Binding("x", "clear", "Clear"),
    ]

    def __init__(self, wishes: Wishes, counsel: Counsel) -> None:
        """`wishes` are those so far; the model's data names genres and decades."""
        super().__init__()
        self._wishes, self._sure = wishes, counsel.is_sure_of_itself
        self._choices: dict[str, Sequence[Any]] = {
            "genre": ("", *counsel.genres),
            "decade": (None, *counsel.decades),
            "min_ratings": sorted({*_SUPPORT, wishes.min_ratings}),
            "hide_popular": _SHARES,
            "diversity": _TENTHS,
            **({"order": ORDERS} if self._sure else {}),
        }
        self._line = 0

    def compose(self) -> ComposeResult:
        """The filters."""
        with Vertical(id="wishes", classes="dialog") as box:
            box.border_title = "What may be shown"
            box.border_subtitle = "↑ ↓ ← → change · x clears · enter takes · esc goes back"
            yield Static(id="lines")

    def on_mount(self) -> None:
        """Show the filters as they are."""
        self._show()

    def action_move(self, lines: int) -> None:
        """To another filter."""
        self._line = (self._line + lines) % len(self._choices)
        self._show()

    def action_change(self, steps: int) -> None:
        """To the filter's next value, or the one before."""
        name = list(self._choices)[self._line]
        choices = list(self._choices[name])
        now = getattr(self._wishes, name)
        at = choices.index(now) if now in choices else 0
        self._wishes = replace(self._wishes, **{name: choices[(at + steps) % len(choices)]})
        self._show()

    def action_clear(self) -> None:
        """As they were at first."""
        self._wishes = Wishes()
        self._show()

    def action_take(self) -> None:
        """Show by these filters."""
        self.dismiss(self._wishes)

    def action_back(self) -> None:
        """Leave them as they were."""
        self.dismiss(None)

    def _show(self) -> None:
        told = told_apart(self._wishes, self._sure)
        lines = [
            Content.assemble(
                ("▸ " if n == self._line else "  ", "bold $text-accent"),
                (f"{label:<24}", "bold" if n == self._line else "$foreground 70%"),
                (f"◂ {value} ▸" if n == self._line else f"  {value}", "bold" if n == self._line else ""),
            )
            for n, (label, value) in enumerate(told)
        ]
        self.query_one("#lines", Static).update(Content("\n").join(lines))


def told_apart(wishes: Wishes, sure: bool) -> list[tuple[str, str]]:
    """Each filter and its value, in words; the order only where the model is `sure` enough to have two."""
    order = "rating less one deviation" if wishes.order == CAUTIOUS else "rating alone"
    return [
        ("genre", wishes.genre or "any"),
        ("years", f"{wishes.decade} to {wishes.decade + 9}" if wishes.decade is not None else "any"),
        ("training ratings", f"{wishes.min_ratings:,} or more" if wishes.min_ratings else "any number"),
        ("most popular", f"{wishes.hide_popular:.0%} of the movies hidden" if wishes.hide_popular else "shown"),
        ("diversity", _slider(wishes.diversity)),
        *([("order", order)] if sure else []),
    ]


def _slider(diversity: float) -> str:
    """From the best first to as varied as can be."""
    full = round(2 * 10 * diversity)
    return f"{'━' * full}{'┄' * (20 - full)} {f'{diversity:.1f}' if diversity else 'none'}"


def in_short(wishes: Wishes, sure: bool) -> str:
    """The filters that leave something out, in one line, and the order where there are two."""
    parts = [wishes.genre, f"{wishes.decade}s" if wishes.decade is not None else ""]
    parts.append(f"{wishes.min_ratings}+ ratings" if wishes.min_ratings else "")
    parts.append(f"without the top {wishes.hide_popular:.0%}" if wishes.hide_popular else "")
    parts.append(f"diversity {wishes.diversity:.1f}" if wishes.diversity else "")
    words = " · ".join(filter(None, parts)) or "all movies"
    if not sure:
        return words
    order = "rating less what the model doesn't know" if wishes.order == CAUTIOUS else "rating"
    return f"{words} · by {order}"
