"""Fewer ratings on purpose: a sample of the users, and only users and items with enough ratings (a k-core)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mftui.core.data.ratings import Ratings
from mftui.core.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def reduced(ratings: Ratings, *, min_user: int = 0, min_item: int = 0, sample: float = 1.0, seed: int = 42) -> Ratings:
    """The ratings that are left, numbered anew; their name and notes say what was done. The same where nothing is.

    First a share of the users is drawn, with all their ratings. Then users with fewer than `min_user` ratings and
    items with fewer than `min_item` go, again and again until all that are left have enough: Seidman's (1983) k-core of
    the graph of users and items.

    Args:
        ratings: what to take from.
        min_user: ratings that a user needs to stay.
        min_item: ratings that an item needs to stay.
        sample: share of the users to draw, above 0, up to 1 for all of them; at least one is drawn.
        seed: seed of the draw.

    Raises:
        DataError: nothing is left.
    """
    steps: list[str] = []
    notes: list[str] = []
    kept = np.ones(len(ratings), bool)
    if sample < 1:
        n_drawn = max(1, round(ratings.n_users * sample))
        drawn = np.zeros(ratings.n_users, bool)
        drawn[np.random.default_rng(seed).choice(ratings.n_users, n_drawn, replace=False)] = True
        kept = drawn[ratings.users]
        steps.append(f"{sample:.3g} of the users")
        notes.append(f"Sampled on purpose: {n_drawn:,} of {ratings.n_users:,} users, with all their ratings.")
    if min_user > 1 or min_item > 1:
        before = int(kept.sum())
        kept = _core(ratings, kept, min_user, min_item)
        steps.append(f"{min_user}-core" if min_user == min_item else f"users of {min_user}+, items of {min_item}+")
        notes.append(
            f"Left out on purpose: {before - int(kept.sum()):,} of {before:,} ratings, so that every user has at least "
            f"{max(1, min_user):,} and every item at least {max(1, min_item):,}."
        )
    if not steps:
        return ratings
    if not kept.any():
        raise DataError(f"Of {ratings.name}, {' and '.join(steps)} leaves no ratings.", "Ask for less.")
    return _renumbered(ratings, kept, f"{ratings.name} ({', '.join(steps)})", notes)


def _core(ratings: Ratings, kept: "NDArray[np.bool_]", min_user: int, min_item: int) -> "NDArray[np.bool_]":
    """The rows, of those kept so far, whose users and items have enough of them."""
    rows = np.flatnonzero(kept)
    while True:
        per_user = np.bincount(ratings.users[rows], minlength=ratings.n_users)
        per_item = np.bincount(ratings.items[rows], minlength=ratings.n_items)
        enough = (per_user[ratings.users[rows]] >= min_user) & (per_item[ratings.items[rows]] >= min_item)
        if enough.all():
            break
        rows = rows[enough]
    left = np.zeros(len(ratings), bool)
    left[rows] = True
    return left


def _renumbered(ratings: Ratings, kept: "NDArray[np.bool_]", name: str, notes: list[str]) -> Ratings:
    """Only the rows kept, and only the users and items in them, by first appearance as ever."""
    users, known_users = _by_appearance(ratings.users[kept])
    items, known_items = _by_appearance(ratings.items[kept])
    return replace(
        ratings,
        name=name,
        users=users,
        items=items,
        values=ratings.values[kept],
        timestamps=None if ratings.timestamps is None else ratings.timestamps[kept],
        user_ids=ratings.user_ids[known_users],
        item_ids=ratings.item_ids[known_items],
        user_info={column: cells[known_users] for column, cells in ratings.user_info.items()},
        item_info={column: cells[known_items] for column, cells in ratings.item_info.items()},
        n_unrated_items=ratings.n_unrated_items + ratings.n_items - len(known_items),
        notes=(*ratings.notes, *notes),
    )


def _by_appearance(positions: "NDArray[np.int32]") -> "tuple[NDArray[np.int32], NDArray[Any]]":
    """New positions, and the old position of each new one."""
    known, first = np.unique(positions, return_index=True)
    known = known[np.argsort(first)]
    renumbered = np.empty(int(known.max()) + 1, np.int32)
    renumbered[known] = np.arange(len(known))
    return renumbered[positions], known
