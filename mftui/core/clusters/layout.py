"""Items laid out in a plane: by the two directions in which they differ most, or so that near ones stay near."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftui.core.clusters.space import Space
from mftui.core.model.factors import Factors, FloatArray
from mftui.core.threads import one_thread

_PERPLEXITY = 30.0
"""About how many neighbours of an item count, for t-SNE."""


@dataclass(frozen=True, eq=False)
class Layout:
    """A place in the plane for every trained item."""

    items: NDArray[np.intp]
    """Positions of the trained items, `[n]`."""
    points: FloatArray
    """Their coordinates, centred, the wider direction first, `[n, 2]`."""
    explained: float
    """The share of the points' variance that the plane shows, from 0 to 1."""


def principal_plane(factors: Factors, space: Space) -> Layout:
    """Project the points of the trained items on their first two principal components (Pearson 1901).

    A component's sign is arbitrary: here its largest loading is positive, so the same model gives the same picture.
    """
    items = np.flatnonzero(factors.item_counts > 0)
    centred = space.points(factors)[items].astype(np.float64)
    centred -= centred.mean(0) if len(items) else 0
    # The covariance is small, k by k, whatever the number of items; eigenvalues come in ascending order.
    with one_thread():
        variances, directions = np.linalg.eigh(centred.T @ centred)
    plane = directions[:, ::-1][:, :2]
    plane = plane * np.sign(plane[np.abs(plane).argmax(0), np.arange(plane.shape[1])])
    points = np.zeros((len(items), 2), np.float32)
    points[:, : plane.shape[1]] = centred @ plane
    total = float(variances.sum())
    return Layout(items, points, float(variances[::-1][:2].sum()) / total if total > 0 else 0.0)


def tsne(points: FloatArray, seed: int = 0) -> FloatArray:
    """Points laid out in a plane so that near ones stay near: t-SNE (van der Maaten and Hinton 2008).

    It begins with the two principal components, so the same points and seed give the same picture. How far groups lie
    from one another means little in it.

    Args:
        points: `[n, k]`, at least four.
        seed: of the descent.

    Returns:
        Coordinates, centred, `[n, 2]`.
    """
    from sklearn.manifold import TSNE

    perplexity = min(_PERPLEXITY, (len(points) - 1) / 3)
    with one_thread():  # in one order, so that the picture is the same however many cores there are
        made = TSNE(perplexity=perplexity, init="pca", random_state=seed, n_jobs=1).fit_transform(points)
    centred: FloatArray = (made - made.mean(0)).astype(np.float32)
    return centred
