"""What a person wants to be shown: by genre and decade, nothing too popular or too little rated, and how varied."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mftui.core.errors import SettingError
from mftui.core.model.factors import FEW

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.core.data.ratings import Ratings

CAUTIOUS, MEAN = ORDERS = ("cautious", "mean")
"""Where a model knows how sure it is, rank by the prediction less one deviation of what it doesn't know, or by the
prediction alone; other models have but the one order.
"""


@dataclass(frozen=True)
class Wishes:
    """Which items may be shown; all of these hold together."""

    genre: str = ""
    """One of the item's genres; empty for any."""
    decade: int | None = None
    """The first year of ten, as 1990; None for any time."""
    min_ratings: int = FEW
    """Training ratings that an item needs at least: of less, a prediction says little."""
    hide_popular: float = 0.0
    """This share of the items, the most rated ones, is not shown; from 0 to 1."""
    diversity: float = 0.0
    """From 0, the best only, to 1, as varied as can be (see `diversity.varied`)."""
    order: str = CAUTIOUS
    """One of `ORDERS`."""

    def checked(self) -> "Wishes":
        """The same.

        Raises:
            SettingError: a number is outside of its range, or the order is no such order.
        """
        if self.order not in ORDERS:
            raise SettingError("order", f"There is no order {self.order!r}.", f"Choose one of: {', '.join(ORDERS)}.")
        for name in ("hide_popular", "diversity"):
            if not 0 <= getattr(self, name) <= 1:
                raise SettingError(name, f"{name} can't be {getattr(self, name):g}.", "It goes from 0 to 1.")
        return self

    def allowed(self, ratings: "Ratings", item_counts: "NDArray[np.int32]") -> "NDArray[np.bool_]":
        """Which items may be shown, `[n_items]`.

        Args:
            ratings: the data, which knows genres and years.
            item_counts: how often each item was trained on, `[n_items]`.
        """
        allowed = item_counts >= max(1, self.min_ratings)
        if self.genre:
            mine = self.genre.casefold()
            column = ratings.item_info.get("genres", np.zeros(ratings.n_items, "U1"))
            allowed &= np.array([mine in str(genres).casefold().split("|") for genres in column.tolist()], bool)
        if self.decade is not None:
            years = _years(ratings)
            allowed &= (years >= self.decade) & (years < self.decade + 10)
        if self.hide_popular:
            n_hidden = round(self.hide_popular * len(item_counts))
            allowed[np.argsort(-item_counts, kind="stable")[:n_hidden]] = False
        return allowed


def genres_of(ratings: "Ratings") -> list[str]:
    """Every genre that the data names, in alphabetical order."""
    column = ratings.item_info.get("genres")
    return [] if column is None else sorted({g for text in column.tolist() for g in str(text).split("|") if g})


def decades_of(ratings: "Ratings") -> list[int]:
    """Every decade that an item is from, the earliest first."""
    years = _years(ratings)
    return sorted({int(year) // 10 * 10 for year in years[years > 0].tolist()})


def _years(ratings: "Ratings") -> "NDArray[Any]":
    return np.asarray(ratings.item_info.get("year", np.zeros(ratings.n_items, np.int32)))
