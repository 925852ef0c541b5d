"""The gradient solver against autograd and `torch.optim.Adam`, and against what the notebook printed."""

import numpy as np
import pytest
import torch

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split, split
from mftui.core.runs.options import Gradient
from mftui.core.training.solvers import TrainingRows
from mftui.core.training.solvers.draws import For, Of, generator
from mftui.core.training.solvers.gradient import GradientSolver, MatrixFactorization

from .conftest import rows_of

NOTEBOOK_LOSSES = [
    1.0122, 0.9515, 0.9182, 0.8982, 0.8866, 0.8785, 0.8729, 0.8691, 0.8663, 0.8639,
    0.8624, 0.8609, 0.8602, 0.8593, 0.8584, 0.8577, 0.8573, 0.8566, 0.8561, 0.8556,
    0.8554, 0.8553, 0.8547, 0.8544, 0.8541, 0.8536, 0.8536, 0.8530, 0.8526, 0.8520,
]  # fmt: skip
"""What the notebook printed, epoch by epoch: means of 625 batches of 128, so means over the 80,000 rows."""
WARM_UP = 3040
"""Steps the notebook had done before its first printed epoch: four epochs and most of a fifth."""


def reference_losses(rows: TrainingRows, options: Gradient, seed: int, epochs: int) -> list[float]:
    """The same by autograd and dense Adam, on the same permutations; biases as embeddings of their own."""
    model = MatrixFactorization(rows.n_users, rows.n_items, options.n_factors, options.initial_scale, seed)
    parameters = list(model.parameters())
    mean, biases = 0.0, []
    if options.biases:
        mean = float(rows.values.mean(dtype=np.float64))
        biases = [torch.zeros(n, requires_grad=True) for n in (rows.n_users, rows.n_items)]
    adam = torch.optim.Adam([*parameters, *biases], lr=options.learning_rate, weight_decay=options.weight_decay)
    pairs = torch.from_numpy(np.stack([rows.users, rows.items], axis=1)).long()
    values = torch.from_numpy(rows.values)
    losses = []
    for epoch in range(1, epochs + 1):
        order = torch.from_numpy(generator(seed, epoch, Of.RATINGS, For.ROWS).permutation(len(rows)))
        squares = 0.0
        for batch in torch.split(order, options.batch_size):
            adam.zero_grad(set_to_none=False)
            predicted = model(pairs[batch]) + mean
            if biases:
                predicted = predicted + biases[0][pairs[batch, 0]] + biases[1][pairs[batch, 1]]
            loss = torch.nn.functional.mse_loss(predicted, values[batch])
            squares += loss.item() * len(batch)
            loss.backward()
            adam.step()
        losses.append(squares / len(rows))
    return losses


@pytest.mark.parametrize(
    "options",
    [
        Gradient(n_factors=4, batch_size=32),
        Gradient(n_factors=3, batch_size=50, learning_rate=0.01, weight_decay=0.02),
        Gradient(n_factors=4, batch_size=32, biases=True, learning_rate=0.01),
        Gradient(n_factors=4, batch_size=32, biases=True, learning_rate=0.01, weight_decay=0.02),
        Gradient(n_factors=4, batch_size=10**6, learning_rate=0.05),
    ],
    ids=["as in the notebook", "weight decay", "biases", "biases and weight decay", "one batch"],
)
def test_its_losses_are_those_of_autograd_and_adam(rows: TrainingRows, options: Gradient):
    solver = GradientSolver(rows, options, 5, "cpu")
    ours = [solver.sweep(epoch).train_mse for epoch in range(1, 16)]
    assert ours == pytest.approx(reference_losses(rows, options, 5, 15), abs=1e-4)


def test_with_biases_predictions_on_the_device_are_those_of_the_factors(rows):
    solver = GradientSolver(rows, Gradient(biases=True, learning_rate=0.01), 0, "cpu")
    solver.sweep(1)
    found = solver.predict(rows.users, rows.items)
    np.testing.assert_allclose(found, solver.factors().predict(rows.users, rows.items, clip=False), atol=1e-5)


def test_a_gpus_way_to_sum_the_gradient_gives_the_same(rows):
    solver = GradientSolver(rows, Gradient(batch_size=32), 0, "cpu")
    positions = torch.tensor([3, 7, 3, 89, 3])
    gradient = torch.randn(5, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(solver._added_on_gpu(gradient, positions), solver._added(gradient, positions))


def test_batches_made_in_several_lots_of_views_are_the_same_batches(rows, monkeypatch):
    whole = GradientSolver(rows, Gradient(batch_size=16), 0, "cpu").sweep(1).train_mse
    monkeypatch.setattr("mftui.core.training.solvers.batches._VIEWS", 3)
    assert GradientSolver(rows, Gradient(batch_size=16), 0, "cpu").sweep(1).train_mse == whole


def test_the_model_prints_as_the_notebook_printed_it():
    printed = "MatrixFactorization(\n  (user_factors): Embedding(943, 8)\n  (item_factors): Embedding(1682, 8)\n)"
    assert str(MatrixFactorization(943, 1682, n_factors=8)) == printed


def test_the_model_starts_uniform_and_shows_what_the_solver_has_learnt(rows):
    solver = GradientSolver(rows, Gradient(), 0, "cpu")
    weight = solver.model.user_factors.weight
    assert weight.min() >= 0
    assert weight.max() <= 0.05
    solver.sweep(1)
    pairs = torch.from_numpy(np.stack([rows.users, rows.items], axis=1)).long()
    assert np.allclose(solver.model(pairs).detach().numpy(), solver.predict(rows.users, rows.items))


def test_a_row_never_trained_has_the_average_of_those_that_were(rows):
    solver = GradientSolver(rows, Gradient(biases=True, learning_rate=0.01), 0, "cpu")
    solver.sweep(1)
    factors = solver.factors()
    assert np.allclose(factors.item_factors[-1], factors.item_factors[:-1].mean(0), atol=1e-6)
    assert factors.user_bias[-1] == pytest.approx(factors.user_bias[:-1].mean(), abs=1e-6)


@pytest.fixture(scope="module")
def notebook_split(ml100k: Ratings) -> Split:
    return split(ml100k, "random")


def notebook_solver(ratings: Ratings, parts: Split) -> GradientSolver:
    return GradientSolver(rows_of(ratings, parts.train), Gradient(), 0, "cpu")


@pytest.mark.ml100k
def test_thirty_epochs_lose_what_the_notebook_printed(ml100k: Ratings, notebook_split: Split):
    solver = notebook_solver(ml100k, notebook_split)
    for epoch in range(1, 5):
        solver.sweep(epoch)
    solver.steps(5, WARM_UP - 4 * 625)
    losses = [solver.sweep(epoch).train_mse for epoch in range(6, 36)]
    assert np.abs(np.array(losses) - NOTEBOOK_LOSSES).max() < 0.002


@pytest.mark.ml100k
def test_after_128_epochs_it_has_overfitted_as_the_notebook_did(ml100k: Ratings, notebook_split: Split):
    solver = notebook_solver(ml100k, notebook_split)
    test = notebook_split.test
    test = test[np.isin(ml100k.items[test], ml100k.items[notebook_split.train])]
    assert len(notebook_split.test) - len(test) == 31
    curve = []
    for epoch in range(1, 129):
        train_mse = solver.sweep(epoch).train_mse
        errors = solver.predict(ml100k.users[test], ml100k.items[test]) - ml100k.values[test]
        curve.append(float(np.mean(errors.astype(np.float64) ** 2)))
    assert train_mse == pytest.approx(0.545, abs=0.008)
    assert curve[-1] == pytest.approx(1.000, abs=0.015)
    assert min(curve) == pytest.approx(0.859, abs=0.005)
    assert 58 <= 1 + curve.index(min(curve)) <= 70
