"""What the training loop asks of a solver, and what a solver is given."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Scale
from mftui.core.model.factors import Factors

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """The rows a solver may learn from, and what is known of users and items beside them."""

    users: NDArray[np.int32]
    """`[n]`"""
    items: NDArray[np.int32]
    """`[n]`"""
    values: NDArray[np.float32]
    """`[n]`"""
    n_users: int
    n_items: int
    scale: Scale
    user_info: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    item_info: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Sweep:
    """What one pass over the training ratings has to say."""

    train_mse: float
    """Mean squared error over all training ratings, unclipped, as the sweep met them."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """What else is worth a word in the log, such as a noise precision."""


class Solver(ABC):
    """Fits factors to training rows, sweep by sweep.

    Every permutation and every draw derives from (seed, epoch), so a solver keeps no generator: built anew and
    given back its state, it goes on to the bit as if it had never stopped.

    A solver is built as `Class(rows, options, seed, device)`.
    """

    predicts_ratings: ClassVar[bool] = True
    """Whether predictions are on the ratings' scale; where they only rank, there is no held-out loss to follow."""
    can_overfit: ClassVar[bool] = True
    """Whether more sweeps can make the model worse, so that the best by validation is kept rather than the last."""

    def prepare(self, say: Callable[[str], None]) -> None:
        """Do what comes before the first sweep and isn't part of one, such as compiling; `say` tells what takes long.

        The loop calls it once. It changes no parameter, and a sweep without it is only slower.
        """
        return None

    @abstractmethod
    def sweep(self, epoch: int) -> Sweep:
        """Pass once over the training ratings; `epoch` counts from 1."""

    @abstractmethod
    def factors(self) -> Factors:
        """The model as it stands, on the host; rows never trained predict sensibly."""

    @abstractmethod
    def state(self) -> Arrays:
        """All that a sweep changes, on the host: arrays only."""

    @abstractmethod
    def restore(self, state: Arrays) -> None:
        """Go back to a state; its names, shapes and dtypes have been checked against `state()`."""

    @abstractmethod
    def parameters(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the model's parameters by name."""

    def predict(self, users: NDArray[np.int32], items: NDArray[np.int32]) -> NDArray[np.float32]:
        """Unclipped predictions for pairs of positions, `[n]`. Override where the device can do it in place."""
        return self.factors().predict(users, items, clip=False)

    def posterior(self) -> Arrays | None:
        """Arrays for `posterior.safetensors`, where a model knows more than one point."""
        return None
