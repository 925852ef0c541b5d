"""What a set of ratings is made of, in figures that can be shown without reading it again."""

from msgspec import Struct


class Summary(Struct, frozen=True):
    """What the Data screen shows first; kept as `summary.json` beside the cached arrays."""

    name: str
    source: str
    """Where it was read from."""
    fingerprint: str
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
    """How many ratings there are of each value, lowest first."""
    first: int | None
    """Unix seconds of the oldest rating; None without timestamps."""
    last: int | None
    per_month: list[tuple[str, int]]
    """Ratings in each month (UTC), `("1997-09", 5137)`, months without any included; empty without timestamps."""
    ratings_per_user: list[int]
    """Counts, most active first; at most 200 of them, evenly spaced by rank."""
    ratings_per_item: list[int]
    """Counts, most rated first; at most 200 of them, evenly spaced by rank."""
    most_rated: list[tuple[str, int]]
    """The ten most rated items: title and count, ties by first appearance."""
    n_unrated_items: int
    notes: list[str]
    """What was decided about dirt in the file."""
