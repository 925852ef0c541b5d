"""What a set of ratings is made of, in figures that can be shown without reading it again."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.core.data.ratings import Ratings

_MOST_BARS = 50
_MOST_RANKS = 200
_MOST_MONTHS = 2400
_N_MOST_RATED = 10


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
    """How many ratings there are of each value of the scale, lowest first; on a scale of more than 50 values, of each
    of 50 equal intervals, by its lower end."""
    first: int | None
    """Unix seconds of the oldest rating; None without timestamps."""
    last: int | None
    per_month: list[tuple[str, int]]
    """Ratings in each month (UTC), `("1997-09", 5137)`, months without any included; empty without timestamps,
    or where they are spread over more than 200 years."""
    ratings_per_user: list[int]
    """Counts, most active first; at most 200 of them, evenly spaced by rank."""
    ratings_per_item: list[int]
    """Counts, most rated first; at most 200 of them, evenly spaced by rank."""
    most_rated: list[tuple[str, int]]
    """The ten most rated items: title and count, ties by first appearance."""
    n_unrated_items: int
    notes: list[str]
    """What was decided about dirt in the file."""


def summarize(ratings: "Ratings", source: str) -> Summary:
    """The figures of a set of ratings; `source` says where it was read from."""
    import numpy as np

    per_user = np.bincount(ratings.users, minlength=ratings.n_users)
    per_item = np.bincount(ratings.items, minlength=ratings.n_items)
    most_rated = np.argsort(-per_item, kind="stable")[:_N_MOST_RATED]
    times = ratings.timestamps
    cells = ratings.n_users * ratings.n_items
    return Summary(
        name=ratings.name,
        source=source,
        fingerprint=ratings.fingerprint,
        users=ratings.n_users,
        items=ratings.n_items,
        ratings=len(ratings),
        cells=cells,
        filled=len(ratings) / cells,
        mean=float(ratings.values.mean(dtype=np.float64)),
        scale=(ratings.scale.lowest, ratings.scale.highest, ratings.scale.step),
        histogram=_histogram(ratings),
        first=None if times is None else int(times.min()),
        last=None if times is None else int(times.max()),
        per_month=[] if times is None else _per_month(times),
        ratings_per_user=_by_rank(per_user),
        ratings_per_item=_by_rank(per_item),
        most_rated=[(str(ratings.titles[item]), int(per_item[item])) for item in most_rated],
        n_unrated_items=ratings.n_unrated_items,
        notes=list(ratings.notes),
    )


def _histogram(ratings: "Ratings") -> list[tuple[float, int]]:
    import numpy as np

    lowest, highest, step = ratings.scale
    n_bars = round((highest - lowest) / step) + 1
    if n_bars > _MOST_BARS:
        n_bars, step = _MOST_BARS, (highest - lowest) / _MOST_BARS
        bars = (ratings.values - lowest) // step
    else:
        bars = np.rint((ratings.values - lowest) / step)
    # Kept as float32, large values can lie a little outside of the scale.
    counts = np.bincount(bars.clip(0, n_bars - 1).astype(np.intp), minlength=n_bars)
    return [(lowest + bar * step, int(count)) for bar, count in enumerate(counts)]


def _per_month(timestamps: "NDArray[Any]") -> list[tuple[str, int]]:
    import numpy as np

    ends = np.array([timestamps.min(), timestamps.max()]).astype("datetime64[s]").astype("datetime64[M]")
    if (ends[1] - ends[0]).astype(int) >= _MOST_MONTHS:
        return []
    months = timestamps.astype("datetime64[s]").astype("datetime64[M]")
    counts = np.bincount((months - ends[0]).astype(np.intp))
    return [(str(ends[0] + month), int(count)) for month, count in enumerate(counts)]


def _by_rank(counts: "NDArray[Any]") -> list[int]:
    """The counts, greatest first, at most 200 of them: the first, the last, and evenly spaced between."""
    import numpy as np

    ranked = np.sort(counts)[::-1]
    if len(ranked) > _MOST_RANKS:
        ranked = ranked[np.linspace(0, len(ranked) - 1, _MOST_RANKS).round().astype(np.intp)]
    return [int(count) for count in ranked]
