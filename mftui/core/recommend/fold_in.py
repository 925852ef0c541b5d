"""A person whom the model never saw, by ridge regression of their ratings on the item factors held fixed.

For `als` and `ials` it is their own half-step for a user, exactly. The row of a user whom `sgd` or `gradient` trained
is where its descent stopped, the minimum of nothing: a person is taken for one more of the trained users, whose rows
are the prior, by how they vary together. (`bayes` has samples that know better: see `Posterior.fold_in`.)
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Scale
from mftui.core.errors import UnknownItem
from mftui.core.model.factors import Factors, FloatArray, IntArray
from mftui.core.runs.options import Als, Gradient, Ials, Options

# Chosen on MovieLens 100K with users in five groups: each of groups 2 to 5 folded in by half of its ratings, the other
# half predicted, by models of the rest; group 1 took no part, for a report (`tests/benchmarks/fold_in.py`). There sgd
# came to an RMSE of .9192 and gradient to .9359; by n λ, with the λ that was best there, to .9237 and .9441.
_NOISE = 0.16
"""Deviation of a rating from what the model can say of it, as a share of the scale, and that of"""
_GRADIENT_NOISE = 0.35
"""`gradient`, whose factors have no penalty and are less to be trusted."""

_MOST_USERS = 20_000
"""Trained users that a prior is estimated from."""

Rows = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NewUser:
    """A person's row, and how it came about. A row is a bias, then k factors."""

    factors: Factors
    items: IntArray
    """Positions of what they rated or dislike, as far as the model learnt from it, `[n]`."""
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

    def parts(self, items: IntArray) -> tuple[Rows, Rows]:
        """The unclipped predictions of m items, taken apart: without ratings, `[m]`; what each rating adds, `[m, n]`.

        Their sum is the prediction, since a ridge regression is linear in its targets.
        """
        columns = np.hstack([np.ones((len(items), 1)), self.factors.item_factors[items].astype(np.float64)])
        start: Rows = self.factors.mean + self.factors.item_bias[items] + columns @ self.prior
        return start, columns @ self.shares.T


@dataclass(frozen=True, eq=False)
class FoldIn:
    """What folding in takes of a model whoever the person is: made once, it serves any number of people.

    A person's row is `p + L z`, where z minimizes `sum_j (t_j - x_j (p + L z))² + z' R z` with `x_j = (1, q_j)`:

    - `als`: `p = 0`, `L = I`, `R = λ n I` for n ratings (Zhou et al. 2008, eq. 5).
    - `ials`: the same without a bias, and `R = λ (n + c n_items) I + c Q'Q` (Hu et al. 2008, eq. 4). A dislike is a
      target of 0 with the weight of a rating, which is more than the c of what was never met. To somebody who has
      said nothing that they like, p is the average trained user: of targets of 0 alone, every score would be 0.
    - the others: `p` and `L L'` are the mean and the covariance of the trained users' rows, and `R = s² I`: the
      posterior mean of a user drawn from among them whose ratings are off by the deviation s.
    """

    factors: Factors
    options: Options
    """Of the solver that made the model."""
    prior: Rows
    """p, `[k+1]`."""
    basis: Rows
    """L, `[k+1, d]`."""
    ridge: Rows
    """R of somebody without ratings, `[d, d]`."""
    per_rating: float
    """What each rating adds to R's diagonal."""
    average: Rows
    """The mean row of the trained users, `[k+1]`."""

    @classmethod
    def of(cls, factors: Factors, options: Options) -> Self:
        """Of a model and the options of its solver."""
        rows, k = _trained(factors), factors.n_factors
        average, every = rows.mean(0), np.eye(k + 1)
        if isinstance(options, Als):
            ridge = np.zeros((k + 1, k + 1))
            return cls(factors, options, np.zeros(k + 1), every, ridge, options.regularization, average)
        if isinstance(options, Ials):
            everything = factors.item_factors.astype(np.float64)
            ridge = options.unobserved_weight * (everything.T @ everything)
            ridge += options.regularization * options.unobserved_weight * factors.n_items * np.eye(k)
            return cls(factors, options, np.zeros(k + 1), every[:, 1:], ridge, options.regularization, average)
        basis = _root(np.cov(rows, rowvar=False, bias=True).reshape(k + 1, k + 1))
        share = _GRADIENT_NOISE if isinstance(options, Gradient) else _NOISE
        scale = factors.scale
        noise = (share * max(scale.highest - scale.lowest, scale.step)) ** 2  # all ratings may be the same
        return cls(factors, options, average, basis, noise * np.eye(basis.shape[1]), 0.0, average)

    def person(self, items: IntArray, values: FloatArray, disliked: IntArray | None = None) -> NewUser:
        """A person by their ratings.

        Args:
            items: positions of the rated items, `[n]`, each at most once; those never trained on tell nothing.
            values: their ratings on the data's own scale, `[n]`.
            disliked: positions of other items that they dislike, where the data has no scale to say so; they count
                where the model is of `ials`, the one that learns from such data.

        Raises:
            UnknownItem: a position is not one of the model's.
        """
        liked, targets = self._learnt(np.asarray(items, np.int64), np.asarray(values).astype(np.float64))
        no = np.empty(0, np.int64)
        if disliked is not None and isinstance(self.options, Ials):
            no, _ = self._known(np.asarray(disliked, np.int64))
        items, targets = np.concatenate([liked, no]), np.concatenate([targets, np.zeros(len(no))])
        prior = self.average if isinstance(self.options, Ials) and not len(liked) else self.prior
        if not len(items):
            return NewUser(self.factors, items, prior, np.zeros((0, len(prior))))
        inputs = np.hstack([np.ones((len(items), 1)), self.factors.item_factors[items].astype(np.float64)])
        targets = targets - self.factors.mean - self.factors.item_bias[items] - inputs @ prior
        inputs = inputs @ self.basis
        ridge = self.ridge + self.per_rating * len(items) * np.eye(len(self.ridge))
        weights = np.linalg.solve(ridge + inputs.T @ inputs, inputs.T)
        return NewUser(self.factors, items, prior, (self.basis @ weights).T * targets[:, None])

    def _learnt(self, items: NDArray[np.int64], targets: Rows) -> tuple[NDArray[np.int64], Rows]:
        """What the model would learn of these ratings: the items, and the targets to regress."""
        items, kept = self._known(items)
        targets, options = targets[kept], self.options
        if isinstance(options, Ials):
            places = _places(targets, self.factors.scale)
            heeded = places >= options.threshold - 1e-6
            targets = options.lowest_target + places * (options.highest_target - options.lowest_target)
            items, targets = items[heeded], targets[heeded]
        return items, targets

    def _known(self, items: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The items that the model was trained on, and which of the given ones those are.

        Raises:
            UnknownItem: a position is not one of the model's.
        """
        if len(items) and not (items.min() >= 0 and items.max() < self.factors.n_items):
            raise UnknownItem(f"There are only {self.factors.n_items:,} items, and a position is outside of them.")
        kept = self.factors.item_counts[items] > 0
        return items[kept], kept


def fold_in(factors: Factors, options: Options, items: IntArray, values: FloatArray) -> NewUser:
    """One person by their ratings (see `FoldIn.person`)."""
    return FoldIn.of(factors, options).person(items, values)


def _trained(factors: Factors) -> Rows:
    """Rows of trained users, `[n, k+1]`: evenly spaced ones, where there are very many; at least one."""
    trained = np.flatnonzero(factors.user_counts > 0)
    if not len(trained):
        return np.zeros((1, factors.n_factors + 1))
    trained = trained[:: -(-len(trained) // _MOST_USERS)]
    return np.hstack([factors.user_bias[trained, None], factors.user_factors[trained]]).astype(np.float64)


def _root(covariance: Rows) -> Rows:
    """L of a covariance `L L'`, a column for each direction in which there is any variance, `[k+1, d]`."""
    variances, directions = np.linalg.eigh(covariance)
    some = variances > 1e-10 * max(variances[-1], 1e-10)
    root: Rows = directions[:, some] * np.sqrt(variances[some])
    return root


def _places(values: Rows, scale: Scale) -> Rows:
    """Where ratings lie on the scale, from 0 to 1."""
    span = scale.highest - scale.lowest
    return (values - scale.lowest) / span if span > 0 else np.ones_like(values)
