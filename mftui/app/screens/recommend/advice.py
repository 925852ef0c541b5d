"""What the Recommend screen shows, made in a thread: ratings, what a model would show by them, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from mftui.app.movies import Movies
from mftui.app.users import Users
from mftui.core.errors import MftuiError
from mftui.core.recommend.own import OwnRating
from mftui.core.runs.directory import Run

if TYPE_CHECKING:
    from mftui.core.recommend import Choice, Recommendation, Recommender, Wishes

_SHOWN = 100


@dataclass(frozen=True, eq=False)
class Counsel:
    """A run's model and the data it learnt from, read once."""

    run: Run
    recommender: "Recommender"
    movies: Movies
    users: Users
    _choices: "dict[Wishes, Choice]" = field(default_factory=dict)

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
    def genres(self) -> list[str]:
        """Every genre that the data names."""
        from mftui.core.recommend.wishes import genres_of

        return genres_of(self.recommender.ratings)

    @cached_property
    def decades(self) -> list[int]:
        """The first year of every decade that a movie is from."""
        from mftui.core.recommend.wishes import decades_of

        return decades_of(self.recommender.ratings)

    def choice(self, wishes: "Wishes") -> "Choice":
        """How to choose by these wishes: made once, since looking at 60,000 movies' genres takes longer than advice."""
        if wishes not in self._choices:
            self._choices[wishes] = self.recommender.choice(wishes, _SHOWN)
        return self._choices[wishes]

    @property
    def predicts_ratings(self) -> bool:
        """Whether the model says ratings; else it says scores."""
        return self.recommender.factors.kind == "rating"

    @property
    def has_scale(self) -> bool:
        """Whether a rating can take more than one value; else a movie is liked or disliked."""
        return self.recommender.ratings.scale.lowest < self.recommender.ratings.scale.highest

    @property
    def is_sure_of_itself(self) -> bool:
        """Whether the model knows how sure it is: then there are deviations, and two orders to choose from."""
        return self.recommender.posterior is not None


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
    """Which of the person's ratings speak for it, in a sentence."""


@dataclass(frozen=True, eq=False)
class Advice:
    """All that the screen shows for one person."""

    rated: list[Rated]
    shown: list[Shown]
    summary: str
    """How many ratings a person gave."""
    reproduced: tuple[str, ...]
    """Of a user of the data: how well the model reproduces theirs, and how many it would show that they went on to
    rate, a line each.
    """
    reason: str
    """Why nothing is shown, where nothing is."""


def for_you(counsel: Counsel, own: Mapping[str, OwnRating], wishes: "Wishes") -> Advice:
    """By a person's own ratings of movies that the model's data has."""
    positions = counsel.movies.positions
    mine = [(positions[one.item_id], one) for one in own.values() if one.item_id in positions]
    given = {item: one.rating for item, one in mine if one.rating is not None}
    disliked = [item for item, one in mine if one.rating is None]
    found = counsel.recommender.for_you(given, counsel.choice(wishes), disliked)
    rated = [Rated(item, counsel.movies.titles[item], one.rating) for item, one in reversed(mine)]
    elsewhere = len(own) - len(mine)
    more = f", {elsewhere} of movies that these ratings don't have" if elsewhere else ""
    summary = f"{count(len(own))}{more}" if own else "nothing rated yet"
    without = "none of your ratings speaks for it" if mine else "by what suits most people"
    shown = [_shown(one, counsel, {}, _because(one, counsel, without)) for one in found]
    return Advice(rated, shown, summary, (), _nothing(found))


def for_user(counsel: Counsel, user: int, wishes: "Wishes") -> Advice:
    """By the factors that the model has of a user of the data, and what they rated in its training rows."""
    from mftui.core.recommend.history import in_words

    recommender, titles = counsel.recommender, counsel.movies.titles
    history = recommender.history(user)
    rows = zip(
        history.items.tolist(), history.values.tolist(), history.predicted.tolist(), history.is_test.tolist(),
        strict=True,
    )  # fmt: skip
    rated = [Rated(item, titles[item], value, predicted, test) for item, value, predicted, test in rows]
    gave = {one.item: one.rating for one in rated if one.is_test}
    reproduced, summary = in_words(history.reproduced), count(len(rated))
    try:
        found = recommender.for_user(user, counsel.choice(wishes))
    except MftuiError as error:
        return Advice(rated, [], summary, (reproduced,), str(error))
    went_on = _went_on(found, gave)
    shown = [_shown(one, counsel, gave, _by_theirs(one, counsel)) for one in found]
    return Advice(rated, shown, summary, (reproduced, *went_on), _nothing(found))


def _shown(one: "Recommendation", counsel: Counsel, gave: Mapping[int, float | None], why: str) -> Shown:
    trained = int(counsel.recommender.factors.item_counts[one.item])
    title = counsel.movies.titles[one.item]
    return Shown(one.item, title, one.predicted, one.deviation, trained, gave.get(one.item), why)


def _because(one: "Recommendation", counsel: Counsel, without: str) -> str:
    """The ratings that speak for a movie, or the words for there being none."""
    titles = counsel.movies.titles
    reasons = ", ".join(f"{titles[reason.item]} +{reason.adds:.2f}" for reason in one.because)
    return f"because of {reasons}" if reasons else without


def _by_theirs(one: "Recommendation", counsel: Counsel) -> str:
    """Why a movie is shown to a user of the data: the reasons are parts of what their ratings alone predict."""
    because = _because(one, counsel, "none of which speaks for it")
    if one.by_ratings is None:
        return "by the model's own factors of them"
    if one.because and f"{one.by_ratings:.2f}" == f"{one.predicted:.2f}":
        return because
    return f"{one.by_ratings:.2f} by their ratings alone, {because}"


def _went_on(found: "Sequence[Recommendation]", gave: Mapping[int, float | None]) -> tuple[str, ...]:
    """How many of those that a user went on to rate are among the shown."""
    if not gave:
        return ()
    n_found = sum(one.item in gave for one in found)
    return (f"shown: {n_found} of the {len(gave):,} they went on to rate",)


def count(n: int) -> str:
    """How many ratings, in words."""
    return f"{n:,} rating{'s' * (n != 1)}"


def _nothing(found: "Sequence[Recommendation]") -> str:
    return "" if found else "No movie is left by these filters; f changes them."
