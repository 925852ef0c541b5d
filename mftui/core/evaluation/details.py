"""What a report lists one by one: the worst predictions, and the arrays of the model."""

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Ratings
from mftui.core.evaluation.report import Bin, Parameter, WorstPrediction
from mftui.core.model import Factors

_WORST = 20
_FIRST = 6
_BINS = 10


def worst_predictions(
    factors: Factors, ratings: Ratings, test: NDArray[np.int64], predicted: NDArray[np.floating]
) -> list[WorstPrediction]:
    """The test rows furthest off, worst first, ties in the file's order."""
    error = np.abs(predicted - ratings.values[test])
    found = []
    for place in np.argsort(-error, kind="stable")[:_WORST].tolist():
        row = test[place]
        user, item = ratings.users[row], ratings.items[row]
        found.append(
            WorstPrediction(
                user_id=str(ratings.user_ids[user]),
                item_id=str(ratings.item_ids[item]),
                title=str(ratings.titles[item]),
                rating=float(ratings.values[row]),
                predicted=float(predicted[place]),
                user_ratings=int(factors.user_counts[user]),
                item_ratings=int(factors.item_counts[item]),
            )
        )
    return found


def parameters(factors: Factors) -> list[Parameter]:
    """The arrays of the model that it uses: one without biases has them all 0, and they are left out."""
    arrays = {f.name: np.asarray(getattr(factors, f.name)) for f in fields(factors) if f.name not in ("scale", "kind")}
    return [
        Parameter(
            name=name,
            shape=array.shape,
            mean=float(np.mean(array, dtype=np.float64)),
            deviation=float(np.std(array, dtype=np.float64)),
            norm=float(np.linalg.norm(array.ravel().astype(np.float64))),
            first=tuple(array.ravel()[:_FIRST].tolist()),
            norms=_norms(factors, name),
        )
        for name, array in arrays.items()
        if not name.endswith("counts") and array.any()
    ]


def _norms(factors: Factors, name: str) -> list[Bin]:
    """How the norms of the trained rows of factors are spread, in ten bins from 0; none of other arrays."""
    counts = {"user_factors": factors.user_counts, "item_factors": factors.item_counts}.get(name)
    if counts is None or not counts.any():
        return []
    norms = np.linalg.norm(getattr(factors, name)[counts > 0].astype(np.float64), axis=1)
    found, edges = np.histogram(norms, bins=_BINS, range=(0.0, float(norms.max()) or 1.0))
    return [Bin(*bin) for bin in zip(edges[:-1].tolist(), edges[1:].tolist(), found.tolist(), strict=True)]
