"""One side of the Gibbs sampler: its rows, their prior, and the noise of its ratings.

Salakhutdinov and Mnih 2008 (BPMF) with biases. For row u, whose bias and factors together are `f_u = (b_u, p_u)`, with
the other side held fixed:

    r_j ~ N(mean + b_u + b_j + p_u·q_j, 1 / w_j)        f_u ~ the side's prior
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from mftui.core.training.solvers import least_squares
from mftui.core.training.solvers.draws import For, Of, generator, normal
from mftui.core.training.solvers.links import Basis
from mftui.core.training.solvers.normal_equations import ByRow, Side
from mftui.core.training.solvers.prior import Prior

NOISE_SHAPE = 24.0
"""Shape and rate of a row's noise precision: as much as 48 ratings of the usual noise. Chosen on a tenth of the
training rows of each fold of MovieLens 100K: after 150 sweeps a mean RMSE of .8732, at 8 .8739, and lower in each fold.
"""
_BATCH = 1 << 18
"""Ratings predicted at a time."""
_DAMPING = 5.0
"""Ratings of the average value that a bias is drawn to the mean by, at the start."""


class Block:
    """The rows of one side and everything that is drawn for them."""

    def __init__(
        self, of: Of, side: Side, targets: Tensor, bases: Sequence[Basis], width: int, seed: int, device: torch.device
    ) -> None:
        """Start from damped average ratings as biases, and small random factors.

        Args:
            of: which side this is, for its draws.
            side: its ratings, grouped by row.
            targets: the centred ratings in the side's order, `[n]`.
            bases: side information, one decomposed matrix of features a link.
            width: numbers in a row, a bias and the factors.
            seed: of the model.
            device: where all this lives.
        """
        self.of, self.side, self._targets, self._seed = of, side, targets, seed
        self.counts = side.counts.cpu().numpy().astype(np.int32)
        """Training ratings of each row, on the host."""
        self._is_cold = (side.counts == 0)[:, None]
        random = generator(seed, 0, of, For.START)
        self.rows = 0.1 * normal(random, (len(self.counts), width), device)
        """`f`, `[n_rows, width]`: biases in the first column."""
        self.rows[:, 0] = side.sums(targets) / (side.counts + _DAMPING)
        self.means = self.rows
        """What the rows were drawn around, `[n_rows, width]`."""
        self.noise = torch.ones(len(self.counts), device=device)
        """Each row's own noise precision, relative to the common one, `[n_rows]`."""
        self.prior = Prior(of, bases, width, seed, device)

    def fit(self, other: Tensor, regularization: float) -> None:
        """Set the rows to the least-squares solution given the other side's, as ALS does (Zhou et al. 2008, eq. 5)."""
        ridge = regularization * self.side.counts
        problem = least_squares.Problem(_inputs(other), self._targets, ridge, offsets=other[:, 0])
        self.rows, _ = least_squares.least_squares(self.side, problem)
        self.means = self.rows

    def draw(self, other: Tensor, weights: Tensor, sweep: int) -> None:
        """Draw the prior given the rows, then the rows given the prior and the other side's.

        The rows' conditional is `N(A^-1 b, A^-1)` with `A = Lambda + sum_j w_j x_j x_j'` (Salakhutdinov and Mnih
        2008, eq. 11 to 13): with `A = L L'` and standard normal z, `L'^-1 (L^-1 b + z)` is a draw and `L'^-1 L^-1 b`
        the mean, which is kept as well: averaging means is less noisy than averaging draws.

        Args:
            other: the other side's rows, `[n_columns, width]`.
            weights: the precision of each rating in the side's order, `[n]`.
            sweep: which one, for the draws.
        """
        prior, root = self.prior.draw(self.rows, sweep)
        noise = normal(generator(self._seed, sweep, self.of, For.ROWS), tuple(self.rows.shape), self.rows.device)
        self.rows, self.means = prior + noise @ root, prior.clone()
        moments, offsets = prior @ self.prior.precision, other[:, 0].contiguous()
        if noise.device.type == "cpu":
            self._draw_compiled(_inputs(other), offsets, weights, moments, noise)
        else:
            self._draw_by_chunks(_inputs(other), offsets, weights, moments, noise)

    def _draw_by_chunks(
        self, features: Tensor, offsets: Tensor, weights: Tensor, moments: Tensor, noise: Tensor
    ) -> None:
        """Means and draws of the rows with ratings, in torch alone, on any device."""
        features = self.side.padded(features)
        for chunk in self.side.chunks:
            gram, moment = self.side.normal_equations(chunk, features, self._targets, offsets, weights)
            gram += self.prior.precision
            moment += moments[chunk.rows]
            lower, _ = torch.linalg.cholesky_ex(gram)
            half = torch.linalg.solve_triangular(lower, moment[..., None], upper=False)
            both = torch.cat([half, half + noise[chunk.rows][..., None]], dim=2)
            both = torch.linalg.solve_triangular(lower.mT, both, upper=True)
            self.means[chunk.rows], self.rows[chunk.rows] = both[..., 0], both[..., 1]

    def predictions(self, other: Tensor) -> Tensor:
        """The ratings as the rows and the other side's predict them, without the mean, in the side's order, `[n]`."""
        side, predicted = self.side, torch.empty_like(self._targets)
        if predicted.device.type == "cpu":
            from mftui.core.training.solvers.compiled_draws import predict_rows

            predict_rows(
                torch.get_num_threads(),
                starts=side.starts.numpy(),
                columns=side.columns.numpy(),
                rows=self.rows.numpy(),
                other=other.numpy(),
                predicted=predicted.numpy(),
            )
            return predicted
        rows = torch.arange(len(self.counts), device=predicted.device)
        rows = rows.repeat_interleave(side.counts, output_size=len(predicted))
        batches = (torch.split(by_rating, _BATCH) for by_rating in (rows, side.columns, predicted))
        for row, column, out in zip(*batches, strict=True):
            ours, theirs = self.rows.index_select(0, row), other.index_select(0, column)
            torch.sum(ours[:, 1:].mul_(theirs[:, 1:]), 1, out=out)
            out.add_(ours[:, 0]).add_(theirs[:, 0])
        return predicted

    def _draw_compiled(
        self, features: Tensor, offsets: Tensor, weights: Tensor, moments: Tensor, noise: Tensor
    ) -> None:
        """The same on a CPU, where many small torch calls cost more than the arithmetic."""
        from mftui.core.training.solvers.compiled_draws import draw_rows
        from mftui.core.training.solvers.compiled_rows import Regressions

        tensors = (self.side.starts, self.side.columns, features, self._targets, offsets, weights)
        draw_rows(
            torch.get_num_threads(),
            Regressions(*(tensor.numpy() for tensor in tensors)),
            precision=self.prior.precision.numpy(),
            moments=moments.numpy(),
            noise=noise.numpy(),
            means=self.means.numpy(),
            draws=self.rows.numpy(),
        )

    def averaged_draws(self) -> Tensor:
        """The draws, with the prior's mean for rows without ratings, about which a draw says nothing more."""
        return torch.where(self._is_cold, self.means, self.rows)

    def draw_noise(self, squares: Tensor, sweep: int) -> None:
        """Draw each row's noise precision: `Gamma(a + n_u / 2, a + q_u / 2)`.

        Args:
            squares: squared errors times the other factors of their precision, in the side's order, `[n]`.
            sweep: which one, for the draws.
        """
        random = generator(self._seed, sweep, self.of, For.NOISE)
        shapes = random.standard_gamma(NOISE_SHAPE + self.counts / 2).astype(np.float32)
        self.noise = torch.from_numpy(shapes).to(squares.device) / (NOISE_SHAPE + self.side.sums(squares) / 2)


def prepare(device: str, say: Callable[[str], None]) -> None:
    """Compile what drawing needs on a CPU, where this machine has not done so yet; `say` tells of it."""
    least_squares.prepare(device, say)
    if torch.device(device).type != "cpu":
        return
    from mftui.core.training.solvers.compiled_draws import is_compiled

    if not is_compiled():
        say("compiling the sampler, once for this machine")
    one = np.zeros(1, np.int32)
    side = Side(ByRow.sort(one, one, 1), 1, 2, device)
    block = Block(Of.USERS, side, torch.zeros(1), [], 2, 0, torch.device(device))
    block.draw(block.rows, torch.ones(1), 1)
    block.predictions(block.rows)


def _inputs(other: Tensor) -> Tensor:
    """What a row is a regression on: a one for its bias, and the other side's factors."""
    inputs = other.clone()
    inputs[:, 0] = 1
    return inputs
