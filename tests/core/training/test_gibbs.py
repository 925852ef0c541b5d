"""One side of the sampler: that rows and noise are drawn from their conditionals, compiled and in chunks."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from mftui.core.training.solvers.draws import Of
from mftui.core.training.solvers.gibbs import NOISE_SHAPE, Block
from mftui.core.training.solvers.normal_equations import ByRow, Side

CPU = torch.device("cpu")
N_ROWS, N_COLUMNS, WIDTH = 4000, 6, 3
PRECISION = np.array([[2, 0.5, 0], [0.5, 1, 0.3], [0, 0.3, 1.5]])
MEAN = np.array([0.5, -1, 0.25])


class Alike:
    """Rows that all have the same ratings, so that their draws are many of one distribution; the last has none."""

    def __init__(self, of: Of = Of.USERS, seed: int = 0) -> None:
        random = np.random.default_rng(0)
        rows = np.repeat(np.arange(N_ROWS - 1, dtype=np.int32), N_COLUMNS)
        columns = np.tile(np.arange(N_COLUMNS, dtype=np.int32), N_ROWS - 1)
        self.targets, self.weights = random.normal(size=N_COLUMNS), random.random(N_COLUMNS) + 0.5
        self.other = random.normal(size=(N_COLUMNS, WIDTH))
        side = Side(ByRow.sort(rows, columns, N_ROWS), N_COLUMNS, WIDTH, "cpu", 1 << 16)
        self.block = Block(of, side, self._of_all(self.targets), [], WIDTH, seed, CPU)

    def _of_all(self, values: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.tile(values, N_ROWS - 1).astype(np.float32))

    def draw(self, monkeypatch: pytest.MonkeyPatch, sweep: int = 1) -> None:
        prior = self.block.prior
        root = torch.from_numpy(np.linalg.cholesky(np.linalg.inv(PRECISION)).T.astype(np.float32))
        prior.precision = torch.from_numpy(PRECISION.astype(np.float32))
        mean = torch.from_numpy(MEAN.astype(np.float32))
        monkeypatch.setattr(prior, "draw", lambda rows, sweep: (mean.expand_as(rows), root))
        self.block.draw(torch.from_numpy(self.other.astype(np.float32)), self._of_all(self.weights), sweep)

    def inputs(self) -> np.ndarray:
        """What a row is a regression on: a one for its bias, and the other side's factors."""
        return np.c_[np.ones(N_COLUMNS), self.other[:, 1:]]

    def conditional(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and covariance of a row's conditional (Salakhutdinov and Mnih 2008, eq. 12 and 13)."""
        x = self.inputs()
        covariance = np.linalg.inv(PRECISION + x.T @ (self.weights[:, None] * x))
        moment = PRECISION @ MEAN + x.T @ (self.weights * (self.targets - self.other[:, 0]))
        return covariance @ moment, covariance


@pytest.fixture(params=[Block._draw_compiled, Block._draw_by_chunks], ids=["compiled", "by chunks"])
def drawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Alike:
    way: Callable[..., None] = request.param
    monkeypatch.setattr(Block, "_draw_compiled", way)
    alike = Alike()
    alike.draw(monkeypatch)
    return alike


def test_rows_are_drawn_from_their_conditional(drawn: Alike):
    mean, covariance = drawn.conditional()
    means, rows = drawn.block.means[:-1].numpy(), drawn.block.rows[:-1].numpy()
    np.testing.assert_allclose(means, np.tile(mean, (N_ROWS - 1, 1)), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(rows.mean(0), mean, atol=5 * covariance.max() ** 0.5 / N_ROWS**0.5)
    np.testing.assert_allclose(np.cov(rows.T), covariance, atol=0.02)


def test_a_row_without_ratings_is_drawn_from_the_prior_and_counts_with_its_mean(drawn: Alike):
    np.testing.assert_allclose(drawn.block.means[-1], MEAN, rtol=1e-6)
    assert not np.allclose(drawn.block.rows[-1], MEAN)
    averaged = drawn.block.averaged_draws()
    np.testing.assert_allclose(averaged[-1], MEAN, rtol=1e-6)
    torch.testing.assert_close(averaged[:-1], drawn.block.rows[:-1])


def test_predictions_are_biases_and_dot_products(drawn: Alike):
    rows, other = drawn.block.rows.numpy(), drawn.other.astype(np.float32)
    expected = rows[:-1, :1] + other[:, 0] + rows[:-1, 1:] @ other[:, 1:].T
    found = drawn.block.predictions(torch.from_numpy(other))
    np.testing.assert_allclose(found, expected.ravel(), rtol=1e-4, atol=1e-5)


def test_rows_start_from_a_ridge_regression_weighted_by_their_number_of_ratings():
    alike = Alike()
    alike.block.fit(torch.from_numpy(alike.other.astype(np.float32)), 0.12)
    x = alike.inputs()
    expected = np.linalg.solve(x.T @ x + 0.12 * N_COLUMNS * np.eye(WIDTH), x.T @ (alike.targets - alike.other[:, 0]))
    np.testing.assert_allclose(alike.block.rows[:-1], np.tile(expected, (N_ROWS - 1, 1)), rtol=1e-3, atol=1e-4)
    assert not alike.block.rows[-1].any()


def test_every_side_seed_and_sweep_has_draws_of_its_own(monkeypatch: pytest.MonkeyPatch):
    draws = []
    for of, seed, sweep in ((Of.USERS, 0, 1), (Of.ITEMS, 0, 1), (Of.USERS, 1, 1), (Of.USERS, 0, 2)):
        alike = Alike(of, seed)
        alike.draw(monkeypatch, sweep)
        alike.block.draw_noise(alike._of_all(np.ones(N_COLUMNS)), sweep)
        draws.append((alike.block.rows[:-1, 0].numpy(), alike.block.noise[:-1].numpy()))
    for kind in zip(*draws, strict=True):
        np.testing.assert_allclose(np.corrcoef(kind), np.eye(4), atol=0.1)


def test_noise_precisions_are_drawn_from_their_conditional():
    alike = Alike()
    squares = np.linspace(0.5, 3, N_COLUMNS)
    alike.block.draw_noise(alike._of_all(squares), 1)
    noise = alike.block.noise[:-1].numpy()
    shape, rate = NOISE_SHAPE + N_COLUMNS / 2, NOISE_SHAPE + squares.sum() / 2
    deviation = shape**0.5 / rate
    assert noise.mean() == pytest.approx(shape / rate, abs=5 * deviation / N_ROWS**0.5)
    assert noise.std() == pytest.approx(deviation, rel=0.05)
