"""The items that a model ranks highest for somebody; never one that it was not trained on."""

from dataclasses import dataclass

import numpy as np

from mftui.core.errors import UnknownItem
from mftui.core.model.factors import Factors, FloatArray, IntArray
from mftui.core.recommend.fold_in import NewUser

_REASONS = 2


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
    because: tuple[Reason, ...] = ()
    """The ratings that speak for it most."""


def for_new_user(person: NewUser, n: int, exclude: IntArray | None = None) -> list[Recommendation]:
    """The n best items for a person who was folded in, with reasons; neither what they rated nor `exclude`."""
    seen = person.items if exclude is None else np.union1d(person.items, exclude)
    predicted = person.predict()
    # Clipped, the best would all be the same.
    chosen = _best(person.factors, predicted, n, seen)
    shown = predicted[chosen]
    if person.factors.kind == "rating":
        shown = shown.clip(person.factors.scale.lowest, person.factors.scale.highest)
    return [
        Recommendation(item, value, _reasons(person, item)) for item, value in zip(chosen, shown.tolist(), strict=True)
    ]


def for_user(factors: Factors, user: int, n: int, seen: IntArray) -> list[Recommendation]:
    """The n best items for a user whom the model was trained on, but for those they have seen.

    Raises:
        UnknownItem: the model was never trained on the user.
    """
    if factors.user_counts[user] == 0:
        raise UnknownItem("The model never trained on this user.", "Their ratings are all held out.")
    chosen = _best(factors, factors.scores(np.array([user]))[0], n, seen)
    predicted = factors.predict(np.full(len(chosen), user, np.int64), np.array(chosen, np.int64))
    return [Recommendation(item, float(value)) for item, value in zip(chosen, predicted.tolist(), strict=True)]


def _best(factors: Factors, scores: FloatArray, n: int, seen: IntArray) -> list[int]:
    """The trained items of the highest scores, best first, ties by position."""
    scores = np.where(factors.item_counts > 0, scores, -np.inf)
    scores[seen] = -np.inf
    # Sorting what is above the n-th only takes a tenth of the time at 60,000 items.
    bar = np.partition(scores, -n)[-n] if n < len(scores) else -np.inf
    candidates = np.flatnonzero(scores >= bar)
    best = candidates[np.argsort(-scores[candidates], kind="stable")][:n]
    return [int(item) for item in best if np.isfinite(scores[item])]


def _reasons(person: NewUser, item: int) -> tuple[Reason, ...]:
    _, adds = person.parts(item)
    strongest = np.argsort(-adds, kind="stable")[:_REASONS]
    return tuple(Reason(int(person.items[j]), float(adds[j])) for j in strongest if adds[j] > 0)
