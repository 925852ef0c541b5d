"""The dialog of the Recommend screen's filters: a line each, changed by arrows."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from mftui.app.screens.choices import Choice, Choices
from mftui.app.screens.recommend.advice import Counsel
from mftui.core.recommend.wishes import CAUTIOUS, MEAN, ORDERS, Wishes

_SUPPORT = (0, 1, 5, 10, 20, 50, 100, 200, 500)
_SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_TENTHS = tuple(n / 10 for n in range(11))
_ORDERS = {CAUTIOUS: "rating less one deviation", MEAN: "rating alone"}


class ChooseWishes(Choices):
    """Its result is the chosen value of each filter; None where the person went back."""

    CSS_PATH = "wishes.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "take", "Take"), Binding("x", "clear", "Clear")]

    def __init__(self, wishes: Wishes, counsel: Counsel) -> None:
        """`wishes` are those so far; the model's data names genres and decades."""
        super().__init__("What may be shown", _choices(wishes, counsel), "x clears · enter takes")

    def action_clear(self) -> None:
        """As they were at first."""
        self.take(asdict(Wishes()))


def _choices(wishes: Wishes, counsel: Counsel) -> dict[str, Choice]:
    """What each filter can be, by its name; the order only where the model is sure enough to have two."""
    known: dict[str, tuple[str, Sequence[Any], Callable[[Any], str]]] = {
        "genre": ("genre", ("", *counsel.genres), lambda genre: genre or "any"),
        "decade": ("years", (None, *counsel.decades), _years),
        "min_ratings": ("training ratings", _SUPPORT, lambda n: f"{n:,} or more" if n else "any number"),
        "hide_popular": ("most popular", _SHARES, lambda part: f"{part:.0%} of the movies hidden" if part else "shown"),
        "diversity": ("diversity", _TENTHS, _slider),
    }
    if counsel.is_sure_of_itself:
        known["order"] = ("order", ORDERS, _ORDERS.__getitem__)
    choices = {}
    for name, (label, usual, words) in known.items():
        now = getattr(wishes, name)
        values = list(usual) if now in usual else [*usual, now]  # a genre may be of the model before
        choices[name] = Choice(label, [(value, words(value)) for value in values], values.index(now))
    return choices


def _years(first: int | None) -> str:
    return "any" if first is None else f"{first} to {first + 9}"


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
