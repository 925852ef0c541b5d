"""The dialog that rates one movie: over the scale by arrows or digits, or like and dislike where there is none."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from mftui.app.screens.dialog import Dialog
from mftui.core.recommend.own import OwnRating

_CELLS = 40


@dataclass(frozen=True)
class Given:
    """What a person said of a movie."""

    rating: float | None
    """None where they dislike it, in data without a scale."""
    removed: bool = False
    """Whether they take back what they said before."""


class RateMovie(Dialog[Given | None]):
    """Its result is what was given; None where the person went back."""

    CSS_PATH = "rate.tcss"
    HELP = "Your own rating of this movie, on the scale of the data."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "give", "Rate"),
        Binding("left,h,minus", "step(-1)", "Less"),
        Binding("right,l,plus", "step(1)", "More"),
        Binding("d", "dislike", "Dislike"),
        Binding("backspace,delete", "remove", "Take back"),
        *(Binding(str(digit), f"digit({digit})", show=False) for digit in range(10)),
    ]

    def __init__(self, title: str, scale: tuple[float, float, float], before: OwnRating | None) -> None:
        """`scale` is the lowest, the highest and the step; `before` is what was given before."""
        super().__init__()
        self._title = title
        self._lowest, self._highest, self._step = scale
        self._is_rated = before is not None
        self._rating = self._highest if before is None or before.rating is None else before.rating

    @property
    def has_scale(self) -> bool:
        """Whether there is more than one value to give."""
        return self._highest > self._lowest

    def compose(self) -> ComposeResult:
        """The movie and the rating."""
        with Vertical(id="rate", classes="dialog") as box:
            box.border_title = Content(self._title)
            keys = "← → or a digit · enter rates" if self.has_scale else "enter likes · d dislikes"
            box.border_subtitle = f"{keys}{' · ⌫ takes back' if self._is_rated else ''} · esc goes back"
            yield Static(id="value")

    def on_mount(self) -> None:
        """Show what was given before, or the highest."""
        self._show()

    def action_digit(self, digit: int) -> None:
        """A digit is a rating, where the scale has it; 0 is ten on a scale from 1 to 10."""
        value = float(digit)
        if value < self._lowest and value + 10 <= self._highest:
            value += 10
        if self.has_scale and self._lowest <= value <= self._highest:
            self._rating = value
            self._show()

    def action_step(self, steps: int) -> None:
        """Go up or down the scale."""
        step = self._step or (self._highest - self._lowest) / 10
        self._rating = min(max(self._rating + steps * step, self._lowest), self._highest)
        self._show()

    def action_give(self) -> None:
        """Take this rating."""
        self.dismiss(Given(self._rating))

    def action_dislike(self) -> None:
        """Say that the movie is not liked."""
        if not self.has_scale:
            self.dismiss(Given(None))

    def action_remove(self) -> None:
        """Take back what was said before."""
        if self._is_rated:
            self.dismiss(Given(None, removed=True))

    def _show(self) -> None:
        value = self.query_one("#value", Static)
        if not self.has_scale:
            value.update("Do you like it?")
            return
        share = (self._rating - self._lowest) / (self._highest - self._lowest)
        full = round(share * _CELLS)
        bar = Content.assemble(("━" * full, "bold $text-accent"), ("━" * (_CELLS - full), "$foreground 30%"))
        ends = f"{self._lowest:g}", f"{self._highest:g}"
        value.update(Content.assemble(f"{ends[0]} ", bar, f" {ends[1]}", (f"   {self._rating:g}", "bold")))
