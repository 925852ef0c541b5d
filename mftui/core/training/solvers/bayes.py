"""Bayesian matrix factorization by block Gibbs sampling, with side information and a noise precision for every row.

Salakhutdinov and Mnih 2008 with biases; prior means linked to attributes of users and items (Simm et al. 2017) and to
who rated what (as in SVD++, Koren 2008); rating j of user u and item i has the noise precision `alpha a_u c_i`, with
Gamma priors on all three. What is kept is the running posterior mean, and some samples for what a mean can't answer.

Where nothing is known of users and items, and `links` is off, prior means are common to all: plain BPMF, on fold 1 of
MovieLens 100K with an RMSE of .901; with `noise` off as well it is the paper's model, one precision for all, with .905
to .906 at 10 to 32 factors.

For 162,541 users, 59,047 items and 25 M ratings at rank 16, with links, the process takes 2.9 GiB at most.
"""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mftui.core.model.factors import Factors
from mftui.core.runs.options import Bayes
from mftui.core.training.solvers import averages, features, gibbs, links
from mftui.core.training.solvers.base import Arrays, Solver, Sweep, TrainingRows
from mftui.core.training.solvers.draws import For, Of, generator
from mftui.core.training.solvers.gibbs import NOISE_SHAPE, Block
from mftui.core.training.solvers.normal_equations import sides

ALS_SWEEPS = 4
"""Sweeps of alternating least squares that the sampler starts from; they count as epochs."""
_ALS_REGULARIZATION = 0.12
_RANK = 32
"""Of the posterior mean, where the samples' own is not larger."""
_SAMPLES = 80
"""Samples kept at most; at least half as many, once there were so many."""
_SAMPLE_MEMORY = 256 << 20
"""Bytes of them at most, where they are large."""
_BATCH = 1 << 18
"""Ratings predicted at a time."""


class BayesSolver(Solver):
    """Users and items without ratings have the prior's mean, given what is known of them."""

    can_overfit = False

    def __init__(self, rows: TrainingRows, options: Bayes, seed: int, device: str) -> None:
        self._options, self._seed, self._scale, self._n = options, seed, rows.scale, len(rows)
        self._device = torch.device(device)
        self._mean = float(rows.values.mean(dtype=np.float64))
        width = options.n_factors + 1
        users, items = sides(rows.users, rows.items, rows.n_users, rows.n_items, width, device)

        centred = torch.from_numpy(rows.values - np.float32(self._mean)).to(device)
        self._targets = users.sorted(centred)
        """Ratings minus their mean, in the users' order; so is everything else by rating, unless it says otherwise."""
        place = torch.empty_like(users.order)
        place[users.order] = torch.arange(self._n, dtype=place.dtype, device=device)
        self._by_item = place.index_select(0, items.order)
        """Where the users' order has what stands at each place of the items' order."""
        positions = torch.arange(rows.n_users, dtype=torch.int32, device=device)
        self._raters = positions.repeat_interleave(users.counts, output_size=self._n)
        self._rated = users.columns

        self._user_attributes = np.empty((rows.n_users, 0), np.float32)
        user_bases, item_bases = [], []
        if options.attributes:
            self._user_attributes, _ = features.attributes(rows.user_info, rows.n_users)
            item_attributes, _ = features.attributes(rows.item_info, rows.n_items)
            user_bases += [links.factorize(x) for x in [self._user_attributes] if x.shape[1]]
            item_bases += [links.factorize(x) for x in [item_attributes] if x.shape[1]]
        if options.links:
            of_users, of_items = links.of_both_sides(rows.users, rows.items, rows.n_users, rows.n_items)
            user_bases.append(of_users)
            item_bases.append(of_items)
        self._users = Block(Of.USERS, users, self._targets, user_bases, width, seed, self._device)
        self._items = Block(Of.ITEMS, items, items.sorted(centred), item_bases, width, seed, self._device)

        self._noise = torch.ones((), device=device)
        """`alpha`, the noise precision common to all ratings."""
        self._samples = 0
        self._fitted = torch.zeros_like(self._targets)
        """The running mean of the predictions of the training ratings."""
        rank = max(_RANK, options.n_factors)
        self._average = averages.LowRankMean(rows.n_users, rows.n_items, rank, self._device)
        sample = self._sample()
        capacity = _SAMPLE_MEMORY // sum(4 * tensor.numel() for tensor in sample.values())
        self._thinned = averages.Thinned(sample, max(2, min(_SAMPLES, capacity)))

    def prepare(self, say: Callable[[str], None]) -> None:
        """Compile, where this machine has not done so yet."""
        gibbs.prepare(str(self._device), say)

    @torch.no_grad()
    def sweep(self, epoch: int) -> Sweep:
        """Draw all users' rows, all items', and the noise. The loss is the running average's, once there is one."""
        mse = self._step(epoch)
        return Sweep(float(mse), {"noise_precision": float(self._noise), "samples": float(self._samples)})

    def _step(self, epoch: int) -> Tensor:
        """A sweep of which nothing leaves the device; returns the mean squared error."""
        users, items = self._users, self._items
        if epoch <= ALS_SWEEPS:
            users.fit(items.rows, _ALS_REGULARIZATION)
            items.fit(users.rows, _ALS_REGULARIZATION)
        else:
            weights = self._noise * self._relative_noise()
            users.draw(items.rows, weights, epoch)
            items.draw(users.rows, weights.index_select(0, self._by_item), epoch)
        predicted = users.predictions(items.rows)
        self._draw_noise((self._targets - predicted).square_(), epoch)

        # Until samples count, the newest takes the place of the average.
        counts = epoch > ALS_SWEEPS + self._options.burn_in
        self._samples += counts
        self._fitted += (predicted - self._fitted) / max(self._samples, 1)
        self._average.add(users.averaged_draws(), items.means, max(self._samples, 1))
        if counts:
            self._thinned.add(self._sample(), self._samples)
        return (self._targets - self._fitted).square_().mean()

    def _relative_noise(self) -> Tensor:
        """`a_u c_i` of each training rating, `[n]`."""
        return self._of_raters() * self._of_rated()

    def _of_raters(self) -> Tensor:
        """`a_u` of each training rating, `[n]`."""
        return self._users.noise.index_select(0, self._raters)

    def _of_rated(self) -> Tensor:
        """`c_i` of each training rating, `[n]`."""
        return self._items.noise.index_select(0, self._rated)

    def _draw_noise(self, squares: Tensor, epoch: int) -> None:
        """Draw the noise precisions of rows, then the common one, given the squared errors `[n]`."""
        users, items = self._users, self._items
        if self._options.noise and epoch > ALS_SWEEPS:
            users.draw_noise(self._noise * self._of_rated() * squares, epoch)
            by_user = self._noise * self._of_raters() * squares
            items.draw_noise(by_user.index_select(0, self._by_item), epoch)
        shape = generator(self._seed, epoch, Of.RATINGS, For.NOISE).standard_gamma(1 + self._n / 2)
        self._noise = float(shape) / (1 + (self._relative_noise() * squares).sum() / 2)

    @torch.no_grad()
    def predict(self, users: NDArray[np.int32], items: NDArray[np.int32]) -> NDArray[np.float32]:
        """Unclipped predictions of the running average for pairs of positions, `[n]`."""
        batches = (torch.split(torch.from_numpy(side), _BATCH) for side in (users, items))
        parts = [self._average.predict(u.to(self._device), i.to(self._device)) for u, i in zip(*batches, strict=True)]
        ratings: NDArray[np.float32] = (torch.cat(parts) + self._mean).cpu().numpy()
        return ratings

    def factors(self) -> Factors:
        """The running average, on the host."""
        average = self._average
        return Factors(
            mean=self._mean,
            user_bias=_host(average.user_bias),
            item_bias=_host(average.item_bias),
            user_factors=_host(average.user_factors),
            item_factors=_host(average.item_factors),
            user_counts=self._users.counts,
            item_counts=self._items.counts,
            scale=self._scale,
        )

    def state(self) -> Arrays:
        """The newest draws, the running average, and the samples kept."""
        arrays = {name: _host(tensor) for name, tensor in self._tensors()}
        return arrays | {"samples": np.array(self._samples, np.int64)}

    def restore(self, state: Arrays) -> None:
        """Go back to a state."""
        for name, tensor in self._tensors():
            tensor.copy_(torch.from_numpy(state[name]))
        self._samples = int(state["samples"])
        for block in (self._users, self._items):
            block.prior.refresh()

    def parameters(self) -> dict[str, tuple[int, ...]]:
        """The averaged biases and factors, whose rank is larger than the samples'."""
        tables = self._average.tensors()
        return {name.removeprefix("mean_"): tuple(table.shape) for name, table in tables.items()}

    def posterior(self) -> Arrays | None:
        """The samples kept, with what `model.posterior` needs to fold in new users; None before there are any."""
        if not self._samples:
            return None
        kept = self._thinned.n_kept(self._samples)
        arrays = {name: _host(tensor[:kept]) for name, tensor in self._thinned.tensors.items()}
        bases = [link.basis for link in self._users.prior.links]
        rated = bases.pop() if self._options.links else None
        attributes = bases.pop() if bases else None
        arrays["attribute_basis"] = _right(attributes, self._user_attributes.shape[1])
        arrays["rated_basis"] = _right(rated, len(self._items.counts))
        arrays["user_attributes"] = self._user_attributes
        arrays["mean"] = np.array(self._mean)
        arrays["noise_shape"] = np.array(NOISE_SHAPE if self._options.noise else np.inf)
        return arrays

    def _sample(self) -> dict[str, Tensor]:
        """Of the newest draws, what folding in needs."""
        nothing = self._users.rows.new_zeros(0, self._users.rows.shape[1])
        weights = [link.weights for link in self._users.prior.links]
        rated = weights.pop() if self._options.links else nothing
        return {
            "item_rows": self._items.rows,
            "item_noise": self._items.noise,
            "noise": self._noise,
            "user_mean": self._users.prior.mean,
            "user_precision": self._users.prior.precision,
            "attribute_weights": weights[0] if weights else nothing,
            "rated_weights": rated,
        }

    def _tensors(self) -> Iterator[tuple[str, Tensor]]:
        """All that a sweep changes, by name."""
        for side, block in (("user", self._users), ("item", self._items)):
            yield from ((f"{side}_rows", block.rows), (f"{side}_noise", block.noise))
            for place, link in enumerate(block.prior.links):
                yield from ((f"{side}_link_{place}", link.weights), (f"{side}_link_{place}_precision", link.precision))
        yield from (("noise", self._noise), ("fitted", self._fitted))
        yield from self._average.tensors().items()
        yield from ((f"kept_{name}", tensor) for name, tensor in self._thinned.tensors.items())


def _right(basis: links.Basis | None, n_features: int) -> NDArray[np.float32]:
    """What turns features into a basis' coordinates, `[n_features, r]`; r is 0 without a basis."""
    return basis.right if basis is not None else np.empty((n_features, 0), np.float32)


def _host(tensor: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = tensor.cpu().numpy().copy()
    return array
