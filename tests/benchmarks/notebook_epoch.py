"""An epoch of the preset `notebook` beside an epoch of the notebook's own loop, in turns, on the same machine.

The loop is the notebook's as it stands: its `Loader` indexed per item, DataLoader, autograd and Adam.
"""

import statistics
import time

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from mftui.core.data import load
from mftui.core.data.splits import split
from mftui.core.runs.options import Gradient
from mftui.core.training.solvers import TrainingRows
from mftui.core.training.solvers.gradient import GradientSolver, MatrixFactorization

ROUNDS = 7
TARGET = 12
"""Times that an epoch must be faster."""


class Loader(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    """The notebook's: tensors of pairs and ratings, indexed per item."""

    def __init__(self, rows: TrainingRows) -> None:
        self.x = torch.tensor(np.stack([rows.users, rows.items], axis=1).astype(np.int64))
        self.y = torch.tensor(rows.values.astype(np.int64))

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.x[index], self.y[index]

    def __len__(self) -> int:
        return len(self.y)


class Notebook:
    """The notebook's training cell, but for its condition that CUDA be there."""

    def __init__(self, rows: TrainingRows) -> None:
        self.model = MatrixFactorization(rows.n_users, rows.n_items, n_factors=8)
        self.loss_fn = torch.nn.MSELoss()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.loader = DataLoader(Loader(rows), 128, shuffle=True)

    def epoch(self) -> float:
        """One pass; returns the mean of the batches' losses."""
        losses = []
        for x, y in self.loader:
            self.optimizer.zero_grad()
            outputs = self.model(x)
            loss = self.loss_fn(outputs.squeeze(), y.type(torch.float32))
            losses.append(loss.item())
            loss.backward()
            self.optimizer.step()
        return sum(losses) / len(losses)


def main() -> None:
    """Measure both in turns, and print the medians and their ratio."""
    ratings = load("ml-100k")
    train = split(ratings, "random").train
    rows = TrainingRows(
        ratings.users[train], ratings.items[train], ratings.values[train],
        ratings.n_users, ratings.n_items, ratings.scale,
    )  # fmt: skip
    torch.set_num_threads(1)  # as the preset does; with batches this small it is the better for the loop too
    notebook, solver = Notebook(rows), GradientSolver(rows, Gradient(), 0, "cpu")
    theirs, ours = [], []
    for epoch in range(1, ROUNDS + 2):
        began = time.perf_counter()
        their_loss = notebook.epoch()
        theirs.append(time.perf_counter() - began)
        began = time.perf_counter()
        our_loss = solver.sweep(epoch).train_mse
        ours.append(time.perf_counter() - began)
    slow, fast = statistics.median(theirs[1:]), statistics.median(ours[1:])
    print(f"the notebook's loop  {slow * 1e3:7.1f} ms an epoch  loss {their_loss:.4f} after {ROUNDS + 1}")
    print(f"preset notebook      {fast * 1e3:7.1f} ms an epoch  loss {our_loss:.4f} after {ROUNDS + 1}")
    print(f"ratio {slow / fast:.1f} (target {TARGET}: {'met' if slow >= TARGET * fast else 'MISSED'})")


if __name__ == "__main__":
    main()
