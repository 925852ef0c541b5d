"""The items that a model ranks highest for somebody; never one that it was not trained on."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mftui.core.errors import UnknownItem
from mftui.core.model.factors import Factors, FloatArray, IntArray
from mftui.core.model.posterior import Person
from mftui.core.recommend.diversity import varied
from mftui.core.recommend.fold_in import NewUser

_REASONS = 2
_LEAST = 0.005
"""What a reason adds at least: less is written as nothing."""
_POOL = 200
"""Items among which a list is made more varied, or ordered by what is sure of them; so many times the list, if more:"""
_POOL_PER_ITEM = 5


@dataclass(frozen=True)
class Reason:
    """A rating that speaks for an item."""

    item: int
    """Position of the rated item."""
    adds: float
    """What this rating adds to the prediction by their ratings."""


@dataclass(frozen=True)
class Recommendation:
    """An item to show."""

    item: int
    predicted: float
    """A rating on the scale, or a score where the model is of that kind."""
    because: tuple[Reason, ...] = ()
    """The ratings that speak for it most."""
    by_ratings: float | None = None
    """What their ratings alone predict, folded in, which the reasons are parts of: the prediction itself, but for a
    user whom the model has factors of. None where nobody asked for reasons.
    """
    deviation: float | None = None
    """How far off the rating itself may be, as a standard deviation, where the model tells."""
    spread: float | None = None
    """How much of this is what the model doesn't know, as a standard deviation: the rest is noise of the ratings."""


@dataclass(frozen=True, eq=False)
class Choice:
    """How to choose from what may be shown."""

    n: int
    """How many items."""
    allowed: NDArray[np.bool_]
    """Which items may be shown, `[n_items]`."""
    diversity: float = 0.0
    """From 0 to 1 (see `diversity.varied`)."""
    is_cautious: bool = True
    """Where the model knows its spread, rank by the prediction less one spread, so that what it knows little of has to
    promise more; else by the prediction.
    """

    def without(self, items: IntArray) -> "Choice":
        """The same, but for these items."""
        allowed = self.allowed.copy()
        allowed[items] = False
        return replace(self, allowed=allowed)

    def best(self, scores: FloatArray, factors: Factors) -> IntArray:
        """The items to show by these scores, `[n_items]`, ties by position."""
        if not self.diversity:
            return self.highest(scores, factors, self.n)
        pool = self.pool(scores, factors)
        return varied(pool, scores[pool], factors.item_factors, self.n, self.diversity)

    def pool(self, scores: FloatArray, factors: Factors) -> IntArray:
        """The items that a second look is worth."""
        return self.highest(scores, factors, max(_POOL, _POOL_PER_ITEM * self.n))

    def highest(self, scores: FloatArray, factors: Factors, n: int) -> IntArray:
        """The n trained items of the highest scores that may be shown, best first."""
        scores = np.where(self.allowed & (factors.item_counts > 0), scores, -np.inf)
        # Sorting what is above the n-th only takes a tenth of the time at 60,000 items.
        bar = np.partition(scores, -n)[-n] if n < len(scores) else -np.inf
        candidates = np.flatnonzero(scores >= bar)
        best = candidates[np.argsort(-scores[candidates], kind="stable")][:n]
        found: IntArray = best[np.isfinite(scores[best])]
        return found


def for_stranger(person: NewUser | Person, factors: Factors, choice: Choice) -> list[Recommendation]:
    """What to show somebody whose ratings were folded in, with reasons; not what they rated."""
    predicted = person.expect() if isinstance(person, Person) else person.predict()
    return listed(predicted, factors, choice.without(person.items), person)


def for_user(factors: Factors, user: int, choice: Choice, person: NewUser | Person | None) -> list[Recommendation]:
    """What to show a user whom the model was trained on, by the factors that it has of them: Evaluate's ranking.

    Args:
        factors: the model.
        user: their position.
        choice: what may be shown.
        person: the same user, folded in by what they rated, for reasons and deviations; None for neither.

    Raises:
        UnknownItem: the model was never trained on the user.
    """
    if factors.user_counts[user] == 0:
        raise UnknownItem("The model never trained on this user.", "Their ratings are all held out.")
    return listed(factors.scores(np.array([user]))[0], factors, choice, person)


def chosen(predicted: FloatArray, factors: Factors, choice: Choice, person: NewUser | Person | None) -> IntArray:
    """The best items by the unclipped predictions of all, `[n_items]`, and by what a posterior doesn't know of them."""
    scores = predicted
    if isinstance(person, Person) and choice.is_cautious:
        pool = choice.pool(predicted, factors)
        scores = np.full(factors.n_items, -np.inf, np.float32)
        scores[pool] = predicted[pool] - person.predict(pool).spread
    return choice.best(scores, factors)


def plainly(items: IntArray, predicted: FloatArray, factors: Factors) -> list[Recommendation]:
    """Chosen items with nothing but their predictions, of the unclipped ones of all, `[n_items]`."""
    shown = _clipped(factors, predicted[items])
    return [Recommendation(*row) for row in zip(items.tolist(), shown.tolist(), strict=True)]


def listed(
    predicted: FloatArray, factors: Factors, choice: Choice, person: NewUser | Person | None
) -> list[Recommendation]:
    """The best items, with what a person's own ratings say of each; see `chosen`."""
    best = chosen(predicted, factors, choice, person)
    if person is None:
        return plainly(best, predicted, factors)
    # Clipped before they were chosen, the best would all be the same.
    shown = _clipped(factors, predicted[best])
    starts, adds = person.parts(best)
    by_ratings = _clipped(factors, (starts + adds.sum(1)).astype(np.float32))
    sure = person.predict(best) if isinstance(person, Person) else None
    return [
        Recommendation(
            item=int(item),
            predicted=float(shown[place]),
            because=_reasons(person, adds[place]),
            by_ratings=float(by_ratings[place]),
            deviation=float(sure.deviation[place]) if sure else None,
            spread=float(sure.spread[place]) if sure else None,
        )
        for place, item in enumerate(best)
    ]


def _reasons(person: NewUser | Person, adds: NDArray[np.float64]) -> tuple[Reason, ...]:
    """The ratings that add most to an item's prediction, by what each adds, `[n]`; none that adds next to nothing."""
    strongest = np.argsort(-adds, kind="stable")[:_REASONS]
    return tuple(Reason(int(person.items[j]), float(adds[j])) for j in strongest if adds[j] >= _LEAST)


def _clipped(factors: Factors, predicted: FloatArray) -> FloatArray:
    if factors.kind == "score":
        return predicted
    clipped: FloatArray = predicted.clip(factors.scale.lowest, factors.scale.highest)
    return clipped
