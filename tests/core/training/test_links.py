"""Side information decomposed, and link matrices that find what they are made to find."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array

from mftui.core.training.solvers.draws import Of, generator
from mftui.core.training.solvers.links import Link, factorize, who_rated_what


def product(basis) -> np.ndarray:
    return (basis.left * basis.singular) @ basis.right.T


def test_the_decomposition_gives_back_tall_and_wide_matrices_with_orthonormal_bases():
    random = np.random.default_rng(0)
    for shape in ((50, 7), (7, 50)):
        features = random.normal(size=shape).astype(np.float32)
        basis = factorize(features)
        np.testing.assert_allclose(product(basis), features, atol=1e-4)
        np.testing.assert_allclose(basis.left.T @ basis.left, np.eye(7), atol=1e-5)


def test_directions_that_the_features_do_not_have_are_left_out():
    column = np.random.default_rng(0).normal(size=(30, 1)).astype(np.float32)
    assert len(factorize(np.hstack([column, 2 * column])).singular) == 1


def test_who_rated_what_is_scaled_by_the_root_of_each_rows_count():
    rated = csr_array(np.array([[1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 1]], np.float32))
    expected = np.array([[0.5, 0.5, 0.5, 0.5], [0, 0, 0, 0], [0, 0, 0, 1]])
    np.testing.assert_allclose(product(who_rated_what(rated)), expected, atol=1e-5)


def test_who_rated_what_has_the_largest_singular_values_and_their_vectors_of_either_side():
    # Ratings at random, whose singular values hardly fall, are the hardest case.
    rated = np.random.default_rng(0).random((500, 300)) < np.linspace(0, 0.4, 300)
    sparse = csr_array(rated.astype(np.float32))
    for matrix, basis in ((rated, who_rated_what(sparse)), (rated.T, who_rated_what(sparse.T))):
        features = matrix / np.sqrt(np.maximum(matrix.sum(1, keepdims=True), 1))
        u, s, v = np.linalg.svd(features)
        assert len(basis.singular) == 128
        np.testing.assert_allclose(basis.singular, s[:128], rtol=0.05)
        best = (u[:, :128] * s[:128]) @ v[:128]
        lost = [np.square(features - table).sum() for table in (best, product(basis))]
        assert lost[1] <= 1.05 * lost[0]
        np.testing.assert_allclose(basis.left.T @ basis.left, np.eye(128), atol=1e-4)
        np.testing.assert_allclose(basis.right.T @ basis.right, np.eye(128), atol=1e-4)


def test_link_matrices_and_their_precision_have_the_moments_of_their_conditionals():
    """With s and A of the basis, `gamma_j ~ N(s_j a_j' R / (s_j² + λ), (s_j² + λ)^-1 Λ^-1)`, and lambda, times its rate
    `.1 + tr(gamma Λ gamma') / 2`, is of `Gamma(1 + r k / 2, 1)`."""
    random = np.random.default_rng(3)
    features, residuals = (random.normal(size=(30, n)).astype(np.float32) for n in (4, 2))
    precision = np.array([[2, 0.5], [0.5, 1]])
    root = np.linalg.cholesky(np.linalg.inv(precision)).T
    given = [torch.from_numpy(array.astype(np.float32)) for array in (residuals, precision, root)]
    link, weights, strengths = Link(factorize(features), 2, torch.device("cpu")), [], []
    for sweep in range(4000):
        link.precision = torch.tensor(5.0)
        link.draw(*given, generator(0, sweep, Of.USERS, 4))
        gamma = link.weights.numpy().astype(np.float64)
        weights.append(gamma)
        strengths.append(float(link.precision) * (0.1 + np.trace(gamma @ precision @ gamma.T) / 2))
    total = link.basis.singular.astype(np.float64) ** 2 + 5
    mean = (link.basis.singular * link.basis.left).T @ residuals / total[:, None]
    np.testing.assert_allclose(np.mean(weights, 0), mean, atol=0.02)
    for row in range(4):
        drawn = np.array([gamma[row] for gamma in weights])
        np.testing.assert_allclose(np.cov(drawn.T) * total[row], np.linalg.inv(precision), atol=0.08)
    assert np.mean(strengths) == pytest.approx(1 + 4 * 2 / 2, rel=0.04)


def test_a_link_learns_what_the_features_add():
    random = np.random.default_rng(1)
    features, beta = random.normal(size=(4000, 3)).astype(np.float32), random.normal(size=(3, 2)).astype(np.float32)
    rows = torch.from_numpy(features @ beta + 0.1 * random.normal(size=(4000, 2)).astype(np.float32))
    link = Link(factorize(features), 2, torch.device("cpu"))
    for sweep in range(20):
        link.draw(rows, 100 * torch.eye(2), 0.1 * torch.eye(2), generator(0, sweep, Of.USERS, 4))
    np.testing.assert_allclose(link.means(), features @ beta, atol=0.05)
