"""A person whom the model never saw, by ridge regression of their ratings on the item factors held fixed.

For `als` and `ials` it is their own half-step for a user, exactly. The other solvers have no such step: a person is
drawn to the average trained user as far as users differ, by the same regression with an estimated prior.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Scale
from mftui.core.errors import UnknownItem
from mftui.core.model.factors import Factors, FloatArray, IntArray
from mftui.core.runs.options import Als, Ials, Options

_NOISE = 0.2
"""Deviation of a rating from what can be predicted, as a share of the scale, where a solver has no ridge of its own."""

Rows = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NewUser:
    """A person's row, and how it came about. A row is a bias, then k factors."""

    factors: Factors
    items: IntArray
    """Positions of their ratings that the model learnt from, `[n]`."""
    prior: Rows
    """The row of somebody of whom nothing is known, `[k+1]`."""
    shares: Rows
    """What each of their ratings adds to it, `[n, k+1]`."""

    @property
    def row(self) -> Rows:
        """Their bias and factors, `[k+1]`."""
        total: Rows = self.prior + self.shares.sum(0)
        return total

    def predict(self) -> FloatArray:
        """The prediction for every item, unclipped, `[n_items]`."""
        factors, row = self.factors, self.row
        predicted: FloatArray = factors.item_factors @ row[1:].astype(np.float32)
        predicted += factors.item_bias + np.float32(factors.mean + row[0])
        return predicted

    def parts(self, item: int) -> tuple[float, Rows]:
        """The unclipped prediction for an item, taken apart: what it would be without ratings, what each adds, `[n]`.

        Their sum is the prediction, since a ridge regression is linear in its targets.
        """
        column = np.concatenate([[1.0], self.factors.item_factors[item]])
        start = self.factors.mean + float(self.factors.item_bias[item]) + float(self.prior @ column)
        return start, self.shares @ column


@dataclass(frozen=True, eq=False)
class FoldIn:
    """What folding in takes of a model whoever the person is: made once, it serves any number of people.

    Minimizes `sum_j (t_j - x_j r)² + (r - p)' R (r - p)` over the row r, with `x_j = (1, q_j)`; R and p are the
    solver's own ridge and 0 (Zhou et al. 2008, eq. 5; Hu et al. 2008, eq. 4), else estimated from the trained users.
    """

    factors: Factors
    options: Options
    """Of the solver that made the model."""
    prior: Rows
    """p, `[k+1]`."""
    ridge: Rows
    """R of somebody without ratings, `[k+1, k+1]`."""
    per_rating: float
    """What each rating adds to R's diagonal."""
    free: NDArray[np.intp]
    """Which columns of a row are fitted."""

    @classmethod
    def of(cls, factors: Factors, options: Options) -> Self:
        """Of a model and the options of its solver."""
        k = factors.n_factors
        every, nobody = np.arange(k + 1), np.zeros(k + 1)
        if isinstance(options, Als):
            return cls(factors, options, nobody, np.zeros((k + 1, k + 1)), options.regularization, every)
        if isinstance(options, Ials):
            everything = factors.item_factors.astype(np.float64)
            ridge = options.regularization * options.unobserved_weight * factors.n_items * np.eye(k + 1)
            ridge[1:, 1:] += options.unobserved_weight * (everything.T @ everything)
            return cls(factors, options, nobody, ridge, options.regularization, every[1:])
        trained = factors.user_counts > 0
        rows = np.hstack([factors.user_bias[:, None], factors.user_factors])[trained].astype(np.float64)
        if not len(rows):
            rows = np.zeros((1, k + 1))
        variance = rows.var(0)
        noise = (_NOISE * (factors.scale.highest - factors.scale.lowest)) ** 2
        # A column in which users don't differ, such as the bias of a model without biases, is not fitted.
        free = np.flatnonzero(variance > 1e-12)
        return cls(factors, options, rows.mean(0), np.diag(noise / np.maximum(variance, 1e-12)), 0.0, free)

    def person(self, items: IntArray, values: FloatArray) -> NewUser:
        """A person by their ratings.

        Args:
            items: positions of the rated items, `[n]`, each at most once; those never trained on tell nothing.
            values: their ratings on the data's own scale, `[n]`.

        Raises:
            UnknownItem: a position is not one of the model's.
        """
        factors, options, free = self.factors, self.options, self.free
        items, targets = np.asarray(items, np.int64), np.asarray(values).astype(np.float64)
        if len(items) and not (items.min() >= 0 and items.max() < factors.n_items):
            raise UnknownItem(f"There are only {factors.n_items:,} items, and a position is outside of them.")
        kept = factors.item_counts[items] > 0
        if isinstance(options, Ials):
            places = _places(targets, factors.scale)
            kept &= places >= options.threshold - 1e-6
            targets = options.lowest_target + places * (options.highest_target - options.lowest_target)
        items, targets = items[kept], targets[kept]
        shares = np.zeros((len(items), factors.n_factors + 1))
        if len(items):
            inputs = np.hstack([np.ones((len(items), 1)), factors.item_factors[items].astype(np.float64)])
            targets = targets - factors.mean - factors.item_bias[items] - inputs @ self.prior
            inputs = inputs[:, free]
            ridge = self.ridge[np.ix_(free, free)] + self.per_rating * len(items) * np.eye(len(free))
            shares[:, free] = np.linalg.solve(ridge + inputs.T @ inputs, inputs.T).T * targets[:, None]
        return NewUser(factors, items, self.prior, shares)


def fold_in(factors: Factors, options: Options, items: IntArray, values: FloatArray) -> NewUser:
    """One person by their ratings (see `FoldIn.person`)."""
    return FoldIn.of(factors, options).person(items, values)


def _places(values: Rows, scale: Scale) -> Rows:
    """Where ratings lie on the scale, from 0 to 1."""
    span = scale.highest - scale.lowest
    return (values - scale.lowest) / span if span > 0 else np.ones_like(values)
