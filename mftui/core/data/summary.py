"""What is known of a set of ratings without reading it again."""

from msgspec import Struct

from mftui.core.data.co_rating import CoRating
from mftui.core.data.spread import Spread


class Summary(Struct, frozen=True, kw_only=True):
    """What the Data screen shows first; kept as `summary.json` beside the cached arrays.

    While the ratings are counted, figures that have a default here may not be there yet (see `is_whole`).
    """

    name: str
    source: str
    """Where it was read from."""
    users: int
    items: int
    ratings: int
    cells: int
    """Users times items."""
    filled: float
    """Ratings per cell, from 0 to 1."""
    mean: float
    scale: tuple[float, float, float]
    """Lowest, highest, step."""
    histogram: list[tuple[float, int]]
    """How many ratings there are of each value of the scale, lowest first; on a scale of more than 50 values, of each
    of 50 equal intervals, by its lower end."""
    first: int | None
    """Unix seconds of the oldest rating; None without timestamps."""
    last: int | None
    n_unrated_items: int
    notes: list[str]
    """What was decided about dirt in the file."""
    per_month: list[tuple[str, int]] = []
    """Ratings in each month (UTC), `("1997-09", 5137)`, months without any included; empty without timestamps,
    or where they are spread over more than 200 years."""
    new_users_per_month: list[tuple[str, int]] = []
    """Users whose first rating lies in each month, over the months of `per_month`."""
    ratings_per_user: list[int] = []
    """Counts, most active first; at most 200 of them, evenly spaced by rank."""
    ratings_per_item: list[int] = []
    """Counts, most rated first; at most 200 of them, evenly spaced by rank."""
    per_user: Spread | None = None
    """How unevenly the ratings are spread over the users."""
    per_item: Spread | None = None
    """How unevenly they are spread over the items."""
    most_rated: list[tuple[str, int]] = []
    """The ten most rated items: title and count, ties by first appearance."""
    best_rated: list[tuple[str, float, int]] = []
    """The ten best rated items: title, Bayesian average and count (see `_best_rated`)."""
    prior_weight: float = 0.0
    """How many ratings at the mean the Bayesian average adds to each item's own."""
    genres: list[tuple[str, float, int]] = []
    """Each genre's share of the ratings, from 0 to 1, and its number of items, the largest share first; an item of
    several genres counts for each. At most 30; empty where the data names none."""
    co_rating: CoRating | None = None
    """How often two items were rated by the same users; None where there is one item only."""
    fingerprint: str = ""
    """Of the ratings; counted last."""

    @property
    def is_whole(self) -> bool:
        """Whether all has been counted."""
        return bool(self.fingerprint)
