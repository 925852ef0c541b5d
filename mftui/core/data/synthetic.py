"""Synthetic ratings in the shape of real ones, seeded, in seconds: for measuring at scale and for tests."""

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Ratings, Scale

_BATCH = 1 << 20
"""Ratings whose values are computed at a time."""


def synthesize(
    n_users: int = 162_541,
    n_items: int = 59_047,
    n_ratings: int = 25_000_000,
    *,
    rank: int = 16,
    noise: float = 0.75,
    seed: int = 0,
) -> Ratings:
    """Ratings of half a star to five from planted biases and factors plus noise; by default in the shape of ML-25M.

    How many ratings a user gives, and an item gets, falls off as a power law; every user and item has at least one,
    and no pair is there twice.

    Args:
        rank: of the planted factors.
        noise: standard deviation of what neither biases nor factors explain, in stars.

    Raises:
        ValueError: there are too few ratings to go round, or more than half of all pairs.
    """
    if not max(n_users, n_items) <= n_ratings <= n_users * n_items // 2:
        raise ValueError(f"{n_ratings:,} ratings don't suit {n_users:,} users and {n_items:,} items.")
    random = np.random.default_rng(seed)
    pairs = _pairs(random, n_users, n_items, n_ratings)
    users, items = (side.astype(np.int32) for side in np.divmod(pairs, n_items))
    del pairs
    users, items = _by_first_appearance(users, n_users), _by_first_appearance(items, n_items)
    return Ratings(
        name=f"synthetic-{n_users}x{n_items}",
        users=users,
        items=items,
        values=_values(random, users, items, n_users, n_items, rank, noise),
        timestamps=None,
        user_ids=np.arange(1, n_users + 1),
        item_ids=np.arange(1, n_items + 1),
        scale=Scale(0.5, 5.0, 0.5),
    )


def _pairs(random: np.random.Generator, n_users: int, n_items: int, n_ratings: int) -> NDArray[np.int64]:
    """Distinct pairs, shuffled, each as user x n_items + item, `[n_ratings]`."""
    activity = _power_law(n_users, 1.0, 0.02)
    popularity = _power_law(n_items, 1.3, 0.0025)
    n = max(n_users, n_items)
    wheel = np.arange(n)  # everyone once: a pass over the longer side, round and round the shorter one
    needed = np.unique((wheel % n_users) * n_items + wheel % n_items)
    pairs = needed
    while len(pairs) < n_ratings:
        missing = int((n_ratings - len(pairs)) * 1.1) + 1000
        drawn = _drawn(random, activity, missing) * n_items + _drawn(random, popularity, missing)
        pairs = np.concatenate([pairs, drawn])
        pairs.sort()
        pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])]
    spare = np.ones(len(pairs), bool)
    spare[np.searchsorted(pairs, needed)] = False
    chance = random.permutation(pairs[spare])[: n_ratings - len(needed)]
    return random.permutation(np.concatenate([needed, chance]))


def _power_law(n: int, exponent: float, head: float) -> NDArray[np.float64]:
    """Cumulative shares of n users or items, of which the first, a share `head`, differ little: `[n]`, up to 1."""
    shares = (np.arange(n) + max(head * n, 1.0)) ** -exponent
    return np.cumsum(shares / shares.sum())


def _drawn(random: np.random.Generator, cumulative: NDArray[np.float64], n: int) -> NDArray[np.int64]:
    """Positions drawn by their shares: counts, then a shuffle, which is far quicker than a search for each draw."""
    counts = random.multinomial(n, np.diff(cumulative, prepend=0.0))
    return random.permutation(np.repeat(np.arange(len(cumulative)), counts))


def _by_first_appearance(positions: NDArray[np.int32], n: int) -> NDArray[np.int32]:
    """The same users or items numbered as a file's reader would number them."""
    first = np.empty(n, np.int64)
    first[positions[::-1]] = np.arange(len(positions) - 1, -1, -1)  # the last to write wins
    number = np.empty(n, np.int32)
    number[np.argsort(first)] = np.arange(n, dtype=np.int32)
    return number[positions]


def _values(
    random: np.random.Generator,
    users: NDArray[np.int32],
    items: NDArray[np.int32],
    n_users: int,
    n_items: int,
    rank: int,
    noise: float,
) -> NDArray[np.float32]:
    """Ratings from a mean, biases, factors and noise, rounded to half stars, `[n]`."""
    user_bias = random.normal(0, 0.42, n_users).astype(np.float32)
    item_bias = random.normal(0, 0.45, n_items).astype(np.float32)
    weights = np.linspace(1.6, 0.4, rank, dtype=np.float32)
    weights *= 0.45 / np.linalg.norm(weights)
    user_factors = random.standard_normal((n_users, rank), np.float32) * weights
    item_factors = random.standard_normal((n_items, rank), np.float32)
    values = np.empty(len(users), np.float32)
    for start in range(0, len(users), _BATCH):
        u, i = users[start : start + _BATCH], items[start : start + _BATCH]
        exact = 3.55 + user_bias[u] + item_bias[i] + np.einsum("nk,nk->n", user_factors[u], item_factors[i])
        exact += np.float32(noise) * random.standard_normal(len(u), np.float32)
        values[start : start + _BATCH] = np.clip(np.round(exact * 2) / 2, 0.5, 5.0)
    return values
