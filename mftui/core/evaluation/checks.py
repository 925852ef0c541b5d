"""What must hold before a model is judged, or judged beside another."""

import hashlib

import numpy as np

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split
from mftui.core.errors import ModelError
from mftui.core.model import Factors


def check_fit(factors: Factors, ratings: Ratings, name: str = "The model") -> None:
    """Refuse a model that numbers other users and items than these.

    Raises:
        ModelError: it does; the message calls it by `name`.
    """
    if (factors.n_users, factors.n_items) != (ratings.n_users, ratings.n_items):
        raise ModelError(
            f"{name} knows {factors.n_users:,} users and {factors.n_items:,} items, but {ratings.name} has "
            f"{ratings.n_users:,} and {ratings.n_items:,}.",
            "It was trained on other ratings.",
        )


def fingerprint_of_test(ratings: Ratings, split: Split) -> str:
    """SHA-256 of the ratings and of which of their rows are tested on, in whatever order."""
    digest = hashlib.sha256(ratings.fingerprint.encode())
    digest.update(np.sort(split.test).astype("<i8").data)
    return digest.hexdigest()
