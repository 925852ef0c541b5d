"""How often two items were rated by the same users: what similarity between items can rest on, from a sample."""

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from mftui.core.data.ratings import Ratings

_MOST_SAMPLED = 256
_SEED = 0


class CoRating(Struct, frozen=True):
    """Pairs of items drawn at random, and how many users rated both of them."""

    items: int
    """How many items were drawn; every pair of them counts."""
    pairs: int
    with_one: float
    """Share of the pairs, from 0 to 1, that at least one user rated both of."""
    with_five: float
    """Share of the pairs that at least five users did."""
    mean: float
    """Users who rated both, averaged over the pairs."""


def co_rating(ratings: "Ratings") -> CoRating | None:
    """What pairs of up to 256 items drawn at random have in common; None where there is one item only."""
    import numpy as np
    from scipy import sparse

    n_sampled = min(_MOST_SAMPLED, ratings.n_items)
    if n_sampled < 2:
        return None
    sampled = np.random.default_rng(_SEED).choice(ratings.n_items, n_sampled, replace=False)
    places = np.full(ratings.n_items, -1, np.int32)
    places[sampled] = np.arange(n_sampled)
    chosen = np.flatnonzero(places[ratings.items] >= 0)
    where = ratings.users[chosen], places[ratings.items[chosen]]
    rated = sparse.csr_array((np.ones(len(chosen)), where), shape=(ratings.n_users, n_sampled))
    counts = (rated.T @ rated).toarray()[np.triu_indices(n_sampled, 1)]
    return CoRating(
        items=n_sampled,
        pairs=len(counts),
        with_one=float((counts >= 1).mean()),
        with_five=float((counts >= 5).mean()),
        mean=float(counts.mean(dtype=np.float64)),
    )
