"""Figures over numbers of clusters, and what they suggest, on movies planted in groups."""

from dataclasses import replace

import numpy as np
import pytest

from mftui.core.clusters.points import Points
from mftui.core.clusters.report import Structure
from mftui.core.clusters.scan import Scan, Trial, clearest_of, elbow_of, scan
from mftui.core.clusters.space import Space
from mftui.core.errors import SettingError


def points_of(places: np.ndarray, weights: np.ndarray | None = None) -> Points:
    return Points(np.arange(len(places)), places.astype(np.float32), weights, Space())


def four_groups() -> Points:
    """Four groups of 25, at the corners of a square."""
    rng = np.random.default_rng(0)
    corners = np.array([[0, 0], [0, 9], [9, 0], [9, 9]])[np.arange(100) % 4]
    return points_of(corners + rng.normal(0, 0.5, (100, 2)))


def scanned(points: Points, *ks: int) -> Scan:
    return scan(points, ks, 0, lambda words, fraction: None)


def test_inertia_and_silhouette_point_to_the_groups_that_were_planted() -> None:
    found = scanned(four_groups(), *range(2, 9))
    assert [trial.k for trial in found.trials] == [2, 3, 4, 5, 6, 7, 8]
    inertias = [trial.inertia for trial in found.trials]
    assert inertias == sorted(inertias, reverse=True)
    assert (found.elbow, found.clearest, found.movies) == (4, 4, 100)
    assert str(found) == "inertia bends most at k=4; the silhouette exceeds chance most at k=4"


def test_inertia_is_the_sum_of_squared_distances_and_of_one_cluster_all_there_is() -> None:
    points = four_groups()
    [trial] = scanned(points, 1).trials
    assert trial.inertia == pytest.approx(((points.places - points.places.mean(0)) ** 2).sum(), rel=1e-4)
    assert trial.structure is None
    weights = np.linspace(0.5, 1.5, 100, dtype=np.float32)
    [weighted] = scanned(replace(points, weights=weights), 1).trials
    centre = np.average(points.places, axis=0, weights=weights)
    assert weighted.inertia == pytest.approx((weights[:, None] * (points.places - centre) ** 2).sum(), rel=1e-4)


def test_in_noise_no_number_of_clusters_is_called_clear() -> None:
    found = scanned(points_of(np.random.default_rng(1).normal(size=(200, 6))), 2, 4, 8)
    assert found.clearest is None
    assert str(found).endswith("the silhouette exceeds chance nowhere")


def test_progress_says_which_number_is_being_tried() -> None:
    told: list[tuple[str, float | None]] = []
    scan(four_groups(), [2, 3], 0, lambda words, fraction: told.append((words, fraction)))
    assert told == [("clustering into 2", 0.0), ("clustering into 3", 0.5)]


def test_more_clusters_than_movies_are_refused() -> None:
    with pytest.raises(SettingError, match="101 clusters can't be made of 100"):
        scanned(four_groups(), 101)


def test_a_range_that_goes_too_far_ends_with_the_number_of_different_movies() -> None:
    told: list[str] = []
    found = scan(four_groups(), [2, 3, 101, 102], 0, lambda words, fraction: told.append(words))
    assert [trial.k for trial in found.trials] == [2, 3]
    assert told == ["clustering into 2", "clustering into 3"]


def trials(*inertias: float) -> list[Trial]:
    return [Trial(k, inertia, None) for k, inertia in enumerate(inertias, 2)]


def test_the_elbow_is_farthest_below_the_line_between_the_ends() -> None:
    # On a line from 100 at k=2 to 0 at k=7 there would be 60 at k=4, where 20 are.
    assert elbow_of(trials(100, 60, 20, 15, 5, 0)) == 4
    assert elbow_of(trials(100, 75, 50, 25, 0)) is None
    assert elbow_of(trials(100)) is None
    assert elbow_of(trials(5, 5, 5)) is None


def test_the_clearest_is_not_where_the_silhouette_is_highest_but_where_it_exceeds_chance_most() -> None:
    figures = {2: (0.5, 0.45), 3: (0.4, 0.2), 4: (0.3, 0.29)}
    found = [Trial(k, 1.0, Structure(own, chance, 100)) for k, (own, chance) in figures.items()]
    assert clearest_of(found) == 3
    assert clearest_of(found[2:]) is None
