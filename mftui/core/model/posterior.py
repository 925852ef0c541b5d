"""What samples of a Bayesian model's posterior answer and their mean can't: a new user, and how sure one can be."""

from dataclasses import dataclass, fields
from pathlib import Path
from statistics import NormalDist
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mftui.core.errors import ModelError, UnknownItem
from mftui.core.model.factors import FloatArray, IntArray

_NOISE_STEPS = 3
"""Times that a person's noise precision and rows are found from one another."""
_BATCH = 4096
"""Items predicted at a time."""
_CELLS = 1 << 18
"""Numbers of a person's inputs that are held at a time: their samples are gone through in parts."""

Rows = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Predictions:
    """Ratings as a distribution each."""

    mean: FloatArray
    """Expected ratings on the data's own scale, unclipped, `[n]`."""
    spread: FloatArray
    """Standard deviation of what the model expects: how little it knows, `[n]`."""
    deviation: FloatArray
    """Standard deviation of the rating itself: the spread, and the noise that no model predicts, `[n]`."""

    def interval(self, level: float) -> tuple[FloatArray, FloatArray]:
        """Lower and upper bounds that a rating lies between with probability `level`, were it normal, `[n]` each."""
        reach = NormalDist().inv_cdf((1 + level) / 2) * self.deviation
        return self.mean - reach, self.mean + reach


@dataclass(frozen=True, eq=False)
class Posterior:
    """S samples of the item side and of what is common to users. A row is a bias, then k factors; its width is k+1.

    A user's row has the prior `N(user_mean + links, user_precision^-1)`, and a rating of item i the noise precision
    `noise a_u item_noise_i`, where `a_u ~ Gamma(noise_shape, noise_shape)`.
    """

    mean: float
    """Of the training ratings."""
    noise_shape: float
    """Infinity where users have no noise precision of their own."""
    item_rows: FloatArray
    """`[S, n_items, k+1]`"""
    item_noise: FloatArray
    """`[S, n_items]`"""
    noise: FloatArray
    """`[S]`"""
    user_mean: FloatArray
    """`[S, k+1]`"""
    user_precision: FloatArray
    """`[S, k+1, k+1]`"""
    attribute_basis: FloatArray
    """Turns a user's attributes into coordinates, `[n_features, r]`."""
    attribute_weights: FloatArray
    """What a coordinate adds to the prior mean, `[S, r, k+1]`."""
    rated_basis: FloatArray
    """Turns what a user rated into coordinates, `[n_items, q]`."""
    rated_weights: FloatArray
    """`[S, q, k+1]`"""
    user_attributes: FloatArray
    """Of the users trained on, centred: a row of zeros is an unknown person, `[n_users, n_features]`."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read `posterior.safetensors`.

        Raises:
            ModelError: the file is missing, damaged, or something else.
        """
        from mftui.core.model.tensors import read_tensors

        arrays: dict[str, Any] = read_tensors(path)
        try:
            mean, noise_shape = float(arrays.pop("mean")), float(arrays.pop("noise_shape"))
            posterior = cls(mean=mean, noise_shape=noise_shape, **arrays)
            posterior._check(path)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ModelError(f"{path} is not a mftui posterior.") from error
        return posterior

    def _check(self, path: Path) -> None:
        """Refuse arrays that don't fit together or hold what is not a number."""
        (s, n_items, width), n_features = self.item_rows.shape, self.user_attributes.shape[1]
        r, q = self.attribute_basis.shape[1], self.rated_basis.shape[1]
        shapes = {
            "item_rows": (s, n_items, width), "item_noise": (s, n_items), "noise": (s,),
            "user_mean": (s, width), "user_precision": (s, width, width),
            "attribute_basis": (n_features, r), "attribute_weights": (s, r, width),
            "rated_basis": (n_items, q), "rated_weights": (s, q, width),
            "user_attributes": (len(self.user_attributes), n_features),
        }  # fmt: skip
        for field in fields(self)[2:]:
            array = getattr(self, field.name)
            if array.shape != shapes[field.name] or not np.isfinite(array).all() or not s:
                raise ModelError(f"{path} is damaged: {field.name} is not {shapes[field.name]} numbers.")

    @property
    def n_items(self) -> int:
        """How many items the model knows."""
        return len(self.rated_basis)

    def fold_in(self, items: IntArray, values: FloatArray, user: int | None = None) -> "Person":
        """A person by their ratings: in each sample the conditional distribution that the sampler would draw from.

        With weights `w_j` and `x_j = (1, q_j)` it is `N(A^-1 b, A^-1)`, `A = Lambda + sum_j w_j x_j x_j'`
        (Salakhutdinov and Mnih 2008, eq. 11 to 13). Their own noise precision is its expected value given the rest,
        found by turns.

        Args:
            items: positions of the rated items, `[n]`, each at most once; none for somebody of whom nothing is known.
            values: their ratings on the data's own scale, `[n]`.
            user: their position, if the model was trained on them: then their attributes count.

        Raises:
            UnknownItem: a position is not one of the model's.
        """
        items, values = np.asarray(items, np.int64), np.asarray(values, np.float32)
        if len(items) and not (items.min() >= 0 and items.max() < self.n_items):
            raise UnknownItem(f"There are only {self.n_items:,} items, and a position is outside of them.")
        if user is not None and not 0 <= user < len(self.user_attributes):
            raise UnknownItem(f"There is no user at position {user}; there are {len(self.user_attributes):,} users.")
        prior, n_samples = self._prior_mean(items, user), len(self.noise)
        size = max(1, _CELLS // max(1, len(items) * prior.shape[1]))
        some = [slice(start, start + size) for start in range(0, n_samples, size)]
        parts = [self._folded_in(items, values, prior[samples], samples) for samples in some]
        return Person(self, items, *(np.concatenate(of_all) for of_all in zip(*parts, strict=True)))

    def _folded_in(
        self, items: IntArray, values: FloatArray, prior: Rows, samples: slice
    ) -> tuple[NDArray[np.floating], ...]:
        """What a `Person` has of these samples, by the prior means of their row in each, in the order of its fields."""
        precision = self.user_precision[samples].astype(np.float64)
        inputs, biases = (array.astype(np.float64) for array in self._inputs(items, samples))
        targets = values - self.mean - biases
        precisions = self.noise[samples, None] * self.item_noise[samples, items]
        own = np.ones(len(prior))
        for step in range(_NOISE_STEPS):
            weights = own[:, None] * precisions
            weighted = (inputs * weights[..., None]).transpose(0, 2, 1)
            covariance = np.linalg.inv(precision + weighted @ inputs)
            moment = precision @ prior[..., None] + weighted @ targets[..., None]
            row = (covariance @ moment)[..., 0]
            if not np.isfinite(self.noise_shape) or step == _NOISE_STEPS - 1:
                break
            errors = targets - (inputs @ row[..., None])[..., 0]
            squares = errors**2 + ((inputs @ covariance) * inputs).sum(2)
            total = (squares * weights).sum(1) / own
            own = (self.noise_shape + len(items) / 2) / (self.noise_shape + total / 2)
        start = (covariance @ (precision @ prior[..., None]))[..., 0]
        return row, covariance, own, start, weights * targets

    def _prior_mean(self, items: IntArray, user: int | None) -> Rows:
        """The prior mean of a person's row in each sample, `[S, k+1]`."""
        prior = self.user_mean.astype(np.float64)
        if user is not None:
            prior = prior + (self.user_attributes[user] @ self.attribute_basis) @ self.attribute_weights
        if len(items):
            coordinates = self.rated_basis[items].sum(0) / np.sqrt(np.float64(len(items)))
            prior = prior + coordinates @ self.rated_weights
        return prior

    def _inputs(self, items: IntArray, samples: slice = slice(None)) -> tuple[FloatArray, FloatArray]:
        """What a person's row is multiplied with for each item, `[S, n, k+1]`, and the items' biases, `[S, n]`."""
        inputs = self.item_rows[samples, items]
        biases = inputs[..., 0].copy()
        inputs[..., 0] = 1
        return inputs, biases


@dataclass(frozen=True, eq=False)
class Person:
    """A person's row as each sample of a model has it."""

    posterior: Posterior
    items: IntArray
    """Positions of their ratings, `[n]`."""
    row: Rows
    """The mean of their bias and factors, `[S, k+1]`."""
    covariance: Rows
    """`[S, k+1, k+1]`"""
    noise: Rows
    """Their noise precision, relative to others', `[S]`."""
    start: Rows
    """What their row would be if every rating were just what nobody's taste explains, `[S, k+1]`."""
    pulls: Rows
    """Each of their ratings less the mean and the item's bias, times its precision, `[S, n]`."""

    def expect(self) -> FloatArray:
        """What they would rate every item, `[n_items]`: the mean alone, which takes a fraction of `predict`'s time."""
        posterior = self.posterior
        weights = self.row.astype(np.float32)[..., None]
        weights[:, 0] = 1  # an item's row begins with its bias
        expected = np.empty(posterior.n_items, np.float32)
        for start in range(0, len(expected), _BATCH):
            some = slice(start, start + _BATCH)
            expected[some] = (posterior.item_rows[:, some] @ weights)[..., 0].mean(0)
        expected += np.float32(posterior.mean + self.row[:, 0].mean())
        return expected

    def parts(self, items: IntArray) -> tuple[Rows, Rows]:
        """The expected ratings of m items, taken apart: without the ratings' values, `[m]`; what each adds, `[m, n]`.

        Their sum is the expectation: in every sample the person's row is linear in the values. That they rated these
        items at all also tells something, and is in the first part.
        """
        posterior = self.posterior
        inputs, biases = posterior._inputs(items)
        adds = np.zeros((len(items), len(self.items)))
        for sample, (covariance, pulls) in enumerate(zip(self.covariance, self.pulls, strict=True)):
            rated, _ = posterior._inputs(self.items, slice(sample, sample + 1))
            adds += (inputs[sample] @ covariance) @ (rated[0].T * pulls)
        start: Rows = posterior.mean + (biases + (inputs @ self.start[..., None])[..., 0]).mean(0)
        return start, adds / len(self.pulls)

    def predict(self, items: IntArray | None = None) -> Predictions:
        """What they would rate these items, or all of them, and how sure that is."""
        chosen = np.arange(self.posterior.n_items) if items is None else items
        parts = [self._predict(chosen[start : start + _BATCH]) for start in range(0, len(chosen), _BATCH)]
        mean, spread, deviation = np.concatenate(parts, axis=1) if parts else np.empty((3, 0), np.float32)
        return Predictions(mean, spread, deviation)

    def _predict(self, items: IntArray) -> FloatArray:
        """Mean, spread and deviation, `[3, n]`: the variance of a mixture is within its parts, and between them."""
        posterior = self.posterior
        inputs, biases = posterior._inputs(items)
        expected = posterior.mean + biases + (inputs @ self.row[..., None])[..., 0]
        within = ((inputs @ self.covariance) * inputs).sum(2).mean(0)
        noise = (1 / (posterior.noise[:, None] * self.noise[:, None] * posterior.item_noise[:, items])).mean(0)
        known = expected.var(0) + within
        return np.stack([expected.mean(0), np.sqrt(known), np.sqrt(known + noise)]).astype(np.float32)
