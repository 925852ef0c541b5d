"""The prior of one side's rows in the Gibbs sampler: a common mean and precision, and what side information adds.

Salakhutdinov and Mnih 2008 (BPMF), with prior means that depend on side information (Simm et al. 2017, Macau). Row u,
whose bias and factors together are `f_u`, has features `x_l,u` of several kinds l:

    f_u ~ N(mu + sum_l beta_l' x_l,u, Lambda^-1)
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from mftui.core.training.solvers.draws import For, Of, generator, normal
from mftui.core.training.solvers.links import Basis, Link

_STRENGTH = 2.0
"""`beta_0`: rows of value zero that the common mean's prior is worth (Salakhutdinov and Mnih 2008, section 3.1)."""


class Prior:
    """What is drawn for all rows of a side together."""

    def __init__(self, of: Of, bases: Sequence[Basis], width: int, seed: int, device: torch.device) -> None:
        """Start standard normal, with no side information learnt.

        Args:
            of: whose rows they are, for the draws.
            bases: side information, one decomposed matrix of features a link.
            width: numbers in a row, a bias and the factors.
            seed: of the model.
            device: where all this lives.
        """
        self._of, self._seed = of, seed
        self.mean = torch.zeros(width, device=device)
        """`mu`"""
        self.precision = torch.eye(width, device=device)
        """`Lambda`"""
        self.links = [Link(basis, width, device) for basis in bases]
        self.refresh()

    def refresh(self) -> None:
        """Work out anew what follows from the links' weights, after these were set from outside."""
        self._added = [link.means() for link in self.links]
        """What each link adds to the prior means, `[n_rows, width]`."""

    def draw(self, rows: Tensor, sweep: int) -> tuple[Tensor, Tensor]:
        """Draw `mu` and `Lambda`, then the links, given the rows, `[n_rows, width]`.

        Returns:
            The prior mean of each row, `[n_rows, width]`, and `R` such that `z R ~ N(0, Lambda^-1)`, `[width, width]`.
        """
        added = self._added
        root = self._draw_common(rows - sum(added) if added else rows, sweep)
        for place, link in enumerate(self.links):
            rest = rows - self.mean
            for others, of_other in enumerate(added):
                if others != place:
                    rest -= of_other
            random = generator(self._seed, sweep, self._of, For.LINK + place)
            link.draw(rest, self.precision, root, random)
            added[place] = link.means()
        return (self.mean + sum(added) if added else self.mean.expand_as(rows)), root

    def _draw_common(self, rows: Tensor, sweep: int) -> Tensor:
        """Draw `mu` and `Lambda` from their normal-Wishart conditional; returns the root.

        The prior is `nu_0 = width`, `W_0 = I`, `mu_0 = 0` (Salakhutdinov and Mnih 2008, eq. 14); link matrices, whose
        scale is Lambda's, count as rows of their own (Simm et al. 2017). With `S` the inverse scale, `S = L L'` and
        Bartlett's lower triangular A, `Lambda = L'^-1 A A' L^-1` and `R = A^-1 L'`.
        """
        n, width = rows.shape
        average = rows.mean(0)
        centred = rows - average
        scale = torch.eye(width, device=rows.device) + centred.T @ centred
        scale += _STRENGTH * n / (_STRENGTH + n) * torch.outer(average, average)
        freedom = width + n
        for link in self.links:
            scale += link.precision * (link.weights.T @ link.weights)
            freedom += len(link.weights)
        random = generator(self._seed, sweep, self._of, For.PRIOR)
        diagonal = np.sqrt(random.chisquare(freedom - np.arange(width)))
        bartlett = np.tril(random.standard_normal((width, width)), -1) + np.diag(diagonal)
        triangle = torch.from_numpy(bartlett.astype(np.float32)).to(rows.device)
        lower, _ = torch.linalg.cholesky_ex(scale)
        half = torch.linalg.solve_triangular(lower.T, triangle, upper=True)
        self.precision = half @ half.T
        root: Tensor = torch.linalg.solve_triangular(triangle, lower.T, upper=False)
        noise = normal(random, (1, width), rows.device) @ root
        self.mean = n / (_STRENGTH + n) * average + noise[0] / (_STRENGTH + n) ** 0.5
        return root
