"""Movies in a plane, with answers known beforehand."""

import os
from dataclasses import replace

import numpy as np
import pytest
from sklearn.decomposition import PCA

from mftui.core.clusters.layout import principal_plane, tsne
from mftui.core.clusters.neighbourhoods import Neighbourhoods, kept, read
from mftui.core.clusters.space import Space
from mftui.core.data.ratings import Scale
from mftui.core.model import Factors


def factors_of(item_factors: np.ndarray, untrained: tuple[int, ...] = ()) -> Factors:
    n_items = len(item_factors)
    counts = np.ones(n_items, np.int32)
    counts[list(untrained)] = 0
    return Factors(
        mean=0.0, user_bias=np.zeros(1, np.float32), item_bias=np.zeros(n_items, np.float32),
        user_factors=np.zeros((1, item_factors.shape[1]), np.float32), item_factors=item_factors.astype(np.float32),
        user_counts=np.ones(1, np.int32), item_counts=counts, scale=Scale(1, 5, 1),
    )  # fmt: skip


def test_the_plane_is_that_of_scikit_learn_but_for_signs():
    points = np.random.default_rng(0).normal(size=(200, 5)) * [1, 2, 3, 4, 5]
    found, reference = principal_plane(factors_of(points), Space()), PCA(2).fit(points)
    np.testing.assert_allclose(np.abs(found.points), np.abs(reference.transform(points)), atol=1e-4)
    assert found.explained == pytest.approx(reference.explained_variance_ratio_.sum())


def test_a_mirrored_decomposition_gives_the_same_picture():
    rng = np.random.default_rng(1)
    factors = factors_of(rng.normal(size=(50, 3)) * [1, 3, 2])
    order = rng.permutation(50)
    again = principal_plane(replace(factors, item_factors=factors.item_factors[order]), Space())
    np.testing.assert_allclose(again.points, principal_plane(factors, Space()).points[order], atol=1e-5)


def test_movies_never_trained_on_have_no_place():
    points = np.random.default_rng(2).normal(size=(10, 4))
    points[3] = 1e6
    found = principal_plane(factors_of(points, untrained=(3, 7)), Space())
    assert found.items.tolist() == [0, 1, 2, 4, 5, 6, 8, 9]
    assert np.abs(found.points).max() < 10


@pytest.mark.parametrize("points", [np.arange(5.0)[:, None], np.ones((5, 3)), np.zeros((0, 3))])
def test_models_without_two_directions_are_drawn_all_the_same(points):
    found = principal_plane(factors_of(points), Space())
    assert found.points.shape == (len(points), 2)
    assert np.isfinite(found.points).all()


def test_by_tsne_planted_groups_lie_apart_and_the_same_seed_gives_the_same_picture():
    rng = np.random.default_rng(3)
    kinds = np.repeat(np.arange(3), 30)
    points = (np.eye(3)[kinds] * 20 + rng.normal(size=(90, 3))).astype(np.float32)
    laid = tsne(points, seed=1)
    np.testing.assert_array_equal(tsne(points, seed=1), laid)
    np.testing.assert_allclose(laid.mean(0), 0, atol=1e-4)
    distances = np.linalg.norm(laid[:, None] - laid[None, :], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (kinds[distances.argmin(1)] == kinds).all()


def test_a_kept_map_is_of_its_seed_and_space_and_never_older_than_the_model(tmp_path):
    model = tmp_path / "model"
    model.write_text("")
    asked = []

    def make(seed=0, space="raw"):
        asked.append((seed, space))
        return Neighbourhoods(seed, space, ["7"], [(0.0, 1.0)])

    for seed in (0, 0, 5):
        found = kept(tmp_path, model, seed, "raw", lambda seed=seed: make(seed))
        assert (found.seed, found.points) == (seed, [(0.0, 1.0)])
    assert asked == [(0, "raw"), (5, "raw")]
    assert read(tmp_path, model, 5, "raw") is not None
    assert read(tmp_path, model, 5, "product") is None
    later = (tmp_path / "map-tsne.json").stat().st_mtime + 10
    os.utime(model, (later, later))
    assert read(tmp_path, model, 5, "raw") is None
    (tmp_path / "map-tsne.json").write_text("{")
    assert read(tmp_path, model, 5, "raw") is None
