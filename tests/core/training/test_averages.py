"""What is kept of samples: their mean at a fixed rank, and evenly spaced ones."""

from itertools import pairwise

import numpy as np
import torch

from mftui.core.training.solvers.averages import LowRankMean, Thinned

CPU = torch.device("cpu")


def sample(seed: int, n: int, k: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=(n, k + 1)).astype(np.float32))


def table(users: torch.Tensor, items: torch.Tensor) -> torch.Tensor:
    return users[:, :1] + items[:, 0] + users[:, 1:] @ items[:, 1:].T


def whole(mean: LowRankMean) -> torch.Tensor:
    users, items = torch.cartesian_prod(torch.arange(20), torch.arange(15)).T
    return mean.predict(users, items).view(20, 15)


def test_the_mean_is_exact_while_the_samples_together_fit_its_rank():
    mean, expected = LowRankMean(20, 15, 6, CPU), torch.zeros(20, 15)
    for count in (1, 2, 3):
        users, items = sample(count, 20, 2), sample(10 + count, 15, 2)
        mean.add(users, items, count)
        expected += table(users, items)
    torch.testing.assert_close(whole(mean), expected / 3, atol=1e-4, rtol=1e-4)


def test_the_mean_is_exact_where_there_are_fewer_items_than_factors():
    """The first sample's factors beyond the number of items stayed, and counted again with each sample."""
    mean, expected = LowRankMean(20, 15, 32, CPU), torch.zeros(20, 15)
    for count in range(1, 6):
        users, items = sample(count, 20, 18), sample(10 + count, 15, 18)
        mean.add(users, items, count)
        expected += table(users, items)
    torch.testing.assert_close(whole(mean), expected / 5, atol=1e-3, rtol=1e-3)


def test_beyond_its_rank_it_is_the_best_approximation_of_that_rank():
    mean = LowRankMean(20, 15, 3, CPU)
    first, second = (sample(0, 20, 3), sample(1, 15, 3)), (sample(2, 20, 3), sample(3, 15, 3))
    for rows in (*first, *second):
        rows[:, 0] = 0
    mean.add(*first, 1)
    mean.add(*second, 2)
    u, s, v = torch.linalg.svd((table(*first) + table(*second)) / 2)
    torch.testing.assert_close(whole(mean), u[:, :3] * s[:3] @ v[:3], atol=1e-4, rtol=1e-4)


def test_the_first_sample_takes_the_place_of_all_that_was_there():
    mean = LowRankMean(20, 15, 4, CPU)
    for count, seed in ((1, 0), (2, 1), (1, 2)):
        mean.add(sample(seed, 20, 2), sample(seed + 5, 15, 2), count)
    torch.testing.assert_close(whole(mean), table(sample(2, 20, 2), sample(7, 15, 2)), atol=1e-5, rtol=1e-5)


def test_thinned_samples_are_evenly_spaced_and_at_least_half_the_capacity():
    thinned = Thinned({"x": torch.zeros(())}, 8)
    for count in range(1, 101):
        thinned.add({"x": torch.tensor(float(count))}, count)
        kept = thinned.tensors["x"][: thinned.n_kept(count)].tolist()
        assert kept[0] == 1
        assert len({b - a for a, b in pairwise(kept)}) <= 1
        assert min(count, 4) <= len(kept) <= 8


def test_no_samples_are_kept_before_there_are_any():
    assert Thinned({"x": torch.zeros(())}, 8).n_kept(0) == 0
