"""A model judged on the test rows of a split."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.core.data import Progress
from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split
from mftui.core.errors import DataError
from mftui.core.evaluation import bootstrap
from mftui.core.evaluation.asked import Asked
from mftui.core.evaluation.baselines import average, fit_biases
from mftui.core.evaluation.checks import check_fit, fingerprint_of_test
from mftui.core.evaluation.details import parameters, worst_predictions
from mftui.core.evaluation.ranked import judge_ranking
from mftui.core.evaluation.ratings import judge_ratings
from mftui.core.evaluation.report import Evaluation, Protocol, RatingError
from mftui.core.evaluation.segments import Predicted, all_segments, error_by_rating, error_histogram
from mftui.core.evaluation.uncertainty import judge_uncertainty
from mftui.core.model import Factors
from mftui.core.model.posterior import Posterior

_NO_ERROR = RatingError(0.0, 0.0, 0.0, 0)
_SCORED_BY = {
    False: "errors and rankings are of the model's factors",
    True: "errors and rankings are of the model's factors, which hold the posterior's mean; only the intervals and "
    "deviations that the model predicts are of the posterior's samples",
}
"""By whether there are samples of a posterior."""

_UNJUDGED: dict[str, Any] = {
    "ratings": _NO_ERROR, "known": _NO_ERROR, "raw": _NO_ERROR, "baselines": {}, "by_rating": [], "worst": [],
}  # fmt: skip
"""A model that only ranks has no error in ratings."""


def evaluate(
    factors: Factors,
    ratings: Ratings,
    split: Split,
    model: str,
    progress: Progress | None = None,
    thorough: bool = False,
    posterior: Posterior | None = None,
    asked: Asked | None = None,
) -> Evaluation:
    """See `mftui.core.evaluation.evaluate`."""
    check_fit(factors, ratings)
    for part, rows in (("test", split.test), ("training", split.train)):
        if len(rows) == 0:
            raise DataError(f"{ratings.name} leaves no {part} rows under this split.", "Choose another split.")
    tested = np.unique(ratings.users[split.test])
    tell = progress or (lambda words, fraction: None)
    tell("evaluating", None)
    judged = _judge_ratings(factors, ratings, split, tell) if factors.kind == "rating" else _UNJUDGED
    return Evaluation(
        protocol=Protocol(
            dataset=ratings.name,
            fingerprint=ratings.fingerprint,
            split=split.description,
            training_rows=len(split.train),
            validation_rows=len(split.validation),
            test_rows=len(split.test),
            clipped=factors.kind == "rating",
            scale=(ratings.scale.lowest, ratings.scale.highest, ratings.scale.step),
            model=model,
            intervals=bootstrap.PROTOCOL,
            test_fingerprint=fingerprint_of_test(ratings, split),
            users=ratings.n_users,
            test_users=len(tested),
            scored_by=_SCORED_BY[posterior is not None],
            held_out_share=len(split.test) / int(np.isin(ratings.users, tested).sum()),
        ),
        parameters=parameters(factors),
        uncertainty=judge_uncertainty(posterior, ratings, split) if posterior else None,
        **judged,
        **judge_ranking(factors, ratings, split, thorough, tell, asked or Asked()),
    )


def _clip(predicted: NDArray[np.floating], ratings: Ratings) -> NDArray[np.floating]:
    clipped: NDArray[np.floating] = np.clip(predicted, ratings.scale.lowest, ratings.scale.highest)
    return clipped


def _judge_ratings(factors: Factors, ratings: Ratings, split: Split, tell: Progress) -> dict[str, Any]:
    """The fields of an `Evaluation` that tell of predicted ratings."""
    users, items, true = ratings.users[split.test], ratings.items[split.test], ratings.values[split.test]
    raw = factors.predict(users, items, clip=False)
    predicted = _clip(raw, ratings)
    known = (factors.user_counts[users] > 0) & (factors.item_counts[items] > 0)
    tell("evaluating: fitting baselines", None)
    baselines = _baselines(ratings, split)
    tell("evaluating: drawing users", None)
    model = {"all": predicted, "known": np.where(known, predicted, np.nan), "raw": np.where(known, raw, np.nan)}
    judged = judge_ratings(model | baselines, true, users)
    tell("evaluating: where the error is", None)
    rows = Predicted(*(column.astype(np.float64) for column in (true, predicted, baselines["bias"])))
    return {
        "ratings": judged["all"].error,
        "known": judged["known"].error,
        "raw": judged["raw"].error,
        "baselines": {name: judged[name].error for name in baselines},
        "beside": {name: judged["all"].beside(judged[name]) for name in baselines},
        "by_rating": error_by_rating(predicted, true),
        "segments": all_segments(rows, ratings, split.test, split.train),
        "errors": error_histogram(predicted, true, ratings.scale),
        "worst": worst_predictions(factors, ratings, split.test, predicted),
    }


def _baselines(ratings: Ratings, split: Split) -> dict[str, NDArray[np.floating]]:
    """The test rows predicted without taste, from the rows that the model learnt from."""
    train, users, items = split.train, ratings.users[split.test], ratings.items[split.test]
    learnt = ratings.users[train], ratings.items[train], ratings.values[train]
    biases = fit_biases(*learnt, ratings.n_users, ratings.n_items)
    averages = average(*learnt[1:], ratings.n_items)
    return {
        "global_mean": np.full(len(items), averages.mean),
        "item_mean": averages.item[items],
        "bias": _clip(biases.predict(users, items), ratings),
        "majority": np.full(len(items), averages.majority),
    }
