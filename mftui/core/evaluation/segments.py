"""Where the error is: the test rows in groups that have something in common, and a histogram of the errors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Ratings, Scale
from mftui.core.evaluation.report import Bin, ErrorByRating, Segment

_MOST_VALUES = 20
_RANGES = 10
_STEPS = 8
"""Stretches that the scale is cut into: half stars, where it goes from 1 to 5."""
_QUANTILES = 5
_MOST_MONTHS = 24


@dataclass(frozen=True, eq=False)
class Predicted:
    """Test rows with what was predicted for them, `[n]` each."""

    true: NDArray[np.float64]
    model: NDArray[np.float64]
    bias: NDArray[np.float64]
    """What the bias model says: a group may be hard for any model."""

    def segment(self, name: str, rows: NDArray[np.intp]) -> Segment:
        """What is known of some of the rows, at least one."""
        true, model = self.true[rows], self.model[rows]
        return Segment(
            name=name,
            n=len(rows),
            mean_rating=float(true.mean()),
            mean_predicted=float(model.mean()),
            rmse=_root_mean_square(model - true),
            mae=float(np.abs(model - true).mean()),
            bias_rmse=_root_mean_square(self.bias[rows] - true),
        )

    def segments(self, names: Iterable[str], group_of: NDArray[np.integer]) -> list[Segment]:
        """The groups that have rows, in their order; `group_of` is the place of each row's name, `[n]`."""
        return [self.segment(name, rows) for name, rows in zip(names, _rows_of(group_of), strict=False) if len(rows)]


def by_prediction(rows: Predicted, scale: Scale) -> list[Segment]:
    """Stretches of the scale, half a star each from 1 to 5: calibrated where mean rating and prediction agree."""
    edges = np.linspace(scale.lowest, scale.highest, _STEPS + 1)
    names = [f"{low:g} to {high:g}" for low, high in pairwise(edges.round(2))]
    return rows.segments(names, np.digitize(rows.model, edges[1:-1]))


def by_count(rows: Predicted, counts: NDArray[np.integer]) -> list[Segment]:
    """Five groups of about as many rows each, by the training ratings of the row's user, or of its item.

    Rows whose user or item was never trained on are a group of their own.

    Args:
        rows: the test rows.
        counts: training ratings of each row's user or item, `[n]`.
    """
    trained = counts[counts > 0]
    bounds = np.quantile(trained, np.arange(1, _QUANTILES + 1) / _QUANTILES, method="higher") if len(trained) else []
    highest = np.unique(np.append(0, bounds))
    lowest = np.append(0, highest[:-1] + 1)
    names = [
        f"{low:,.0f} to {high:,.0f}" if low < high else f"{low:,.0f}" for low, high in zip(lowest, highest, strict=True)
    ]
    return rows.segments(names, np.searchsorted(highest, counts))


def by_genre(rows: Predicted, genres: NDArray[np.str_]) -> list[Segment]:
    """Each genre with rows, most rows first; a movie of several genres is in each of them.

    Args:
        rows: the test rows.
        genres: of each row's movie, joined by `|`, `[n]`.
    """
    joined, group_of = np.unique(genres, return_inverse=True)
    of_genre: dict[str, list[int]] = {}
    for group, names in enumerate(joined.tolist()):
        for name in dict.fromkeys(names.split("|")):
            of_genre.setdefault(name or "no genre", []).append(group)
    found = [rows.segment(name, np.flatnonzero(np.isin(group_of, groups))) for name, groups in of_genre.items()]
    return sorted(found, key=lambda segment: (-segment.n, segment.name))


def by_time(rows: Predicted, timestamps: NDArray[np.int64]) -> list[Segment]:
    """Months (UTC) where the test rows span no more than two years, else years; oldest first.

    Args:
        rows: the test rows.
        timestamps: when each was rated, Unix seconds, `[n]`.
    """
    months = timestamps.astype("datetime64[s]").astype("datetime64[M]")
    few = (months.max() - months.min()).astype(int) < _MOST_MONTHS
    periods, group_of = np.unique(months if few else months.astype("datetime64[Y]"), return_inverse=True)
    return rows.segments(np.datetime_as_string(periods).tolist(), group_of)


def all_segments(
    rows: Predicted, ratings: Ratings, test: NDArray[np.int64], train: NDArray[np.int64]
) -> dict[str, list[Segment]]:
    """The test rows grouped in every way that the data allows."""
    users, items = ratings.users[test], ratings.items[test]
    user_counts = np.bincount(ratings.users[train], minlength=ratings.n_users)
    item_counts = np.bincount(ratings.items[train], minlength=ratings.n_items)
    found = {
        "prediction": by_prediction(rows, ratings.scale),
        "user_ratings": by_count(rows, user_counts[users]),
        "item_ratings": by_count(rows, item_counts[items]),
    }
    if (genres := ratings.item_info.get("genres")) is not None:
        found["genre"] = by_genre(rows, genres[items])
    if ratings.timestamps is not None:
        found["time"] = by_time(rows, ratings.timestamps[test])
    return found


def error_by_rating(predicted: NDArray[np.floating], true: NDArray[np.floating]) -> list[ErrorByRating]:
    """The error among the rows of each true rating, lowest rating first.

    Where ratings take more than 20 values, ten ranges of equal width stand for them, each by its mean rating.
    """
    groups, group_of = np.unique(true, return_inverse=True)
    if len(groups) > _MOST_VALUES:
        edges = np.linspace(groups[0], groups[-1], _RANGES + 1)[1:-1]
        group_of = np.unique(np.digitize(true, edges), return_inverse=True)[1]
    counts = np.bincount(group_of)
    difference = predicted.astype(np.float64) - true
    means = np.bincount(group_of, true) / counts
    predictions = np.bincount(group_of, predicted) / counts
    roots = np.sqrt(np.bincount(group_of, difference**2) / counts)
    rows = zip(means.tolist(), counts.tolist(), predictions.tolist(), roots.tolist(), strict=True)
    return [ErrorByRating(*row) for row in rows]


def error_histogram(predicted: NDArray[np.floating], true: NDArray[np.floating], scale: Scale) -> list[Bin]:
    """How many predictions are too low (below 0) or too high, by how much, over all errors that the scale allows.

    Sixteen bins, half a star wide where the scale goes from 1 to 5; each holds its lower end, the last both.
    """
    reach = scale.highest - scale.lowest
    counts, edges = np.histogram(predicted.astype(np.float64) - true, bins=2 * _STEPS, range=(-reach, reach))
    return [Bin(*bin) for bin in zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True)]


def _rows_of(group_of: NDArray[np.integer]) -> Sequence[NDArray[np.intp]]:
    """The rows of each group, in order; the groups are numbered from 0."""
    order = np.argsort(group_of, kind="stable")
    return np.split(order, np.cumsum(np.bincount(group_of))[:-1])


def _root_mean_square(values: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(values**2)))
