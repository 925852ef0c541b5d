"""Which rows are for training, for validation and for the test."""

from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Ratings
from mftui.core.errors import DataError

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Split:
    """Row positions of a `Ratings`; no row is in two parts."""

    train: Rows
    validation: Rows
    """Taken from the training rows, never from the test rows; empty where none is asked for."""
    test: Rows
    description: str
    """In words, for protocols: "random: 20% of the rows, seed 42"."""


def split(ratings: Ratings, kind: str, *, test_fraction: float = 0.2, seed: int = 42, validation: float = 0.0) -> Split:
    """Hold out test rows, and validation rows from what is left.

    Args:
        ratings: what to split.
        kind: `random`, `fold:1` to `fold:5` or `fold:N/K` (one of K stretches of the file), `random-fold:N/K` (one of
            K folds of rows in random order), `temporal` or `leave-last-out`.
        test_fraction: share of the rows to test on; used by `random` and `temporal`.
        seed: seed of `random`, of random folds and of the validation rows.
        validation: share of the training rows to set aside, at random whatever the kind; 0 for none.

    Raises:
        DataError: the ratings are too few, or have no timestamps where the kind needs them.
    """
    name, _, number = kind.partition(":")
    match name:
        case "random":
            parts = _random(len(ratings), test_fraction, seed)
        case "fold" | "random-fold":
            fold, _, folds = number.partition("/")
            parts = _fold(len(ratings), int(fold), int(folds or 5), seed if name == "random-fold" else None)
        case "temporal":
            parts = _temporal(_timestamps(ratings, kind), test_fraction)
        case "leave-last-out":
            parts = _leave_last_out(ratings.users, _timestamps(ratings, kind))
        case _:
            raise ValueError(f"no such split: {kind}")
    _refuse_empty(parts, len(ratings))
    return _with_validation(parts, validation, seed) if validation else parts


def _random(n: int, fraction: float, seed: int) -> Split:
    """The rows of scikit-learn's `train_test_split(test_size=fraction, random_state=seed)`, in its order."""
    train, test = _shuffled(np.arange(n), fraction, seed)
    return Split(train, _none(), test, f"random: {_percent(fraction)} of the rows, seed {seed}")


def _fold(n: int, number: int, folds: int, seed: int | None) -> Split:
    """One of so many equal stretches of the file, or of its rows in a random order where there is a seed for one.

    For MovieLens 100K five stretches of the file are its u1 to u5. A file that is sorted by user wants random folds:
    a stretch of it holds users whole, whom a model of the rest has never met.
    """
    if not 1 <= number <= folds or folds < 2:
        raise DataError(
            f"There is no fold {number} of {folds}.", "Choose one of fold:1/K to fold:K/K, K being 2 or more."
        )
    start, stop = n * (number - 1) // folds, n * number // folds
    rows = np.arange(n)
    if seed is None:
        test, description = rows[start:stop], f"fold {number} of {folds}: rows {start + 1:,} to {stop:,} of the file"
    else:
        test = np.sort(np.random.RandomState(seed).permutation(n)[start:stop])
        description = f"random fold {number} of {folds}, seed {seed}: {stop - start:,} rows"
    return Split(np.delete(rows, test), _none(), test, description)


def _temporal(timestamps: NDArray[np.int64], fraction: float) -> Split:
    """The newest rows are the test."""
    by_time = np.argsort(timestamps, kind="stable")
    first_of_test = len(by_time) - ceil(fraction * len(by_time))
    description = f"temporal: the newest {_percent(fraction)} of the rows, ties in time by file order"
    return Split(by_time[:first_of_test], _none(), by_time[first_of_test:], description)


def _leave_last_out(users: NDArray[np.int32], timestamps: NDArray[np.int64]) -> Split:
    """Each user's newest row is the test; a user's only row stays in training."""
    order = np.lexsort((timestamps, users))
    last = np.flatnonzero(np.append(np.diff(users[order]) != 0, True))
    alone = np.diff(last, prepend=-1) == 1
    test = np.sort(order[last[~alone]])
    description = "leave last out: each user's newest row, ties in time by file order"
    if n_alone := int(alone.sum()):
        description += f"; users with one row stay in training ({n_alone:,})"
    return Split(np.delete(np.arange(len(users)), test), _none(), test, description)


def _with_validation(parts: Split, fraction: float, seed: int) -> Split:
    """The same test, with a share of the training rows set aside for validation."""
    train, validation = _shuffled(parts.train, fraction, seed)
    if not len(train):
        raise DataError(f"{len(parts.train)} training rows are too few to set {_percent(fraction)} of them aside.")
    description = f"{parts.description}; {_percent(fraction)} of the training rows for validation, seed {seed}"
    return replace(parts, train=train, validation=validation, description=description)


def _shuffled(rows: Rows, fraction: float, seed: int) -> tuple[Rows, Rows]:
    """The rows in two parts at random, the second of them `ceil(fraction * n)` long."""
    permuted = rows[np.random.RandomState(seed).permutation(len(rows))]
    n_second = ceil(fraction * len(rows))
    return permuted[n_second:], permuted[:n_second]


def _timestamps(ratings: Ratings, kind: str) -> NDArray[np.int64]:
    if ratings.timestamps is None:
        raise DataError(f"{ratings.name} has no timestamps, which the split {kind} needs.", "Choose split=random.")
    return ratings.timestamps


def _refuse_empty(parts: Split, n: int) -> None:
    kind = parts.description.partition(":")[0]
    for part, rows in (("training", parts.train), ("test", parts.test)):
        if not len(rows):
            raise DataError(f"Too few ratings ({n:,}) for the split {kind}: no {part} rows are left.")


def _none() -> Rows:
    return np.empty(0, np.int64)


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.4g}%"
