"""What a set of ratings is made of, counted: the figures of a `Summary`."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mftui.core.data.co_rating import co_rating
from mftui.core.data.spread import spread_of
from mftui.core.data.summary import Summary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mftui.core.data.ratings import Ratings

_MOST_BARS = 50
_MOST_RANKS = 200
_MOST_MONTHS = 2400
_N_LISTED = 10
_MOST_GENRES = 30
_DAY = 86_400
_AT_ONCE = 1 << 18


def summarize(ratings: "Ratings", source: str, tell: Callable[[Summary], None] | None = None) -> Summary:
    """The figures of a set of ratings.

    Args:
        ratings: what to count.
        source: where it was read from.
        tell: told what is known so far, whenever there is more: the counts at once, what takes longer later.
    """
    tell = tell or (lambda summary: None)
    tell(summary := _first_figures(ratings, source))
    per_user, per_item = counts_of(ratings.users, ratings.n_users), counts_of(ratings.items, ratings.n_items)
    summary = replace(
        summary,
        ratings_per_user=_by_rank(per_user),
        ratings_per_item=_by_rank(per_item),
        per_user=spread_of(per_user),
        per_item=spread_of(per_item),
        most_rated=_most_rated(ratings, per_item),
    )
    tell(summary)
    if ratings.timestamps is not None:
        months = _per_month(ratings.timestamps)
        tell(summary := replace(summary, per_month=months, new_users_per_month=_new_users(ratings, months)))
    prior_weight = len(ratings) / ratings.n_items
    summary = replace(
        summary,
        best_rated=_best_rated(ratings, per_item, summary.mean, prior_weight),
        prior_weight=prior_weight,
        genres=_genres(ratings, per_item),
    )
    tell(summary)
    return replace(summary, co_rating=co_rating(ratings), fingerprint=ratings.fingerprint)


def _first_figures(ratings: "Ratings", source: str) -> Summary:
    """What is known at once, or nearly so."""
    times = ratings.timestamps
    cells = ratings.n_users * ratings.n_items
    return Summary(
        name=ratings.name,
        source=source,
        users=ratings.n_users,
        items=ratings.n_items,
        ratings=len(ratings),
        cells=cells,
        filled=len(ratings) / cells,
        mean=float(ratings.values.mean(dtype="float64")),
        scale=(ratings.scale.lowest, ratings.scale.highest, ratings.scale.step),
        histogram=_histogram(ratings),
        first=None if times is None else int(times.min()),
        last=None if times is None else int(times.max()),
        n_unrated_items=ratings.n_unrated_items,
        notes=list(ratings.notes),
    )


def counts_of(positions: "NDArray[np.integer[Any]]", n: int) -> "NDArray[np.int64]":
    """How often each position occurs, `[n]`."""
    import numpy as np

    counts = np.zeros(n, np.int64)
    for part in _parts(len(positions)):
        counts += np.bincount(positions[part], minlength=n)
    return counts


def _parts(n_rows: int) -> Iterator[slice]:
    """Some rows at a time: what is counted is copied first, and copies that fit a cache cost least."""
    return (slice(start, start + _AT_ONCE) for start in range(0, n_rows, _AT_ONCE))


def _most_rated(ratings: "Ratings", counts: "NDArray[np.int64]") -> list[tuple[str, int]]:
    import numpy as np

    most = np.argsort(-counts, kind="stable")[:_N_LISTED]
    return [(str(ratings.titles[item]), int(counts[item])) for item in most]


def _best_rated(
    ratings: "Ratings", counts: "NDArray[Any]", mean: float, prior_weight: float
) -> list[tuple[str, float, int]]:
    """The items with the highest Bayesian average, so that one good rating doesn't top a thousand.

    It is (C·m + Σ ratings) / (C + n): an item's own n ratings and C more at the mean m of all, C being the mean number
    of ratings an item has.
    """
    import numpy as np

    sums = np.zeros(ratings.n_items)
    for part in _parts(len(ratings)):
        sums += np.bincount(ratings.items[part], weights=ratings.values[part], minlength=ratings.n_items)
    averages = (prior_weight * mean + sums) / (prior_weight + counts)
    best = np.argsort(-averages, kind="stable")[:_N_LISTED]
    return [(str(ratings.titles[i]), float(averages[i]), int(counts[i])) for i in best]


def _genres(ratings: "Ratings", counts: "NDArray[Any]") -> list[tuple[str, float, int]]:
    seen: Counter[str] = Counter()
    items: Counter[str] = Counter()
    column = ratings.item_info.get("genres")
    for text, count in zip([] if column is None else column.tolist(), counts.tolist(), strict=False):
        for genre in {part.strip() for part in str(text).split("|") if part.strip()}:
            seen[genre] += count
            items[genre] += 1
    return [(genre, count / len(ratings), items[genre]) for genre, count in seen.most_common(_MOST_GENRES)]


def _histogram(ratings: "Ratings") -> list[tuple[float, int]]:
    import numpy as np

    lowest, highest, step = ratings.scale
    n_bars = round((highest - lowest) / step) + 1
    is_fine = n_bars > _MOST_BARS
    if is_fine:
        n_bars, step = _MOST_BARS, (highest - lowest) / _MOST_BARS
    counts = np.zeros(n_bars, np.int64)
    for part in _parts(len(ratings)):
        bars = (ratings.values[part] - lowest) / step
        bars = np.floor(bars) if is_fine else np.rint(bars)
        # Kept as float32, large values can lie a little outside of the scale.
        counts += np.bincount(bars.clip(0, n_bars - 1).astype(np.intp), minlength=n_bars)
    return [(lowest + bar * step, int(count)) for bar, count in enumerate(counts)]


def _per_month(timestamps: "NDArray[Any]") -> list[tuple[str, int]]:
    import numpy as np

    first, last = int(timestamps.min()) // _DAY, int(timestamps.max()) // _DAY
    ends = np.array([first, last]).astype("datetime64[D]").astype("datetime64[M]")
    if (ends[1] - ends[0]).astype(int) >= _MOST_MONTHS:
        return []
    # Counted by day first: days are few, and calendars are slow on millions of moments.
    per_day = np.zeros(last - first + 1, np.int64)
    for part in _parts(len(timestamps)):
        per_day += np.bincount(timestamps[part] // _DAY - first, minlength=len(per_day))
    months = np.arange(first, last + 1).astype("datetime64[D]").astype("datetime64[M]") - ends[0]
    counts = np.bincount(months.astype(np.intp), weights=per_day)
    return [(str(ends[0] + month), int(count)) for month, count in enumerate(counts)]


def _new_users(ratings: "Ratings", months: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """How many users came in each of the months."""
    import numpy as np

    if ratings.timestamps is None or not months:
        return []
    month = first_moments(ratings.users, ratings.timestamps, ratings.n_users).astype("datetime64[s]").astype(
        "datetime64[M]"
    ) - np.datetime64(months[0][0], "M")
    counts = np.bincount(month.astype(np.intp), minlength=len(months))
    return [(name, int(count)) for (name, _), count in zip(months, counts, strict=True)]


def first_moments(users: "NDArray[Any]", timestamps: "NDArray[Any]", n_users: int) -> "NDArray[np.int64]":
    """When each user came: the time of their first rating, `[n_users]`."""
    import numpy as np

    came = np.full(n_users, np.iinfo(np.int64).max)
    np.minimum.at(came, users, timestamps)
    return came


def _by_rank(counts: "NDArray[Any]") -> list[int]:
    """The counts, greatest first, at most 200 of them: the first, the last, and evenly spaced between."""
    import numpy as np

    ranked = np.sort(counts)[::-1]
    if len(ranked) > _MOST_RANKS:
        ranked = ranked[np.linspace(0, len(ranked) - 1, _MOST_RANKS).round().astype(np.intp)]
    return [int(count) for count in ranked]
