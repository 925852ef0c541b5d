"""Rankings that a model must beat: what all like, nothing in particular, and what a shallow model finds."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mftui.core.model.factors import FloatArray, IntArray

Score = Callable[[NDArray[np.int64]], FloatArray]
"""From user positions `[n]` to a score of every item for each, `[n, n_items]`, in an array that may be written to."""


def most_popular(items: IntArray, n_items: int) -> Score:
    """Items by how often they are in the training rows, the same for everybody."""
    counts = np.bincount(items, minlength=n_items).astype(np.float32)
    return lambda users: np.tile(counts, (len(users), 1))


def in_random_order(n_items: int, seed: int = 0) -> Score:
    """Items in an order of each user's own, the same every time."""
    return lambda users: np.stack(
        [np.random.default_rng((seed, user)).random(n_items, np.float32) for user in users.tolist()]
    )


def ease(users: IntArray, items: IntArray, n_users: int, n_items: int, penalty: float = 400.0) -> Score:
    """The closed-form linear autoencoder of Steck, "Embarrassingly Shallow Autoencoders" (WWW 2019), eq. 8.

    It needs memory for a few `[n_items, n_items]` arrays: meant for catalogues of at most 10,000 items.
    """
    from scipy.sparse import csr_array

    ones = np.ones(len(users), np.float32)
    rated = csr_array((ones, (users, items)), shape=(n_users, n_items))
    gram = np.asarray((rated.T @ rated).todense(), np.float64)
    gram[np.diag_indices(n_items)] += penalty
    inverse = np.linalg.inv(gram)
    weights = (-inverse / np.diag(inverse)).astype(np.float32)
    np.fill_diagonal(weights, 0.0)
    return lambda users: np.asarray(rated[users] @ weights)
