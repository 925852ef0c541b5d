"""Whether clusters are more than what KMeans makes of noise: the silhouette, beside that of random points."""

import numpy as np
from numpy.typing import NDArray

from mftui.core.clusters.report import Structure

_DRAWS = 5
"""Sets of random points."""
_SAMPLE = 2000
"""Points that a silhouette is computed over, at most: its cost grows with their square."""


def structure_of(points: NDArray[np.float32], labels: NDArray[np.int32], unit: bool, seed: int) -> Structure | None:
    """The structure of clustered points, `[n, d]`; None for one cluster, or where every point has its own.

    Args:
        points: where they lie.
        labels: the cluster of each, `[n]`.
        unit: whether the points have length 1; then the random ones do, too.
        seed: of the sample and of the random points.
    """
    from mftui.core.clusters.kmeans import kmeans

    k = len(np.unique(labels))
    if not 2 <= k < len(points):
        return None
    rng = np.random.default_rng(seed)
    by_chance = []
    for _ in range(_DRAWS):
        # As wide in each direction as the points are: a flat cloud falls apart more easily than a round one.
        noise = (rng.normal(size=points.shape) * points.std(0)).astype(np.float32)
        if unit:
            noise /= np.linalg.norm(noise, axis=1, keepdims=True)
        by_chance.append(silhouette(noise, kmeans(noise, k, seed, starts=1)[0], seed))
    return Structure(silhouette(points, labels, seed), max(by_chance), min(_SAMPLE, len(points)))


def silhouette(points: NDArray[np.float32], labels: NDArray[np.int32], seed: int) -> float:
    """The mean silhouette over at most 2,000 of the points, drawn by `seed`."""
    from sklearn.metrics import silhouette_score

    chosen = np.arange(len(points))
    if len(points) > _SAMPLE:
        chosen = np.sort(np.random.default_rng(seed).choice(len(points), _SAMPLE, replace=False))
    found = np.unique(labels[chosen])
    if not 2 <= len(found) < len(chosen):
        return 0.0
    return float(silhouette_score(points[chosen], labels[chosen]))
