"""Whether a model that says how sure it is knows it: predictive intervals that hold as many ratings as they should."""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split
from mftui.core.evaluation.report import Coverage, Sureness, Uncertainty
from mftui.core.model.posterior import Posterior

_LEVELS = (0.5, 0.8, 0.95)
_GROUPS = 5
_MOST_USERS = 100
"""Each is folded in anew, which takes some milliseconds."""


def judge_uncertainty(posterior: Posterior, ratings: Ratings, split: Split) -> Uncertainty:
    """How often a rating lies within its predicted interval, and how far off predictions are that seem sure or unsure.

    Args:
        posterior: the samples beside the model.
        ratings: the whole dataset.
        split: its training rows are what each user is known by; its test rows, at least one, are predicted.
    """
    users = np.unique(ratings.users[split.test])
    if len(users) > _MOST_USERS:
        users = np.sort(np.random.default_rng(0).choice(users, _MOST_USERS, replace=False))
    parts = [_predicted(posterior, ratings, split, user) for user in users.tolist()]
    off, deviation = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    reach = {level: NormalDist().inv_cdf((1 + level) / 2) for level in _LEVELS}
    return Uncertainty(
        coverage=[Coverage(level, float(np.mean(off <= reach[level] * deviation))) for level in _LEVELS],
        by_deviation=_by_deviation(off, deviation),
        n=len(off),
        users=len(users),
    )


def _predicted(
    posterior: Posterior, ratings: Ratings, split: Split, user: int
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """How far off the predictions of a user's test rows are, and their predicted deviations, `[n]` each."""
    known, asked = (rows[ratings.users[rows] == user] for rows in (split.train, split.test))
    person = posterior.fold_in(ratings.items[known], ratings.values[known], user)
    predictions = person.predict(ratings.items[asked])
    return np.abs(ratings.values[asked] - predictions.mean), predictions.deviation


def _by_deviation(off: NDArray[np.floating], deviation: NDArray[np.floating]) -> list[Sureness]:
    """Groups of as many rows each, the surest first."""
    groups = np.array_split(np.argsort(deviation, kind="stable"), _GROUPS)
    return [
        Sureness(
            n=len(rows),
            mean_deviation=float(np.sqrt(np.mean(deviation[rows].astype(np.float64) ** 2))),
            rmse=float(np.sqrt(np.mean(off[rows].astype(np.float64) ** 2))),
        )
        for rows in groups
        if len(rows)
    ]
