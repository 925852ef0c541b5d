"""A space in which it doesn't matter how factors were rotated or scaled, and whether clusters are more than chance."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mftui.core.clusters import cluster
from mftui.core.clusters.layout import principal_plane
from mftui.core.clusters.points import Points, kmeans
from mftui.core.clusters.report import Clusters
from mftui.core.clusters.space import Space
from mftui.core.clusters.structure import structure_of
from mftui.core.data.ratings import Ratings
from mftui.core.errors import SettingError
from mftui.core.model import Factors

PRODUCT, UNIT = Space("product"), Space("product", unit=True)


@pytest.fixture
def factors(ratings: Ratings) -> Factors:
    """Five factors of no meaning; two movies and one user were never trained on."""
    rng = np.random.default_rng(0)
    counts = [np.ones(n, np.int32) for n in (ratings.n_users, ratings.n_items)]
    counts[0][5] = counts[1][3] = counts[1][8] = 0
    return Factors(
        mean=3.0,
        user_bias=np.zeros(ratings.n_users, np.float32),
        item_bias=np.zeros(ratings.n_items, np.float32),
        user_factors=rng.normal(size=(ratings.n_users, 5)).astype(np.float32),
        item_factors=rng.normal(size=(ratings.n_items, 5)).astype(np.float32),
        user_counts=counts[0],
        item_counts=counts[1],
        scale=ratings.scale,
    )


@pytest.fixture
def turned(factors: Factors) -> Factors:
    """Another model that predicts the same: items times a matrix, users times its inverse."""
    matrix = np.random.default_rng(1).normal(size=(5, 5)) + 2 * np.eye(5)
    return replace(
        factors,
        item_factors=(factors.item_factors @ matrix).astype(np.float32),
        user_factors=(factors.user_factors @ np.linalg.inv(matrix).T).astype(np.float32),
    )


def sets(clusters: Clusters) -> list[set[str]]:
    return [{movie.item_id for movie in group.movies} for group in clusters.clusters]


def test_the_points_have_the_inner_products_of_the_predictions_columns(factors: Factors) -> None:
    points = PRODUCT.points(factors)
    product = factors.user_factors[factors.user_counts > 0] @ factors.item_factors.T
    np.testing.assert_allclose(points @ points.T, product.T @ product, atol=1e-3)


def test_the_axes_are_the_singular_vectors_of_the_product(factors: Factors) -> None:
    trained = factors.item_counts > 0
    product = (factors.user_factors[factors.user_counts > 0] @ factors.item_factors[trained].T).astype(np.float64)
    _, strengths, right = np.linalg.svd(product, full_matrices=False)
    points = PRODUCT.points(factors)[trained]
    expected = right[:5].T * strengths[:5]
    np.testing.assert_allclose(np.abs((points * expected).sum(0)), (expected**2).sum(0), rtol=1e-4)


@pytest.mark.parametrize("space", [PRODUCT, UNIT], ids=str)
def test_it_does_not_matter_how_factors_were_turned(
    factors: Factors, turned: Factors, ratings: Ratings, space: Space
) -> None:
    np.testing.assert_allclose(space.points(turned), space.points(factors), atol=2e-3)
    assert sets(cluster(turned, ratings, 4, 0, space)) == sets(cluster(factors, ratings, 4, 0, space))


def test_nor_does_it_for_the_movies_most_alike_and_for_the_map(factors: Factors, turned: Factors) -> None:
    (found, cosines), (again, turned_cosines) = (UNIT.compared(model).similar(0, 10) for model in (factors, turned))
    assert found.tolist() == again.tolist()
    np.testing.assert_allclose(turned_cosines, cosines, atol=1e-3)
    assert found.tolist() != turned.similar(0, 10)[0].tolist()
    here, there = (principal_plane(model, PRODUCT).points for model in (factors, turned))
    np.testing.assert_allclose(there, here, atol=1e-2)


def test_the_most_alike_are_those_whose_columns_of_the_product_have_the_highest_cosine(factors: Factors) -> None:
    product = factors.user_factors[factors.user_counts > 0] @ factors.item_factors.T
    columns = product / np.linalg.norm(product, axis=0)
    expected = columns.T @ columns[:, 7]
    expected[[3, 7, 8]] = -2  # never trained on, and the movie itself
    found, cosines = PRODUCT.compared(factors).similar(7, 5)
    assert found.tolist() == np.argsort(-expected)[:5].tolist()
    np.testing.assert_allclose(cosines, expected[found], atol=1e-4)


def test_raw_factors_are_not_so_stable(factors: Factors, turned: Factors, ratings: Ratings) -> None:
    assert sets(cluster(turned, ratings, 4)) != sets(cluster(factors, ratings, 4))


def test_unit_points_have_length_one(factors: Factors) -> None:
    np.testing.assert_allclose(np.linalg.norm(UNIT.points(factors), axis=1), 1, atol=1e-5)


def test_clusters_of_the_product_are_numbered_by_size(factors: Factors, ratings: Ratings) -> None:
    found = cluster(factors, ratings, 5, 0, UNIT)
    sizes = [group.size for group in found.clusters]
    assert sizes == sorted(sizes, reverse=True)
    assert [group.cluster for group in found.clusters] == [0, 1, 2, 3, 4]
    assert (found.space, found.unit) == ("product", True)
    assert all(group.size == len(group.movies) for group in found.clusters)


def test_only_the_notebooks_preset_stays_on_raw_factors() -> None:
    assert Space.of_preset("notebook") == Space("raw")
    assert Space.of_preset("best") == Space.of_preset("mine") == UNIT
    with pytest.raises(SettingError, match="There is no space 'outer'"):
        Space.named("outer", False)


def test_of_noise_it_is_said_that_there_is_no_structure(factors: Factors, ratings: Ratings) -> None:
    found = cluster(factors, ratings, 4).structure
    assert found is not None
    assert not found.is_there
    assert "no more structure than chance" in str(found)


@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("weights", [None, np.linspace(0, 2, 400).astype(np.float32)], ids=["alike", "weighted"])
def test_nor_is_it_claimed_where_noise_is_wider_in_some_directions(
    unit: bool, weights: np.ndarray[Any, np.dtype[np.float32]] | None
) -> None:
    noise = np.random.default_rng(4).normal(size=(400, 8)) / np.arange(1, 9)
    points = (noise / np.linalg.norm(noise, axis=1, keepdims=True) if unit else noise).astype(np.float32)
    clustered = Points(np.arange(400), points, weights, Space("raw", unit))
    found = structure_of(clustered, kmeans(points, 10, 0, weights).labels, 0)
    assert found is not None
    assert not found.is_there


def test_of_a_large_catalogue_fewer_random_points_are_drawn_and_noise_is_still_not_called_structure() -> None:
    places = np.random.default_rng(5).normal(size=(6000, 3)).astype(np.float32)
    found = structure_of(Points(np.arange(6000), places, None, Space()), kmeans(places, 4, 0).labels, 0)
    assert found is not None
    assert found.sample == 2000
    assert found.silhouette == pytest.approx(found.random, abs=0.02)
    assert not found.is_there


def test_of_planted_groups_it_is_said_that_they_are_there(factors: Factors, ratings: Ratings) -> None:
    kinds = np.where(ratings.item_ids % 2, 4.0, -4.0)[:, None] + np.random.default_rng(2).normal(0, 0.3, (40, 5))
    found = cluster(replace(factors, item_factors=kinds.astype(np.float32)), ratings, 2).structure
    assert found is not None
    assert found.is_there
    assert found.silhouette > 0.8 > found.random


def test_one_cluster_has_no_structure_to_speak_of(factors: Factors, ratings: Ratings) -> None:
    assert cluster(factors, ratings, 1).structure is None
