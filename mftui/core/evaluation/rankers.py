"""What scores items for users: a model, and the rankings that it must beat."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mftui.core.model import Factors
from mftui.core.model.factors import FloatArray, IntArray

Score = Callable[[NDArray[np.int64], FloatArray], object]
"""Writes a score of every item for each of these user positions `[n]` into an array, `[n, n_items]`; from threads."""


def by_factors(factors: Factors) -> Score:
    """What a model predicts, but for what all of a user's items have in common, which ranks nothing.

    The item bias is one more factor, so that everything is one matrix product.
    """
    users = np.column_stack([factors.user_factors, np.ones(factors.n_users, np.float32)])
    items = np.ascontiguousarray(np.column_stack([factors.item_factors, factors.item_bias]).T)
    return lambda positions, scores: np.matmul(users[positions], items, out=scores)


def most_popular(items: IntArray, n_items: int) -> Score:
    """Items by how often they are in the training rows, the same for everybody."""
    counts = np.bincount(items, minlength=n_items).astype(np.float32)
    return lambda users, scores: np.copyto(scores, counts)


def in_random_order(n_items: int, seed: int = 0) -> Score:
    """Items in an order of each user's own, the same every time."""

    def score(users: NDArray[np.int64], scores: FloatArray) -> None:
        for user, row in zip(users.tolist(), scores, strict=True):
            np.random.default_rng((seed, user)).random(n_items, np.float32, out=row)

    return score


def ease(
    users: IntArray,
    items: IntArray,
    n_users: int,
    n_items: int,
    penalty: float = 400.0,
    targets: NDArray[np.float32] | None = None,
) -> Score:
    """The closed-form linear autoencoder of Steck, "Embarrassingly Shallow Autoencoders" (WWW 2019), eq. 8.

    It needs memory for a few `[n_items, n_items]` arrays: meant for catalogues of at most 10,000 items.

    Args:
        users: of each pair to learn from, `[n]`.
        items: of each pair, `[n]`.
        n_users: how many users there are.
        n_items: how many items.
        penalty: the ridge on the weights.
        targets: what the score of each pair should be, `[n]`; 1 if not given.
    """
    from scipy.sparse import csr_array

    values = np.ones(len(users), np.float32) if targets is None else targets
    rated = csr_array((values, (users, items)), shape=(n_users, n_items))
    gram = np.asarray((rated.T @ rated).todense(), np.float64)
    gram[np.diag_indices(n_items)] += penalty
    inverse = np.linalg.inv(gram)
    weights = (-inverse / np.diag(inverse)).astype(np.float32)
    np.fill_diagonal(weights, 0.0)
    return lambda users, scores: np.copyto(scores, rated[users] @ weights)
