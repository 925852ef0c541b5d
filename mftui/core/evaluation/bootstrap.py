"""How far a figure would move with other users: resampled users, since the ratings of one user are not independent."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mftui.core.evaluation.report import Difference, Verdict
from mftui.core.threads import one_thread

DRAWS = 1000
_SEED = 0
_LEVEL = 95

PROTOCOL = f"{_LEVEL}% intervals: percentiles of {DRAWS:,} bootstrap draws of the users with test rows, seed {_SEED}"


def sums_by_user(users: NDArray[np.intp], columns: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Rows added up per user, `[n_users, m]`.

    Args:
        users: whose each row is, numbered from 0 without gaps, `[n]`.
        columns: what to add up, `m` of them, `[n]` each; they need not be there together.
    """
    n_users = int(users.max()) + 1
    return np.stack([np.bincount(users, column, n_users) for column in columns], axis=1)


def resampled(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Column totals over as many users drawn with replacement, again and again, `[DRAWS, m]`; always the same draws.

    What is computed from columns side by side is paired: each draw holds the same users for all of them.

    Args:
        sums: a row for each user, `[n_users, m]`.
    """
    n_users = len(sums)
    draws = np.random.default_rng(_SEED)
    totals = np.empty((DRAWS, sums.shape[1]))
    with one_thread():  # thin products, for which two threads wait for one another longer than they work
        for draw in range(DRAWS):
            times = np.bincount(draws.integers(n_users, size=n_users), minlength=n_users)
            totals[draw] = times @ sums
    return totals


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """The middle 95% of the draws of a figure; draws that have none (NaN) are left out."""
    tail = (100 - _LEVEL) / 2
    low, high = np.nanpercentile(values, [tail, 100 - tail])
    return float(low), float(high)


def difference(metric: str, by: float, draws: NDArray[np.float64]) -> Difference:
    """How much better something is, and whether that is clear: where the interval of its draws leaves out 0."""
    low, high = interval(draws)
    verdict: Verdict = "better" if low > 0 else "worse" if high < 0 else "no clear difference"
    return Difference(metric, by, (low, high), verdict)
