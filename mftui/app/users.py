"""The users of a dataset as the screens show them: made from the arrays in a thread, like the movies."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mftui.app.movies import histogram_of
from mftui.core.data.statistics import first_moments
from mftui.core.text import clean, fold

if TYPE_CHECKING:
    from mftui.core.data.ratings import Ratings


@dataclass(frozen=True)
class Rated:
    """One rating of a user."""

    item: int
    """The movie's position."""
    value: float
    time: int | None
    """Unix seconds; None where the data has no times."""


@dataclass(frozen=True, eq=False)
class Users:
    """What the table of users holds, a list for each column, by the positions of the ratings."""

    ratings: "Ratings"
    names: list[str]
    """Their ids, as text."""
    counts: list[int]
    means: list[float]
    deviations: list[float]
    first: list[int | None]
    """When each came, in Unix seconds; None where the data has no times."""
    about: list[str]
    """What the data says of each: age, gender, occupation…"""
    search: list[str]
    """Ids and what is said of them, folded."""

    @classmethod
    def of(cls, ratings: "Ratings") -> "Users":
        """Count, average and date the ratings of every user."""
        import numpy as np

        users, n = ratings.users, ratings.n_users
        counts = np.maximum(np.bincount(users, minlength=n), 1)
        means = np.bincount(users, weights=ratings.values, minlength=n) / counts
        squares = np.bincount(users, weights=(ratings.values - means[users]) ** 2, minlength=n)
        names = [clean(str(name)) for name in ratings.user_ids.tolist()]
        about = _about(ratings)
        return cls(
            ratings=ratings,
            names=names,
            counts=counts.tolist(),
            means=means.tolist(),
            deviations=np.sqrt(squares / counts).tolist(),
            first=_first(ratings),
            about=about,
            search=[fold(f"{name} {words}") for name, words in zip(names, about, strict=True)],
        )

    def columns(self) -> list[list[Any]]:
        """Id, ratings, mean, deviation, first day, about: as the table of users has them."""
        return [self.names, self.counts, self.means, self.deviations, self.first, self.about]

    def rated(self, position: int) -> list[Rated]:
        """All that a user rated, in the file's order."""
        import numpy as np

        rows = np.flatnonzero(self.ratings.users == position)
        times = self.ratings.timestamps
        moments = [None] * len(rows) if times is None else times[rows].tolist()
        items, values = self.ratings.items[rows].tolist(), self.ratings.values[rows].tolist()
        return [Rated(*row) for row in zip(items, values, moments, strict=True)]

    def histogram(self, position: int) -> list[tuple[float, int]]:
        """How many ratings of each value a user gave, over the whole scale, lowest first."""
        return histogram_of(self.ratings.values[self.ratings.users == position], self.ratings.scale)


def _first(ratings: "Ratings") -> list[int | None]:
    if ratings.timestamps is None:
        return [None] * ratings.n_users
    return list(first_moments(ratings.users, ratings.timestamps, ratings.n_users).tolist())


def _about(ratings: "Ratings") -> list[str]:
    columns = [map(str, column.tolist()) for column in ratings.user_info.values()]
    return [clean(" · ".join(row)) for row in zip(*columns, strict=True)] if columns else [""] * ratings.n_users
