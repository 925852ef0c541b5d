"""What a model must beat to have learnt anything: predictions that know nothing of taste."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftui.core.model.factors import IntArray

_ITEM_DAMPING = 10.0
_USER_DAMPING = 15.0
_SWEEPS = 10


@dataclass(frozen=True, eq=False)
class Biases:
    """A rating is predicted as `mean + user[u] + item[i]`."""

    mean: float
    user: NDArray[np.float64]
    """`[n_users]`; 0 for a user never seen."""
    item: NDArray[np.float64]
    """`[n_items]`; 0 for an item never seen."""

    def predict(self, users: IntArray, items: IntArray) -> NDArray[np.float64]:
        """Unclipped predictions for pairs of positions, `[n]`."""
        predicted: NDArray[np.float64] = self.mean + self.user[users] + self.item[items]
        return predicted


@dataclass(frozen=True, eq=False)
class Averages:
    """What is known of training ratings without fitting anything."""

    mean: float
    item: NDArray[np.float64]
    """The mean of each item's ratings, `[n_items]`; the mean of all for an item never seen."""
    majority: float
    """The commonest rating, the lowest of equals."""


def average(items: IntArray, values: NDArray[np.float32], n_items: int) -> Averages:
    """The averages of ratings, `[n]`, at least one, of items at these positions."""
    mean = float(np.mean(values, dtype=np.float64))
    counts = np.bincount(items, minlength=n_items)
    sums = np.bincount(items, values, minlength=n_items)
    kinds, frequencies = np.unique(values, return_counts=True)
    item = np.where(counts > 0, sums / np.maximum(counts, 1), mean)
    return Averages(mean, item, float(kinds[np.argmax(frequencies)]))


def fit_biases(users: IntArray, items: IntArray, values: NDArray[np.float32], n_users: int, n_items: int) -> Biases:
    """The user and item biases that fit ratings best under a ridge penalty, by alternating least squares.

    Each bias is the mean of what the others leave unexplained, damped towards 0 as if 10 (item) or 15 (user) more
    ratings had been just average: Koren, "Factor in the Neighbors" (TKDD 2010), section 2.1, solved in ten
    alternating sweeps. Damping and sweeps are those of Surprise's `BaselineOnly`, so that figures can be compared.

    Args:
        users: positions, `[n]`; likewise `items`.
        values: ratings, `[n]`, at least one.
        n_users: how many users there are, rated or not; likewise `n_items`.
    """
    mean = float(np.mean(values, dtype=np.float64))
    centred = values.astype(np.float64) - mean
    user, item = np.zeros(n_users), np.zeros(n_items)
    user_weight = np.bincount(users, minlength=n_users) + _USER_DAMPING
    item_weight = np.bincount(items, minlength=n_items) + _ITEM_DAMPING
    for _ in range(_SWEEPS):
        item = np.bincount(items, centred - user[users], minlength=n_items) / item_weight
        user = np.bincount(users, centred - item[items], minlength=n_users) / user_weight
    return Biases(mean, user, item)
