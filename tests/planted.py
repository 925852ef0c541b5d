"""Ratings made up with a structure that is known: two kinds of users, two kinds of movies."""

import numpy as np

from mftui.core.data.ratings import Ratings, Scale

GENRES = ("Action|Sci-Fi", "Drama|Romance")


def planted_ratings(n_users: int = 60, n_items: int = 40, density: float = 0.5, seed: int = 0) -> Ratings:
    """Users of even id like the movies of even id (Action|Sci-Fi) and not the others (Drama|Romance), users of odd id
    the other way round. Liked movies get 4 or 5, others 1 or 2. Ids count from 1; every user and movie has a rating.
    """
    rng = np.random.default_rng(seed)
    rated = rng.random((n_users, n_items)) < density
    rated[np.arange(n_users), np.arange(n_users) % n_items] = True
    rated[np.arange(n_items) % n_users, np.arange(n_items)] = True
    user_ids, item_ids = (index + 1 for index in np.nonzero(rated))
    order = rng.permutation(len(user_ids))
    user_ids, item_ids = user_ids[order], item_ids[order]
    liked = user_ids % 2 == item_ids % 2
    values = np.where(liked, rng.integers(4, 6, len(order)), rng.integers(1, 3, len(order)))
    users, known_users = _numbered(user_ids)
    items, known_items = _numbered(item_ids)
    return Ratings(
        name="planted",
        users=users,
        items=items,
        values=values.astype(np.float32),
        timestamps=874_724_710 + rng.integers(0, 18_000_000, len(order)),
        user_ids=known_users,
        item_ids=known_items,
        scale=Scale(1.0, 5.0, 1.0),
        user_info={
            "age": 18 + known_users % 50,
            "gender": np.where(known_users % 2 == 0, "F", "M"),
            "occupation": np.where(known_users % 3 == 0, "artist", "engineer"),
            "zip_code": np.array([f"{10_000 + user}" for user in known_users]),
        },
        item_info={
            "title": np.array([f"Movie {item}, The ({1960 + item % 40})" for item in known_items]),
            "year": (1960 + known_items % 40).astype(np.int32),
            "genres": np.array([GENRES[item % 2] for item in known_items]),
        },
    )


def _numbered(ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions by first appearance, and the ids by position."""
    known, first, inverse = np.unique(ids, return_index=True, return_inverse=True)
    by_appearance = np.argsort(first)
    position = np.empty_like(by_appearance)
    position[by_appearance] = np.arange(len(by_appearance))
    return position[inverse].astype(np.int32), known[by_appearance]
