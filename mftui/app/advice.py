"""What the Recommend screen shows, made in a thread: ratings, what a model would show by them, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mftui.app.movies import Movies
from mftui.app.users import Users
from mftui.core.errors import MftuiError
from mftui.core.recommend.own import OwnRating
from mftui.core.runs.directory import Run

if TYPE_CHECKING:
    from mftui.core.recommend import Recommendation, Recommender, Wishes
    from mftui.core.recommend.recommender import History

_SHOWN = 100


@dataclass(frozen=True, eq=False)
class Counsel:
    """A run's model and the data it learnt from, read once."""

    run: Run
    recommender: "Recommender"
    movies: Movies
    users: Users

    @classmethod
    def of(cls, run: Run) -> "Counsel":
        """Read them.

        Raises:
            MftuiError: one of them is missing, damaged, or does not fit the other.
        """
        from mftui.core.recommend import Recommender

        recommender = Recommender.of(run)
        return cls(run, recommender, Movies.of(recommender.ratings), Users.of(recommender.ratings))

    @cached_property
    def positions(self) -> dict[str, int]:
        """The position of each movie, by its id."""
        return {str(item_id): at for at, item_id in enumerate(self.recommender.ratings.item_ids.tolist())}

    @property
    def predicts_ratings(self) -> bool:
        """Whether the model says ratings; else it says scores."""
        return self.recommender.factors.kind == "rating"


@dataclass(frozen=True)
class Rated:
    """A movie that somebody rated."""

    item: int
    title: str
    rating: float | None
    """None where it is disliked, in data without a scale."""
    predicted: float | None = None
    """What the model makes of it, for a user of the data."""
    is_test: bool = False
    """Whether the model never saw this rating."""


@dataclass(frozen=True)
class Shown:
    """A movie that the model would show."""

    item: int
    title: str
    predicted: float
    deviation: float | None
    count: int
    """Training ratings."""
    gave: float | None
    """What a user of the data rated it, in a test row."""
    why: str
    """Which of the person's ratings speak for it."""


@dataclass(frozen=True, eq=False)
class Advice:
    """All that the screen shows for one person."""

    rated: list[Rated]
    shown: list[Shown]
    summary: str
    """How many ratings a person gave; for a user of the data, how well the model reproduces theirs."""
    reason: str
    """Why nothing is shown, where nothing is."""


def for_you(counsel: Counsel, own: Mapping[str, OwnRating], wishes: "Wishes") -> Advice:
    """By a person's own ratings of movies that the model's data has."""
    mine = [(counsel.positions[one.item_id], one) for one in own.values() if one.item_id in counsel.positions]
    given = {item: one.rating for item, one in mine if one.rating is not None}
    disliked = [item for item, one in mine if one.rating is None]
    recommender = counsel.recommender
    found = recommender.for_you(given, recommender.choice(wishes, _SHOWN), disliked)
    rated = [Rated(item, counsel.movies.titles[item], one.rating) for item, one in reversed(mine)]
    elsewhere = len(own) - len(mine)
    more = f", {elsewhere} of movies that these ratings don't have" if elsewhere else ""
    summary = f"{count(len(own))}{more}" if own else "nothing rated yet"
    return Advice(rated, [_shown(one, counsel, {}) for one in found], summary, _nothing(found))


def for_user(counsel: Counsel, user: int, wishes: "Wishes") -> Advice:
    """By what a user of the data rated in the rows that the model trained on."""
    recommender = counsel.recommender
    history = recommender.history(user)
    titles = counsel.movies.titles
    rows = zip(
        history.items.tolist(), history.values.tolist(), history.predicted.tolist(), history.is_test.tolist(),
        strict=True,
    )  # fmt: skip
    rated = [Rated(item, titles[item], value, predicted, test) for item, value, predicted, test in rows]
    gave = {one.item: one.rating for one in rated if one.is_test}
    summary = _reproduced(history) if counsel.predicts_ratings else ""
    try:
        found = recommender.for_user(user, recommender.choice(wishes, _SHOWN))
    except MftuiError as error:
        return Advice(rated, [], summary, str(error))
    return Advice(rated, [_shown(one, counsel, gave) for one in found], summary, _nothing(found))


def _shown(one: "Recommendation", counsel: Counsel, gave: Mapping[int, float | None]) -> Shown:
    titles = counsel.movies.titles
    why = ", ".join(f"{titles[reason.item]} +{reason.adds:.2f}" for reason in one.because)
    trained = int(counsel.recommender.factors.item_counts[one.item])
    return Shown(one.item, titles[one.item], one.predicted, one.deviation, trained, gave.get(one.item), why)


def _reproduced(history: "History") -> str:
    """How far the model's predictions are off, in the rows that it trained on and in those that it never saw."""
    import numpy as np

    words = []
    for name, rows in (("training RMSE", ~history.is_test), ("test", history.is_test)):
        if rows.any():
            off = history.predicted[rows] - history.values[rows]
            words.append(f"{name} {np.sqrt(np.mean(off.astype(np.float64) ** 2)):.2f}")
    return ", ".join(words)


def count(n: int) -> str:
    """How many ratings, in words."""
    return f"{n:,} rating{'s' * (n != 1)}"


def _nothing(found: "list[Recommendation]") -> str:
    return "" if found else "No movie is left by these filters; f changes them."
