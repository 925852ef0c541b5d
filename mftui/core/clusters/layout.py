"""Items laid out in a plane by the two directions in which their factors differ most."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftui.core.model.factors import Factors, FloatArray


@dataclass(frozen=True, eq=False)
class Layout:
    """A place in the plane for every trained item."""

    items: NDArray[np.intp]
    """Positions of the trained items, `[n]`."""
    points: FloatArray
    """Their coordinates, centred, the wider direction first, `[n, 2]`."""
    explained: float
    """The share of the factors' variance that the plane shows, from 0 to 1."""


def principal_plane(factors: Factors) -> Layout:
    """Project the factors of the trained items on their first two principal components (Pearson 1901).

    A component's sign is arbitrary: here its largest loading is positive, so the same model gives the same picture.
    """
    items = np.flatnonzero(factors.item_counts > 0)
    centred = factors.item_factors[items].astype(np.float64)
    centred -= centred.mean(0) if len(items) else 0
    # The covariance is small, k by k, whatever the number of items; eigenvalues come in ascending order.
    variances, directions = np.linalg.eigh(centred.T @ centred)
    plane = directions[:, ::-1][:, :2]
    plane = plane * np.sign(plane[np.abs(plane).argmax(0), np.arange(plane.shape[1])])
    points = np.zeros((len(items), 2), np.float32)
    points[:, : plane.shape[1]] = centred @ plane
    total = float(variances.sum())
    return Layout(items, points, float(variances[::-1][:2].sum()) / total if total > 0 else 0.0)
