"""The items that a model ranks highest for somebody; never one that it was not trained on."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mftui.core.errors import UnknownItem
from mftui.core.model.factors import Factors, FloatArray, IntArray
from mftui.core.recommend.diversity import varied
from mftui.core.recommend.fold_in import NewUser

if TYPE_CHECKING:
    from mftui.core.model.posterior import Person

_REASONS = 2
_POOL = 200
"""Items among which a list is made more varied, or ordered by what is sure of them; ten times the list, if more."""


@dataclass(frozen=True)
class Reason:
    """A rating that speaks for an item."""

    item: int
    """Position of the rated item."""
    adds: float
    """What this rating adds to the prediction."""


@dataclass(frozen=True)
class Recommendation:
    """An item to show."""

    item: int
    predicted: float
    """A rating on the scale, or a score where the model is of that kind."""
    deviation: float | None = None
    """How far off the rating itself may be, as a standard deviation, where the model tells."""
    because: tuple[Reason, ...] = ()
    """The ratings that speak for it most."""


@dataclass(frozen=True, eq=False)
class Choice:
    """How to choose from what may be shown."""

    n: int
    """How many items."""
    allowed: NDArray[np.bool_]
    """Which items may be shown, `[n_items]`."""
    diversity: float = 0.0
    """From 0 to 1 (see `diversity.varied`)."""

    def without(self, items: IntArray) -> "Choice":
        """The same, but for these items."""
        allowed = self.allowed.copy()
        allowed[items] = False
        return replace(self, allowed=allowed)

    def best(self, scores: FloatArray, factors: Factors) -> IntArray:
        """The items to show by these scores, `[n_items]`, ties by position."""
        if not self.diversity:
            return self.highest(scores, factors, self.n)
        pool = self.highest(scores, factors, max(_POOL, 10 * self.n))
        return varied(pool, scores[pool], factors.item_factors, self.n, self.diversity)

    def highest(self, scores: FloatArray, factors: Factors, n: int) -> IntArray:
        """The n trained items of the highest scores that may be shown, best first."""
        scores = np.where(self.allowed & (factors.item_counts > 0), scores, -np.inf)
        # Sorting what is above the n-th only takes a tenth of the time at 60,000 items.
        bar = np.partition(scores, -n)[-n] if n < len(scores) else -np.inf
        candidates = np.flatnonzero(scores >= bar)
        best = candidates[np.argsort(-scores[candidates], kind="stable")][:n]
        found: IntArray = best[np.isfinite(scores[best])]
        return found


def for_new_user(person: NewUser, choice: Choice) -> list[Recommendation]:
    """What to show a person who was folded in, with reasons; not what they rated."""
    predicted = person.predict()
    chosen = choice.without(person.items).best(predicted, person.factors)
    # Clipped before, the best would all be the same.
    shown = _clipped(person.factors, predicted[chosen])
    return [
        Recommendation(item, value, because=_reasons(person, item))
        for item, value in zip(chosen.tolist(), shown.tolist(), strict=True)
    ]


def for_person(person: "Person", factors: Factors, choice: Choice) -> list[Recommendation]:
    """The same for a person folded in to each sample of a Bayesian model.

    Ranked by the expected rating less one standard deviation of what the model doesn't know, so that what it knows
    little of has to promise more; the deviation shown is that of the rating itself.
    """
    expected, open_to = person.expect(), choice.without(person.items)
    pool = open_to.highest(expected, factors, max(_POOL, 10 * choice.n))
    sure = person.predict(pool)
    bounds = np.full(factors.n_items, -np.inf, np.float32)
    bounds[pool] = sure.mean - sure.spread
    chosen = open_to.best(bounds, factors)
    at = {item: place for place, item in enumerate(pool.tolist())}
    places = [at[item] for item in chosen.tolist()]
    shown = _clipped(factors, sure.mean[places])
    return [
        Recommendation(item, value, deviation, _reasons(person, item))
        for item, value, deviation in zip(chosen.tolist(), shown.tolist(), sure.deviation[places].tolist(), strict=True)
    ]


def for_user(factors: Factors, user: int, choice: Choice) -> list[Recommendation]:
    """What to show a user whom the model was trained on, by the factors that it has of them.

    Raises:
        UnknownItem: the model was never trained on the user.
    """
    if factors.user_counts[user] == 0:
        raise UnknownItem("The model never trained on this user.", "Their ratings are all held out.")
    scores = factors.scores(np.array([user]))[0]
    chosen = choice.best(scores, factors)
    shown = _clipped(factors, scores[chosen])
    return [Recommendation(item, value) for item, value in zip(chosen.tolist(), shown.tolist(), strict=True)]


def _clipped(factors: Factors, predicted: FloatArray) -> FloatArray:
    if factors.kind == "score":
        return predicted
    clipped: FloatArray = predicted.clip(factors.scale.lowest, factors.scale.highest)
    return clipped


def _reasons(person: "NewUser | Person", item: int) -> tuple[Reason, ...]:
    _, adds = person.parts(item)
    strongest = np.argsort(-adds, kind="stable")[:_REASONS]
    return tuple(Reason(int(person.items[j]), float(adds[j])) for j in strongest if adds[j] > 0)
