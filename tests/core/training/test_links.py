"""Side information decomposed, and link matrices that find what they are made to find."""

import numpy as np
import torch

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
    rows, columns = np.array([0, 0, 0, 0, 2], np.int32), np.array([0, 1, 2, 3, 3], np.int32)
    expected = np.array([[0.5, 0.5, 0.5, 0.5], [0, 0, 0, 0], [0, 0, 0, 1]])
    np.testing.assert_allclose(product(who_rated_what(rows, columns, 3, 4)), expected, atol=1e-5)


def test_a_link_learns_what_the_features_add():
    random = np.random.default_rng(1)
    features, beta = random.normal(size=(4000, 3)).astype(np.float32), random.normal(size=(3, 2)).astype(np.float32)
    rows = torch.from_numpy(features @ beta + 0.1 * random.normal(size=(4000, 2)).astype(np.float32))
    link = Link(factorize(features), 2, torch.device("cpu"))
    for sweep in range(20):
        link.draw(rows, 100 * torch.eye(2), 0.1 * torch.eye(2), generator(0, sweep, Of.USERS, 4))
    np.testing.assert_allclose(link.means(), features @ beta, atol=0.05)
