"""Matrix factorization by gradient descent with Adam: the notebook's model, and a solver that trains it by hand.

For a batch of b ratings the loss is the mean of e², with e = p·q - r. Its gradient by p is 2/b e q, and by q 2/b e p,
so autograd is not needed. All parameters live in one table, and a step is a dozen calls into torch, each into room
allocated beforehand; nothing leaves the device within an epoch.
"""

from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mftui.core.model.factors import Factors
from mftui.core.runs.options import Gradient
from mftui.core.training.solvers.base import Arrays, Solver, Sweep, TrainingRows
from mftui.core.training.solvers.batches import Batch, Batches
from mftui.core.training.solvers.draws import For, Of, generator

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8
"""Adam's usual constants (Kingma and Ba 2015), which the notebook left as they are."""

_PREDICTED = 1 << 18
"""Pairs predicted at a time."""


class MatrixFactorization(torch.nn.Module):
    """A rating is the dot product of a user's and an item's factors."""

    def __init__(self, n_users: int, n_items: int, n_factors: int = 20, scale: float = 0.05, seed: int = 0) -> None:
        super().__init__()
        self.user_factors = torch.nn.Embedding(n_users, n_factors)
        self.item_factors = torch.nn.Embedding(n_items, n_factors)
        random = torch.Generator().manual_seed(seed)
        self.user_factors.weight.data.uniform_(0, scale, generator=random)
        self.item_factors.weight.data.uniform_(0, scale, generator=random)

    def forward(self, data: Tensor) -> Tensor:
        """The predicted ratings `[n]` of positions `[n, 2]`: users in the first column, items in the second."""
        users, items = data[:, 0], data[:, 1]
        predicted: Tensor = (self.user_factors(users) * self.item_factors(items)).sum(1)
        return predicted


@dataclass(frozen=True, eq=False)
class _Room:
    """Where a step of `size` ratings puts what it computes: buffers, and views into them, made once."""

    size: int
    rows: Tensor
    """The batch's rows of the table, users first, then items: `[2 size, width]`."""
    users: Tensor
    items: Tensor
    gradient: Tensor
    """Of each of these rows: `[2 size, width]`."""
    user_gradient: Tensor
    item_gradient: Tensor
    products: Tensor
    """`[size, width]`"""
    predicted: Tensor
    """`[size]`"""
    slope: Tensor
    """The loss's derivative by each prediction: `[size]`."""
    slope_column: Tensor

    @classmethod
    def like(cls, table: Tensor, size: int) -> "_Room":
        width = table.shape[1]
        rows, gradient = table.new_empty(2 * size, width), table.new_empty(2 * size, width)
        slope = table.new_empty(size)
        return cls(
            size=size,
            rows=rows,
            users=rows[:size],
            items=rows[size:],
            gradient=gradient,
            user_gradient=gradient[:size],
            item_gradient=gradient[size:],
            products=table.new_empty(size, width),
            predicted=table.new_empty(size),
            slope=slope,
            slope_column=slope[:, None],
        )


class GradientSolver(Solver):
    """Adam on mini-batches of ratings, with the semantics of `torch.optim.Adam` on dense gradients: a step moves every
    row that ever had a gradient, not only the batch's.

    Biases are columns of the table: a user's row is `(p, b_u, 1)` and an item's `(q, 1, b_i)`, whose dot product is
    `p·q + b_u + b_i`; the ones are put back after each step.

    Rows never trained keep the factors they started with; `factors()` gives them the average of the trained rows.
    """

    def __init__(self, rows: TrainingRows, options: Gradient, seed: int, device: str) -> None:
        self._options, self._seed, self._scale = options, seed, rows.scale
        self._n_users, self._n_items, self._n = rows.n_users, rows.n_items, len(rows)
        self._user_counts = np.bincount(rows.users, minlength=rows.n_users).astype(np.int32)
        self._item_counts = np.bincount(rows.items, minlength=rows.n_items).astype(np.int32)
        self._mean = float(rows.values.mean(dtype=np.float64)) if options.biases else 0.0

        self.model = MatrixFactorization(rows.n_users, rows.n_items, options.n_factors, options.initial_scale, seed)
        self._table = self._stacked().to(device)
        # The model's weights are views of the table, so that it always shows what has been learnt.
        factors = self._table[:, : options.n_factors]
        self.model.user_factors.weight = torch.nn.Parameter(factors[: rows.n_users])
        self.model.item_factors.weight = torch.nn.Parameter(factors[rows.n_users :])
        counts = np.concatenate([self._user_counts, self._item_counts])
        self._is_trained = torch.from_numpy(counts > 0).to(device)[:, None]
        self._gradient = torch.zeros_like(self._table)
        self._sum_by_row = self._added if self._table.device.type == "cpu" else self._added_on_gpu
        self._first_moment = torch.zeros_like(self._table)
        self._second_moment = torch.zeros_like(self._table)
        self._step = torch.zeros((), device=device)

        self._batches = Batches(
            users=torch.from_numpy(rows.users).to(device),
            items=torch.from_numpy(rows.items + np.int32(rows.n_users)).to(device),
            values=torch.from_numpy(rows.values - np.float32(self._mean)).to(device),
            size=options.batch_size,
        )
        self._rooms = {size: _Room.like(self._table, size) for size in self._batches.sizes}

    @torch.no_grad()
    def sweep(self, epoch: int) -> Sweep:
        """Pass once over the ratings in the order of (seed, epoch), a step of Adam a batch."""
        self.steps(epoch)
        return Sweep(train_mse=float(self._batches.errors.square_().mean()))

    @torch.no_grad()
    def steps(self, epoch: int, most: int | None = None) -> None:
        """The steps of an epoch, or only the first few of them."""
        self._batches.shuffle(generator(self._seed, epoch, Of.RATINGS, For.ROWS).permutation(self._n))
        for batch in islice(self._batches, most):
            self._descend(batch, self._rooms[batch.errors.numel()])

    def _descend(self, batch: Batch, room: _Room) -> None:
        """One step of Adam down the gradient of a batch's mean squared error."""
        torch.index_select(self._table, 0, batch.rows, out=room.rows)
        torch.mul(room.users, room.items, out=room.products)
        torch.sum(room.products, 1, out=room.predicted)
        torch.sub(room.predicted, batch.targets, out=batch.errors)

        torch.mul(batch.errors, 2 / room.size, out=room.slope)
        torch.mul(room.items, room.slope_column, out=room.user_gradient)
        torch.mul(room.users, room.slope_column, out=room.item_gradient)
        gradient = self._sum_by_row(room.gradient, batch.rows)

        # The functional form of torch.optim costs as much again in Python as this call takes in all.
        torch._fused_adam_(
            [self._table], [gradient], [self._first_moment], [self._second_moment], [], [self._step.add_(1)],
            lr=self._options.learning_rate, beta1=_BETA1, beta2=_BETA2, eps=_EPSILON,
            weight_decay=self._options.weight_decay, amsgrad=False, maximize=False,
        )  # fmt: skip
        if self._options.biases:
            self._restore_ones(self._table)

    def _added(self, gradient: Tensor, rows: Tensor) -> Tensor:
        """The gradient of the whole table, of that of a batch's rows, some of which come more than once."""
        return self._gradient.zero_().index_add_(0, rows, gradient)

    def _added_on_gpu(self, gradient: Tensor, rows: Tensor) -> Tensor:
        """The same in one kernel where a batch is small; `index_add_` would sort there, to sum in a fixed order."""
        summed: Tensor = torch.ops.aten.embedding_dense_backward(gradient, rows, len(self._table), -1, False)
        return summed

    def factors(self) -> Factors:
        """The model on the host; users and items never trained have the average of those that were."""
        table = self._filled().cpu().numpy()
        k = self._options.n_factors
        users, items = table[: self._n_users], table[self._n_users :]
        no_bias = table.shape[1] == k
        return Factors(
            mean=self._mean,
            user_bias=np.zeros(self._n_users, np.float32) if no_bias else users[:, k].copy(),
            item_bias=np.zeros(self._n_items, np.float32) if no_bias else items[:, k + 1].copy(),
            user_factors=users[:, :k].copy(),
            item_factors=items[:, :k].copy(),
            user_counts=self._user_counts,
            item_counts=self._item_counts,
            scale=self._scale,
        )

    @torch.no_grad()
    def predict(self, users: NDArray[np.int32], items: NDArray[np.int32]) -> NDArray[np.float32]:
        """Unclipped predictions for pairs of positions, `[n]`, computed on the device."""
        table = self._filled()
        predicted = table.new_empty(len(users))
        pairs = (torch.from_numpy(users).to(table.device), torch.from_numpy(items).to(table.device))
        for u, i, out in zip(*(torch.split(part, _PREDICTED) for part in (*pairs, predicted)), strict=True):
            torch.sum(table[u] * table[i + self._n_users], 1, out=out)
        ratings: NDArray[np.float32] = predicted.add_(self._mean).cpu().numpy()
        return ratings

    def state(self) -> Arrays:
        """The table, Adam's moments and its count of steps."""
        return {name: tensor.cpu().numpy().copy() for name, tensor in self._changing().items()}

    def restore(self, state: Arrays) -> None:
        """Go back to a state."""
        for name, tensor in self._changing().items():
            tensor.copy_(torch.from_numpy(state[name]))

    def parameters(self) -> dict[str, tuple[int, ...]]:
        """The two tables of factors, and the biases where there are any."""
        k = self._options.n_factors
        shapes: dict[str, tuple[int, ...]] = {"user_factors": (self._n_users, k), "item_factors": (self._n_items, k)}
        return shapes | ({"user_bias": (self._n_users,), "item_bias": (self._n_items,)} if self._options.biases else {})

    def _changing(self) -> dict[str, Tensor]:
        return {
            "table": self._table,
            "first_moment": self._first_moment,
            "second_moment": self._second_moment,
            "step": self._step,
        }

    def _stacked(self) -> Tensor:
        """The model's parameters as one table, users first, with biases of 0 and the ones beside them."""
        factors = torch.cat([self.model.user_factors.weight.data, self.model.item_factors.weight.data])
        if not self._options.biases:
            return factors
        table = torch.cat([factors, torch.zeros(len(factors), 2)], dim=1)
        self._restore_ones(table)
        return table

    def _restore_ones(self, table: Tensor) -> None:
        table[: self._n_users, -1].fill_(1)
        table[self._n_users :, -2].fill_(1)

    def _filled(self) -> Tensor:
        """The table, with the average of the trained rows in those never trained."""
        sizes = [self._n_users, self._n_items]
        sides = zip(torch.split(self._table, sizes), torch.split(self._is_trained, sizes), strict=True)
        # Masks rather than lists of rows, whose lengths a GPU would have to be asked for.
        return torch.cat([torch.where(mask, rows, (rows * mask).sum(0) / mask.sum()) for rows, mask in sides])
