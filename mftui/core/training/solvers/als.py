"""Biased matrix factorization by alternating least squares.

A rating is predicted as mean + b_u + b_i + p_u·q_i. With the items held fixed, what is left of the squared error
plus λ n_u (b_u² + |p_u|²), n_u being how many ratings the user has, is a ridge regression for each user, bias and
factors at once (weighted-λ regularization: Zhou et al. 2008, eq. 5); then so for the items. Each is solved exactly, or
brought closer to its solution by a few conjugate-gradient steps from where it stands, which after some sweeps is as
good and with many factors takes a fraction of the time (Takács, Pilászy and Tikk 2011).
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from mftui.core.model.factors import Factors
from mftui.core.runs.options import Als
from mftui.core.training.solvers.base import Arrays, Solver, Sweep, TrainingRows
from mftui.core.training.solvers.draws import For, Of, generator, normal
from mftui.core.training.solvers.least_squares import Guess, Problem, least_squares, prepare, steps_worth_it
from mftui.core.training.solvers.normal_equations import Side, sides

_INITIAL_SCALE = 0.1
"""Deviation of the item factors at the start."""
_DAMPING = 5.0
"""Ratings of the average value that an item's bias is drawn to the mean by, at the start."""


class AlsSolver(Solver):
    """Users and items without training ratings have a bias of 0 and factors of 0: they predict what is left."""

    def __init__(self, rows: TrainingRows, options: Als, seed: int, device: str) -> None:
        self._scale, self._regularization, self._device = rows.scale, options.regularization, device
        self._mean = float(rows.values.mean(dtype=np.float64))
        width = options.n_factors + 1
        self._steps = steps_worth_it(options.steps, options.n_factors)
        self._users, self._items = sides(rows.users, rows.items, rows.n_users, rows.n_items, width, device)
        centred = torch.from_numpy(rows.values - np.float32(self._mean)).to(device)
        self._user_targets, self._item_targets = self._users.sorted(centred), self._items.sorted(centred)

        # A row of a side is its bias, then its factors.
        self._user_rows = centred.new_zeros(rows.n_users, width)
        random = generator(seed, 0, Of.ITEMS, For.START)
        self._item_rows = _INITIAL_SCALE * normal(random, (rows.n_items, width), torch.device(device))
        self._item_rows[:, 0] = self._items.sums(self._item_targets) / (self._items.counts + _DAMPING)

    def prepare(self, say: Callable[[str], None]) -> None:
        """Compile, where this machine has not done so yet."""
        prepare(self._device, say, iterative=self._steps > 0)

    @torch.no_grad()
    def sweep(self, epoch: int) -> Sweep:
        """Solve for all users, then for all items. The loss is that of the model the sweep ends with."""
        return Sweep(train_mse=float(self._alternate()))

    def _alternate(self) -> Tensor:
        """A sweep; the mean squared error stays on the device."""
        self._user_rows, _ = self._solve(self._users, self._user_targets, self._item_rows, self._user_rows)
        self._item_rows, values = self._solve(self._items, self._item_targets, self._user_rows, self._item_rows)
        penalty = self._ridge(self._items) @ self._item_rows.square().sum(1)
        return (values.sum() - penalty) / len(self._item_targets)

    def _solve(self, side: Side, targets: Tensor, other: Tensor, mine: Tensor) -> tuple[Tensor, Tensor]:
        """New rows of one side given the other's and its own, and the sums of their squared errors and penalties."""
        features = other.clone()
        features[:, 0] = 1
        problem = Problem(features, targets, self._ridge(side), offsets=other[:, 0])
        return least_squares(side, problem, Guess(mine, self._steps) if self._steps else None)

    def _ridge(self, side: Side) -> Tensor:
        return self._regularization * side.counts.float()

    def factors(self) -> Factors:
        """The model as it stands."""
        users, items = self._user_rows.cpu().numpy(), self._item_rows.cpu().numpy()
        return Factors(
            mean=self._mean,
            user_bias=users[:, 0].copy(),
            item_bias=items[:, 0].copy(),
            user_factors=users[:, 1:].copy(),
            item_factors=items[:, 1:].copy(),
            user_counts=self._users.counts.cpu().numpy().astype(np.int32),
            item_counts=self._items.counts.cpu().numpy().astype(np.int32),
            scale=self._scale,
        )

    def state(self) -> Arrays:
        """The rows of both sides."""
        return {
            "user_rows": self._user_rows.cpu().numpy().copy(),
            "item_rows": self._item_rows.cpu().numpy().copy(),
        }

    def restore(self, state: Arrays) -> None:
        """Go back to a state."""
        self._user_rows.copy_(torch.from_numpy(state["user_rows"]))
        self._item_rows.copy_(torch.from_numpy(state["item_rows"]))

    def parameters(self) -> dict[str, tuple[int, ...]]:
        """Two biases and two tables of factors."""
        (n_users, width), n_items = self._user_rows.shape, len(self._item_rows)
        return {
            "user_bias": (n_users,),
            "item_bias": (n_items,),
            "user_factors": (n_users, width - 1),
            "item_factors": (n_items, width - 1),
        }
