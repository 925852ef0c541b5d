"""Items laid out in a plane: by the two directions in which they differ most, or so that near ones stay near."""

from dataclasses import dataclass
from typing import Self

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
    """Project the points of the trained items on their first two principal components."""
    items = np.flatnonzero(factors.item_counts > 0)
    points = space.points(factors)[items]
    axes = Axes.of(points)
    return Layout(items, axes.project(points), axes.explained)


@dataclass(frozen=True, eq=False)
class Axes:
    """The plane of the two directions in which points differ most: their principal components (Pearson 1901)."""

    middle: NDArray[np.float64]
    """The mean of the points, `[d]`."""
    directions: NDArray[np.float64]
    """Of length 1, `[d, 2]`; the second is 0 where there is but one dimension."""
    explained: float
    """The share of the points' variance that the plane shows, from 0 to 1."""

    @classmethod
    def of(cls, points: FloatArray) -> Self:
        """The plane of these points, `[n, d]`.

        A component's sign is arbitrary: here its largest loading is positive, so the same points give the same picture.
        """
        width = points.shape[1]
        middle = points.mean(0, dtype=np.float64) if len(points) else np.zeros(width)
        centred = points.astype(np.float64) - middle
        # The covariance is small, d by d, whatever the number of points; eigenvalues come in ascending order.
        with one_thread():
            variances, found = np.linalg.eigh(centred.T @ centred)
        plane = found[:, ::-1][:, :2]
        directions = np.zeros((width, 2))
        directions[:, : plane.shape[1]] = plane * np.sign(plane[np.abs(plane).argmax(0), np.arange(plane.shape[1])])
        total = float(variances.sum())
        return cls(middle, directions, float(variances[::-1][:2].sum()) / total if total > 0 else 0.0)

    def project(self, points: FloatArray) -> FloatArray:
        """Where points, `[n, d]`, lie in the plane, `[n, 2]`."""
        places: FloatArray = ((points.astype(np.float64) - self.middle) @ self.directions).astype(np.float32)
        return places


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
