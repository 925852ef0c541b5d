"""How far predicted ratings are from true ones."""

import numpy as np
from numpy.typing import NDArray

from mftui.core.evaluation.report import ErrorByRating, RatingError

_MOST_VALUES = 20
_RANGES = 10


def rating_error(predicted: NDArray[np.floating], true: NDArray[np.floating]) -> RatingError:
    """Mean squared error, its root, and mean absolute error over rows, `[n]` each; all 0 where n is 0."""
    if len(true) == 0:
        return RatingError(0.0, 0.0, 0.0, 0)
    difference = predicted.astype(np.float64) - true
    mse = float(np.mean(difference**2))
    return RatingError(mse, float(np.sqrt(mse)), float(np.mean(np.abs(difference))), len(true))


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
