"""Factors: a trained matrix-factorization model as plain arrays, whichever solver fitted it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Scale
from mftui.core.errors import ModelError, UnknownItem

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int32] | NDArray[np.int64]

FEW = 10
"""Training ratings of an item, of less of which its factors say little."""
_BATCH = 1 << 16


@dataclass(frozen=True, eq=False)
class Factors:
    """A rating is predicted as `mean + user_bias[u] + item_bias[i] + user_factors[u] @ item_factors[i]`.

    A solver gives rows that were never trained values that predict sensibly (its docstring says which), and
    the two counts tell such rows apart wherever they appear.
    """

    mean: float
    user_bias: FloatArray
    """`[n_users]`"""
    item_bias: FloatArray
    """`[n_items]`"""
    user_factors: FloatArray
    """`[n_users, k]`"""
    item_factors: FloatArray
    """`[n_items, k]`"""
    user_counts: NDArray[np.int32]
    """Training ratings of each user, `[n_users]`; 0 marks a user never trained on."""
    item_counts: NDArray[np.int32]
    """Training ratings of each item, `[n_items]`; 0 marks an item never trained on."""
    scale: Scale
    kind: Literal["rating", "score"] = "rating"
    """What a prediction is: a rating on the scale, or a score that only ranks and is never clipped."""

    @property
    def n_users(self) -> int:
        """How many users the model knows."""
        return len(self.user_bias)

    @property
    def n_items(self) -> int:
        """How many items the model knows."""
        return len(self.item_bias)

    @property
    def n_factors(self) -> int:
        """The rank k."""
        return int(self.item_factors.shape[1])

    def predict(self, users: IntArray, items: IntArray, *, clip: bool = True) -> FloatArray:
        """The predicted ratings of pairs of positions, `[n]`; clipped to the scale unless told otherwise.

        A model of the kind `score` predicts scores, as they are.
        """
        predicted = np.empty(len(users), np.float32)
        for start in range(0, len(users), _BATCH):
            batch = slice(start, start + _BATCH)
            u, i = users[batch], items[batch]
            dots = np.einsum("nk,nk->n", self.user_factors[u], self.item_factors[i])
            predicted[batch] = self.mean + self.user_bias[u] + self.item_bias[i] + dots
        if clip and self.kind == "rating":
            np.clip(predicted, self.scale.lowest, self.scale.highest, out=predicted)
        return predicted

    def scores(self, users: IntArray) -> FloatArray:
        """The unclipped predictions of every item for each of these users, `[len(users), n_items]`."""
        scores: FloatArray = self.user_factors[users] @ self.item_factors.T
        scores += self.item_bias
        scores += self.mean + self.user_bias[users][:, None]
        return scores

    def top(self, user: int, n: int, exclude: IntArray | None = None) -> IntArray:
        """The n best items for a user, best first, ties by position; `exclude` holds items not to show."""
        if not 0 <= user < self.n_users:
            raise UnknownItem(f"There is no user at position {user}; the model has {self.n_users:,} users.")
        scores = self.scores(np.array([user]))[0]
        if exclude is not None:
            scores[exclude] = -np.inf
        best = np.argsort(-scores, kind="stable")[:n]
        finite: NDArray[np.int64] = best[np.isfinite(scores[best])]
        return finite

    def similar(self, item: int, n: int) -> tuple[IntArray, FloatArray]:
        """The n items most like this one by the cosine of their factors, and the cosines; trained items only."""
        if not 0 <= item < self.n_items:
            raise UnknownItem(f"There is no item at position {item}; the model has {self.n_items:,} items.")
        norms = np.linalg.norm(self.item_factors, axis=1)
        norms[norms == 0] = 1.0
        cosines = self.item_factors @ self.item_factors[item] / (norms * norms[item])
        cosines[self.item_counts == 0] = -np.inf
        cosines[item] = -np.inf
        best = np.argsort(-cosines, kind="stable")[:n]
        best = best[np.isfinite(cosines[best])]
        return best, cosines[best]

    def save(self, path: Path) -> None:
        """Write the model as safetensors, atomically."""
        from mftui.core.model.tensors import write_tensors

        write_tensors(path, self.arrays())

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The whole model as named arrays; `from_arrays` makes it again."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("mean", "scale", "kind")}
        arrays["mean"] = np.array(self.mean, np.float64)
        arrays["scale"] = np.array(self.scale, np.float64)
        arrays["ranks_only"] = np.array(self.kind == "score")
        return arrays

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a model; shapes, dtypes and finiteness are checked before it is used.

        Raises:
            ModelError: the file is missing, damaged, or not a model.
        """
        from mftui.core.model.tensors import read_tensors

        return cls.from_arrays(read_tensors(path), path)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], path: Path) -> Self:
        """The model of named arrays, checked; `path` is where they come from.

        Raises:
            ModelError: they are not a model.
        """
        arrays = dict(arrays)
        try:
            mean, scale = float(arrays.pop("mean")), Scale(*arrays.pop("scale").tolist())
            kind: Literal["rating", "score"] = "score" if bool(arrays.pop("ranks_only")) else "rating"
            factors = cls(mean=mean, scale=scale, kind=kind, **arrays)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{path} is not a mftui model.") from error
        factors._check(path)
        return factors

    def _check(self, path: Path) -> None:
        """Refuse arrays that don't fit together or hold NaN or infinity."""
        n_users, n_items, k = self.user_bias.size, self.item_bias.size, (self.item_factors.shape or (0,))[-1]
        shapes = {
            "user_bias": (n_users,), "user_factors": (n_users, k), "user_counts": (n_users,),
            "item_bias": (n_items,), "item_factors": (n_items, k), "item_counts": (n_items,),
        }  # fmt: skip
        for name, shape in shapes.items():
            array = getattr(self, name)
            dtype = np.int32 if name.endswith("counts") else np.float32
            if array.shape != shape or array.dtype != dtype:
                raise ModelError(f"{path} is damaged: {name} is {array.dtype} {array.shape}, not {shape}.")
            if not np.isfinite(array).all():
                raise ModelError(f"{path} is damaged: {name} holds values that are not numbers.")
            if name.endswith("counts") and (array < 0).any():
                raise ModelError(f"{path} is damaged: {name} holds counts below 0.")
        if not np.isfinite([self.mean, *self.scale]).all() or self.scale.lowest > self.scale.highest:
            raise ModelError(f"{path} is damaged: its mean or its scale of ratings makes no sense.")
