"""Implicit-feedback ALS: a model that ranks (Hu, Koren and Volinsky 2008, as tuned by Rendle et al. 2021).

With score s = p_u·q_i it minimizes the sum over the ratings of (t - s)², plus c times the sum over *all* pairs of s²,
plus λ (sum_u w_u |p_u|² + sum_i w_i |q_i|²): unrated pairs are drawn to 0, each with weight c ("unobserved weight").
Penalties grow with what speaks about a row, w_u = n_u + c n_items and w_i = n_i + c n_users (Rendle et al. 2021,
eq. 6 with its exponent at 1). One side held fixed, each row of the other is a ridge regression whose sum over all
pairs is one matrix, c Q'Q, for all. It is solved exactly, or by a few conjugate-gradient steps from where it stands.

The target t of a rating depends on its place in the scale, s = (rating - lowest) / (highest - lowest), whatever the
scale: t = lowest_target + s (highest_target - lowest_target); ratings with s < threshold are left out, as if unrated.
So on 1 to 5 stars the defaults are .2, .5, .8, 1.1, 1.4; and threshold .75 with both targets 1 makes 4 and 5 stars
the positives.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mftui.core.data.ratings import Scale
from mftui.core.errors import DataError
from mftui.core.model.factors import Factors
from mftui.core.runs.options import Ials
from mftui.core.training.solvers.base import Arrays, Solver, Sweep, TrainingRows
from mftui.core.training.solvers.draws import For, Of, generator, normal
from mftui.core.training.solvers.least_squares import Guess, Problem, least_squares, prepare, steps_worth_it
from mftui.core.training.solvers.normal_equations import Side, sides

_INITIAL_SCALE = 0.1
"""Deviation of an item's first scores: its factors have this over √k (Rendle et al. 2021, section 4.2)."""


class IalsSolver(Solver):
    """Users and items without ratings to learn from have factors of 0, and so scores of 0, the unrated pairs' target.

    The training loss is the mean of (t - s)² over the ratings: the first of the objective's three parts.
    """

    predicts_ratings = False

    def __init__(self, rows: TrainingRows, options: Ials, seed: int, device: str) -> None:
        self._scale, self._options, self._device = rows.scale, options, device
        targets, kept = targets_of(rows.values, rows.scale, options)
        users, items, k = rows.users[kept], rows.items[kept], options.n_factors
        self._steps = steps_worth_it(options.steps, k)
        self._users, self._items = sides(users, items, rows.n_users, rows.n_items, k, device)
        on_device = torch.from_numpy(targets[kept]).to(device)
        self._user_targets, self._item_targets = self._users.sorted(on_device), self._items.sorted(on_device)

        self._user_factors = on_device.new_zeros(rows.n_users, k)
        random = generator(seed, 0, Of.ITEMS, For.START)
        self._item_factors = _INITIAL_SCALE / k**0.5 * normal(random, (rows.n_items, k), torch.device(device))
        self._item_factors[self._items.counts == 0] = 0

    def prepare(self, say: Callable[[str], None]) -> None:
        """Compile, where this machine has not done so yet."""
        prepare(self._device, say, iterative=self._steps > 0)

    @torch.no_grad()
    def sweep(self, epoch: int) -> Sweep:
        """Solve for all users, then for all items. The losses are those of the model the sweep ends with."""
        loss, objective = self._alternate().tolist()
        return Sweep(train_mse=loss, figures={"objective": objective})

    def _alternate(self) -> Tensor:
        """A sweep; on the device, the mean squared error and the objective per rating, `[2]`."""
        self._user_factors, _ = self._solve(self._users, self._user_targets, self._item_factors, self._user_factors)
        self._item_factors, values = self._solve(
            self._items, self._item_targets, self._user_factors, self._item_factors
        )
        of_users, of_items = (
            self._ridge(side, len(other)) @ mine.square().sum(1)
            for side, mine, other in (
                (self._users, self._user_factors, self._item_factors),
                (self._items, self._item_factors, self._user_factors),
            )
        )
        unrated = (self._all_pairs(self._user_factors) * (self._item_factors.T @ self._item_factors)).sum()
        squared = values.sum() - of_items - unrated
        return torch.stack([squared, values.sum() + of_users]) / len(self._item_targets)

    def _solve(self, side: Side, targets: Tensor, other: Tensor, mine: Tensor) -> tuple[Tensor, Tensor]:
        """New factors of one side given the other's and its own, and the objective's part for each row."""
        problem = Problem(other, targets, self._ridge(side, len(other)), shared=self._all_pairs(other))
        return least_squares(side, problem, Guess(mine, self._steps) if self._steps else None)

    def _all_pairs(self, other: Tensor) -> Tensor:
        return self._options.unobserved_weight * (other.T @ other)

    def _ridge(self, side: Side, n_others: int) -> Tensor:
        return self._options.regularization * (side.counts.float() + self._options.unobserved_weight * n_others)

    def factors(self) -> Factors:
        """The model as it stands: scores, not ratings."""
        n_users, n_items = len(self._user_factors), len(self._item_factors)
        return Factors(
            mean=0.0,
            user_bias=np.zeros(n_users, np.float32),
            item_bias=np.zeros(n_items, np.float32),
            user_counts=self._users.counts.cpu().numpy().astype(np.int32),
            item_counts=self._items.counts.cpu().numpy().astype(np.int32),
            scale=self._scale,
            kind="score",
            **self.state(),
        )

    def state(self) -> Arrays:
        """The factors of both sides."""
        return {
            "user_factors": self._user_factors.cpu().numpy().copy(),
            "item_factors": self._item_factors.cpu().numpy().copy(),
        }

    def restore(self, state: Arrays) -> None:
        """Go back to a state."""
        self._user_factors.copy_(torch.from_numpy(state["user_factors"]))
        self._item_factors.copy_(torch.from_numpy(state["item_factors"]))

    def parameters(self) -> dict[str, tuple[int, ...]]:
        """Two tables of factors."""
        return {"user_factors": tuple(self._user_factors.shape), "item_factors": tuple(self._item_factors.shape)}


def targets_of(
    values: NDArray[np.float32], scale: Scale, options: Ials
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The score to learn for each rating, and which ratings are learnt from, `[n]`.

    Raises:
        DataError: no rating reaches the threshold.
    """
    span = scale.highest - scale.lowest
    place = (values - scale.lowest) / span if span > 0 else np.ones_like(values)
    kept = place >= options.threshold - 1e-6
    if not kept.any():
        raise DataError("No training rating reaches the threshold.", "Set a lower threshold.")
    targets = options.lowest_target + place * (options.highest_target - options.lowest_target)
    return targets.astype(np.float32), kept
