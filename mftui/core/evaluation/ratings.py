"""How far predicted ratings are from true ones, and how sure that is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftui.core.evaluation.bootstrap import difference, interval, resampled, sums_by_user
from mftui.core.evaluation.report import Difference, RatingError

_NEAR = 0.5
"""Half a star."""


@dataclass(frozen=True, eq=False)
class Judged:
    """The error of some predictions, and its root mean square in each bootstrap draw, `[DRAWS]`."""

    error: RatingError
    rmse_draws: NDArray[np.float64]

    def beside(self, other: "Judged") -> Difference:
        """How these predictions do beside others of the same rows."""
        return difference("rmse", other.error.rmse - self.error.rmse, other.rmse_draws - self.rmse_draws)


def judge_ratings(
    predictions: Mapping[str, NDArray[np.floating]], true: NDArray[np.floating], users: NDArray[np.integer]
) -> dict[str, Judged]:
    """The error of several predictions of the same rows, with intervals from the same draws of users.

    Args:
        predictions: predicted ratings by the name of who predicts, `[n]` each; NaN where a row is left out.
        true: the ratings, `[n]`, at least one.
        users: who rated, positions `[n]`.
    """
    places = np.unique(users, return_inverse=True)[1]
    columns = (column for predicted in predictions.values() for column in _columns(predicted, true))
    draws = resampled(sums_by_user(places, columns))
    judged = {}
    for i, (name, predicted) in enumerate(predictions.items()):
        counted = np.isfinite(predicted)
        error = rating_error(predicted[counted], true[counted])
        squares, absolutes, n = draws[:, 3 * i : 3 * i + 3].T
        with np.errstate(invalid="ignore"):
            rmse, mae = np.sqrt(squares / n), absolutes / n
        if error.n:
            error = _with_intervals(error, interval(rmse), interval(mae))
        judged[name] = Judged(error, rmse)
    return judged


def _columns(predicted: NDArray[np.floating], true: NDArray[np.floating]) -> Iterator[NDArray[np.float64]]:
    """What the errors are made of, `[n]` each: squares, absolute values, and whether the row counts."""
    off = predicted.astype(np.float64) - true
    counted = np.isfinite(off)
    off[~counted] = 0.0
    yield off**2
    yield np.abs(off)
    yield counted.astype(np.float64)


def rating_error(predicted: NDArray[np.floating], true: NDArray[np.floating]) -> RatingError:
    """The errors over rows, `[n]` each, without intervals; all 0 where n is 0."""
    if len(true) == 0:
        return RatingError(0.0, 0.0, 0.0, 0)
    true = true.astype(np.float64)
    off = predicted.astype(np.float64) - true
    mse, variance = float(np.mean(off**2)), float(np.var(true))
    return RatingError(
        mse=mse,
        rmse=float(np.sqrt(mse)),
        mae=float(np.mean(np.abs(off))),
        n=len(true),
        r2=1 - mse / variance if variance else None,
        within_half=float(np.mean(np.abs(off) <= _NEAR)),
    )


def _with_intervals(error: RatingError, rmse: tuple[float, float], mae: tuple[float, float]) -> RatingError:
    return RatingError(
        error.mse, error.rmse, error.mae, error.n, error.r2, error.within_half, rmse_interval=rmse, mae_interval=mae
    )
