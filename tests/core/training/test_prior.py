"""The prior of the sampler's rows: that its draws have the moments of the distributions they are said to come from."""

import numpy as np
import pytest
import torch

from mftui.core.training.solvers.draws import Of
from mftui.core.training.solvers.links import factorize
from mftui.core.training.solvers.prior import Prior

CPU = torch.device("cpu")
N, WIDTH, DRAWS = 12, 3, 3000
BETA, ROWS_OF_VALUE_0 = 1 + np.arange(4 * WIDTH, dtype=np.float32).reshape(4, WIDTH) / 10, 2


@pytest.fixture
def rows() -> torch.Tensor:
    scales = np.array([1, 2, 0.5], np.float32)
    return torch.from_numpy(1 + scales * np.random.default_rng(0).standard_normal((N, WIDTH), np.float32))


def inverse_scale(rows: torch.Tensor) -> np.ndarray:
    """Of the Wishart distribution of `Lambda` given the rows (Salakhutdinov and Mnih 2008, eq. 14)."""
    x = rows.numpy().astype(np.float64)
    average = x.mean(0)
    shrunk = ROWS_OF_VALUE_0 * N / (ROWS_OF_VALUE_0 + N)
    return np.eye(WIDTH) + (x - average).T @ (x - average) + shrunk * np.outer(average, average)


def test_mean_and_precision_have_the_moments_of_the_normal_wishart_distribution(rows):
    prior, scale, freedom = Prior(Of.USERS, [], WIDTH, 0, CPU), inverse_scale(rows), WIDTH + N
    precisions, means = [], []
    for sweep in range(DRAWS):
        prior.draw(rows, sweep)
        precisions.append(prior.precision.numpy())
        means.append(prior.mean.numpy())
    np.testing.assert_allclose(np.mean(precisions, 0), freedom * np.linalg.inv(scale), rtol=0.05, atol=0.15)
    expected = N / (ROWS_OF_VALUE_0 + N) * rows.mean(0)
    np.testing.assert_allclose(np.mean(means, 0), expected, atol=0.03)
    spread = scale / (freedom - WIDTH - 1) / (ROWS_OF_VALUE_0 + N)
    np.testing.assert_allclose(np.cov(np.transpose(means)), spread, rtol=0.1, atol=0.01)


def test_the_root_turns_standard_normal_rows_into_ones_of_the_precision(rows):
    prior = Prior(Of.ITEMS, [], WIDTH, 0, CPU)
    means, root = prior.draw(rows, 1)
    torch.testing.assert_close(root.T @ root, torch.linalg.inv(prior.precision), rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(means, prior.mean.expand(N, WIDTH))


def test_a_links_matrix_counts_as_rows_of_the_precision(rows):
    features = 0.1 * np.random.default_rng(1).standard_normal((N, 4)).astype(np.float32)
    prior = Prior(Of.USERS, [factorize(features)], WIDTH, 0, CPU)
    (link,) = prior.links
    weights, strength = torch.from_numpy(BETA), torch.tensor(0.7)
    precisions = []
    for sweep in range(DRAWS):
        link.weights, link.precision = weights, strength
        prior.refresh()
        prior.draw(rows, sweep)
        precisions.append(prior.precision.numpy())
    link.weights = weights
    scale = inverse_scale(rows - link.means()) + 0.7 * BETA.T @ BETA
    np.testing.assert_allclose(np.mean(precisions, 0), (WIDTH + N + 4) * np.linalg.inv(scale), rtol=0.05, atol=0.02)


def test_links_share_what_they_explain_between_them():
    """Two kinds of features, both of which the rows are made of: each is found beside the other."""
    random = np.random.default_rng(2)
    features = [random.standard_normal((2000, 2)).astype(np.float32) for _ in range(2)]
    features[1] += features[0]  # one that knows nothing of the other would take its part as well
    beta = [random.standard_normal((2, WIDTH)).astype(np.float32) for _ in range(2)]
    parts = [x @ b for x, b in zip(features, beta, strict=True)]
    rows = torch.from_numpy(3 + parts[0] + parts[1] + 0.1 * random.standard_normal((2000, WIDTH)).astype(np.float32))
    prior = Prior(Of.USERS, [factorize(x) for x in features], WIDTH, 0, CPU)
    for sweep in range(100):
        means, _ = prior.draw(rows, sweep)
    np.testing.assert_allclose(prior.mean, 3, atol=0.1)
    for link, part in zip(prior.links, parts, strict=True):
        np.testing.assert_allclose(link.means(), part, atol=0.15)
    torch.testing.assert_close(means, prior.mean + prior.links[0].means() + prior.links[1].means())
