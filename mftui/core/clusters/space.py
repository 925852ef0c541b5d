"""Where items are compared: on their factors as they are, or where no rotation of the factors matters."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from mftui.core.errors import SettingError
from mftui.core.model.factors import Factors, FloatArray
from mftui.core.threads import one_thread

Kind = Literal["raw", "product"]


@dataclass(frozen=True)
class Space:
    """How an item becomes a point.

    A model's predictions stay the same when its user factors are multiplied by a matrix and its item factors by that
    matrix's inverse, so distances between raw item factors are an accident of training. `product` takes them from the
    predictions: the inner product of two items' points is that of their columns of the user-by-item product.
    """

    kind: Kind = "raw"
    """`raw`: the item factors; `product`: what they do to the trained users."""
    unit: bool = False
    """Whether points are scaled to length 1, so that only directions count."""

    @classmethod
    def of_preset(cls, preset: str) -> "Space":
        """The space of a run's clusters: raw for the notebook's preset, as the notebook had it."""
        return cls() if preset == "notebook" else cls("product", unit=True)

    @classmethod
    def named(cls, kind: str, unit: bool) -> "Space":
        """A space by what a person says.

        Raises:
            SettingError: there is no such kind.
        """
        for known in get_args(Kind):
            if kind == known:
                return cls(known, unit)
        raise SettingError("space", f"There is no space {kind!r}.", f"Choose one of: {', '.join(get_args(Kind))}.")

    def __str__(self) -> str:
        words = {"raw": "item factors", "product": "user-by-item product"}[self.kind]
        return f"{words}, unit length" if self.unit else words

    def points(self, factors: Factors) -> FloatArray:
        """Every item's point, `[n_items, k]`."""
        with one_thread():  # matrices this small keep a second thread waiting, and sums come in one order
            points = _product(factors) if self.kind == "product" else factors.item_factors
        if not self.unit:
            return points
        norms = np.linalg.norm(points, axis=1, keepdims=True)
        scaled: FloatArray = (points / np.where(norms > 0, norms, 1)).astype(np.float32)
        return scaled

    def compared(self, factors: Factors) -> Factors:
        """The model with every item's point in place of its factors: its `similar` compares items in this space."""
        return replace(factors, item_factors=self.points(factors))


def _product(factors: Factors) -> FloatArray:
    """The right singular vectors of the trained users' product with the trained items, times the singular values.

    With M = P Q', M'M = Q (P'P) Q': only k-by-k matrices are decomposed, M is never made. A direction's sign is
    arbitrary; here its largest loading is positive.
    """
    users = factors.user_factors[factors.user_counts > 0].astype(np.float64)
    items = factors.item_factors.astype(np.float64)
    strengths, directions = np.linalg.eigh(users.T @ users)
    seen = items @ (directions * np.sqrt(strengths.clip(0)))
    trained = seen[factors.item_counts > 0]
    _, axes = np.linalg.eigh(trained.T @ trained)
    points = seen @ axes[:, ::-1]
    largest = points[np.abs(points).argmax(0), np.arange(points.shape[1])] if len(points) else np.ones(points.shape[1])
    result: FloatArray = (points * np.where(largest < 0, -1, 1)).astype(np.float32)
    return result
