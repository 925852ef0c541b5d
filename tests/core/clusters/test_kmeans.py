"""Clusters of item factors, with answers planted beforehand."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from mftui.core.clusters import cluster, report
from mftui.core.clusters.layout import principal_plane
from mftui.core.clusters.space import Space
from mftui.core.data.ratings import Ratings
from mftui.core.errors import ModelError, RunError, SettingError
from mftui.core.model import Factors


def factors_of(ratings: Ratings, item_factors: np.ndarray, untrained: tuple[int, ...] = ()) -> Factors:
    counts = np.ones(len(item_factors), np.int32)
    counts[list(untrained)] = 0
    return Factors(
        mean=0.0,
        user_bias=np.zeros(ratings.n_users, np.float32),
        item_bias=np.zeros(len(item_factors), np.float32),
        user_factors=np.zeros((ratings.n_users, item_factors.shape[1]), np.float32),
        item_factors=item_factors.astype(np.float32),
        user_counts=np.ones(ratings.n_users, np.int32),
        item_counts=counts,
        scale=ratings.scale,
    )


@pytest.fixture
def planted(ratings: Ratings) -> np.ndarray:
    """Movies of even and of odd id far apart, each kind spread a little."""
    spread = np.random.default_rng(1).normal(0, 0.01, (ratings.n_items, 3))
    return spread + np.where(ratings.item_ids % 2, 5.0, -5.0)[:, None]


def test_planted_kinds_of_movies_are_found(ratings, planted):
    found = cluster(factors_of(ratings, planted), ratings, k=2)
    kinds = [{int(movie.item_id) % 2 for movie in group.movies} for group in found.clusters]
    assert sorted(kinds, key=min) == [{0}, {1}]
    assert [group.size for group in found.clusters] == [len(group.movies) for group in found.clusters] == [20, 20]


def test_the_numbering_is_that_of_scikit_learn(ratings):
    points = np.random.default_rng(2).random((ratings.n_items, 8)).astype(np.float32)
    labels = KMeans(n_clusters=10, random_state=0, n_init=10).fit(points).labels_
    found = cluster(factors_of(ratings, points), ratings)
    for group in found.clusters:
        assert {movie.item_id for movie in group.movies} == set(map(str, ratings.item_ids[labels == group.cluster]))


@pytest.mark.parametrize(("n_different", "k"), [(40, 10), (7, 7), (1, 1)])
def test_a_run_leaves_ten_clusters_or_as_many_as_there_are_different_movies(ratings, n_different, k):
    points = np.random.default_rng(5).random((n_different, 3))[np.arange(ratings.n_items) % n_different]
    found = cluster(factors_of(ratings, points), ratings)
    assert (found.k, len(found.clusters)) == (k, k)
    with pytest.raises(SettingError):
        cluster(factors_of(ratings, points), ratings, k=n_different + 1)


def test_movies_that_differ_by_rounding_alone_leave_no_cluster_empty(ratings):
    points = np.ones((ratings.n_items, 2)) + np.spacing(np.float32(1)) * np.eye(2)[np.arange(ratings.n_items) % 2]
    points[:5] = 3
    found = cluster(factors_of(ratings, points), ratings, k=3)
    assert found.k == len(found.clusters) == 2
    assert {group.size for group in found.clusters} == {5, ratings.n_items - 5}
    assert all(np.isfinite(group.cohesion) for group in found.clusters)


def test_the_same_seed_gives_the_same_clusters(ratings, planted):
    factors = factors_of(ratings, planted)
    assert cluster(factors, ratings, k=6, seed=3) == cluster(factors, ratings, k=6, seed=3)


def test_where_popularity_counts_the_often_rated_draw_the_centre(ratings):
    """Three places on a line for two clusters: which two share one depends on how much the middle weighs."""
    places = np.select([np.arange(40) < 10, np.arange(40) < 20], [0.0, 10.0], 20.0)[:, None]
    places = places + np.random.default_rng(0).normal(0, 0.01, (40, 1))
    factors = factors_of(ratings, places)
    factors.item_counts[:10] = 1000
    factors.item_counts[20:] = 1

    def together(found):
        homes = {m.item_id: group.cluster for group in found.clusters for m in group.movies}
        return [homes[str(ratings.item_ids[item])] for item in (0, 10, 20)]

    left, middle, right = together(cluster(factors, ratings, k=2))
    assert left == middle != right
    weighted = cluster(factors, ratings, k=2, weighted=True)
    left, middle, right = together(weighted)
    assert left != middle == right
    assert weighted.weighted
    assert weighted != cluster(factors, ratings, k=2)


def test_weights_are_those_of_scikit_learn(ratings):
    points = np.random.default_rng(3).random((ratings.n_items, 4)).astype(np.float32)
    factors = factors_of(ratings, points)
    factors.item_counts[:] = np.arange(1, 41)
    expected = KMeans(n_clusters=5, random_state=0, n_init=10).fit(points, sample_weight=np.arange(1, 41)).labels_
    for group in cluster(factors, ratings, k=5, weighted=True).clusters:
        assert {m.item_id for m in group.movies} == set(map(str, ratings.item_ids[expected == group.cluster]))


def test_movies_come_most_rated_first_and_ties_by_position(ratings, planted):
    counts = np.bincount(ratings.items)
    for group in cluster(factors_of(ratings, planted), ratings, k=2).clusters:
        positions = [int(np.flatnonzero(ratings.item_ids == int(movie.item_id))[0]) for movie in group.movies]
        assert positions == sorted(positions, key=lambda position: (-counts[position], position))
        assert [movie.ratings for movie in group.movies] == counts[positions].tolist()
        first = positions[0]
        assert group.movies[0].mean_rating == pytest.approx(ratings.values[ratings.items == first].mean())
        assert group.movies[0].title == ratings.titles[first]
        assert group.movies[0].year == ratings.item_info["year"][first]


def test_distances_are_from_the_centre_of_the_cluster(ratings):
    points = np.zeros((ratings.n_items, 2))
    points[:, 0] = np.where(np.arange(ratings.n_items) < 20, 10, -10)
    points[:20, 1] = np.tile([1, -1], 10)
    found = cluster(factors_of(ratings, points), ratings, k=2)
    assert sorted(group.cohesion for group in found.clusters) == pytest.approx([0.0, 1.0], abs=1e-5)


def test_a_clusters_place_is_the_mean_of_its_movies_in_the_plane_of_the_map(ratings):
    points = np.random.default_rng(4).random((ratings.n_items, 5)) * [9, 1, 4, 1, 1]
    factors = factors_of(ratings, points)
    plane = dict(zip(map(str, ratings.item_ids), principal_plane(factors, Space()).points, strict=True))
    for group in cluster(factors, ratings, k=6).clusters:
        mean = np.mean([plane[movie.item_id] for movie in group.movies], axis=0)
        np.testing.assert_allclose(group.place, mean, atol=1e-4)


def test_movies_never_trained_on_are_in_no_cluster(ratings, planted):
    found = cluster(factors_of(ratings, planted, untrained=(3, 8)), ratings, k=2)
    apart = {movie.item_id for movie in found.untrained}
    assert apart == {str(ratings.item_ids[3]), str(ratings.item_ids[8])}
    assert not apart & {movie.item_id for group in found.clusters for movie in group.movies}
    assert sum(group.size for group in found.clusters) == 38


@pytest.mark.parametrize("k", [0, 39, 100])
def test_more_clusters_than_trained_movies_are_refused_in_a_sentence(ratings, planted, k):
    with pytest.raises(SettingError, match=rf"{k} clusters can't be made of 38 .*from 1 to 38"):
        cluster(factors_of(ratings, planted, untrained=(0, 1)), ratings, k=k)


def test_movies_with_the_same_factors_count_once_towards_k(ratings):
    with pytest.raises(SettingError, match="of 1 different"):
        cluster(factors_of(ratings, np.ones((ratings.n_items, 2))), ratings, k=2)


def test_a_model_of_other_ratings_is_refused(ratings):
    with pytest.raises(ModelError, match="39 items, but planted has 40"):
        cluster(factors_of(ratings, np.ones((39, 2))), ratings)


def test_clusters_come_back_as_they_were_written(tmp_path, ratings, planted):
    found = cluster(factors_of(ratings, planted, untrained=(5,)), ratings, k=4)
    report.write(tmp_path, found)
    assert report.read(tmp_path) == found


def test_there_may_be_no_clusters_yet_or_damaged_ones(tmp_path):
    assert report.read(tmp_path) is None
    (tmp_path / "clusters.json").write_text('{"k": "ten"}')
    with pytest.raises(RunError, match=r"clusters\.json is damaged"):
        report.read(tmp_path)
