"""Whether clusters are more than what KMeans makes of noise: the silhouette, beside that of random points."""

import numpy as np
from numpy.typing import NDArray

from mftui.core.clusters.points import Points, kmeans
from mftui.core.clusters.report import Structure
from mftui.core.model.factors import FloatArray

_DRAWS = 5
"""Sets of random points."""
_SAMPLE = 2000
"""Points that a silhouette is computed over, at most: its cost grows with their square."""
_NOISE = 4000
"""Random points in a set, at most. Fewer of them fall apart a little more easily, so chance is not made smaller."""


def structure_of(points: Points, labels: NDArray[np.int32], seed: int) -> Structure | None:
    """The structure of clustered points; None for one cluster, or where every point has its own.

    Noise has the chances that the points had: as wide in each direction, of length 1 and weighted where they are, and
    the best of as many starts.

    Args:
        points: what was clustered.
        labels: the cluster of each, `[n]`.
        seed: of the sample and of the random points.
    """
    k = len(np.unique(labels))
    if not 2 <= k < len(labels):
        return None
    rng = np.random.default_rng(seed)
    by_chance = []
    for _ in range(_DRAWS):
        noise, weights = _noise_like(points, max(min(len(labels), _NOISE), k + 1), rng)
        by_chance.append(silhouette(noise, kmeans(noise, k, seed, weights).labels, seed))
    return Structure(silhouette(points.places, labels, seed), max(by_chance), min(_SAMPLE, len(labels)))


def silhouette(places: FloatArray, labels: NDArray[np.int32], seed: int) -> float:
    """The mean silhouette over at most 2,000 of the points, drawn by `seed`."""
    from sklearn.metrics import silhouette_score

    chosen = np.arange(len(places))
    if len(places) > _SAMPLE:
        chosen = np.sort(np.random.default_rng(seed).choice(len(places), _SAMPLE, replace=False))
    found = np.unique(labels[chosen])
    if not 2 <= len(found) < len(chosen):
        return 0.0
    return float(silhouette_score(places[chosen], labels[chosen]))


def _noise_like(points: Points, n: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray | None]:
    """Normal random points, `[n, d]`, and weights from among those of the points."""
    noise = rng.normal(size=(n, points.places.shape[1])) * points.places.std(0)
    if points.space.unit:
        norms = np.linalg.norm(noise, axis=1, keepdims=True)
        noise /= np.where(norms > 0, norms, 1)
    return noise.astype(np.float32), None if points.weights is None else rng.permutation(points.weights)[:n]
