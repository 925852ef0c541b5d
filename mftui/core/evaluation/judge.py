"""A model judged on the test rows of a split."""

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split
from mftui.core.errors import DataError
from mftui.core.evaluation import bootstrap
from mftui.core.evaluation.baselines import average, fit_biases
from mftui.core.evaluation.checks import check_fit, fingerprint_of_test
from mftui.core.evaluation.ranking import Score, ease, most_popular, rank_and_judge
from mftui.core.evaluation.ratings import judge_ratings
from mftui.core.evaluation.report import Evaluation, Parameter, Protocol, RatingError, WorstPrediction
from mftui.core.evaluation.segments import Predicted, all_segments, error_by_rating, error_histogram
from mftui.core.model import Factors

_WORST = 20
_FIRST = 6

_MOST_SCORES = 500_000_000
"""Users times items that are ranked without being asked: some ten seconds of work."""

_LARGEST_FOR_EASE = 10_000
"""Items; its arrays grow with their square."""

_NO_ERROR = RatingError(0.0, 0.0, 0.0, 0)
_UNJUDGED: dict[str, Any] = {
    "ratings": _NO_ERROR, "known": _NO_ERROR, "raw": _NO_ERROR, "baselines": {}, "by_rating": [], "worst": [],
}  # fmt: skip
"""A model that only ranks has no error in ratings."""


def evaluate(factors: Factors, ratings: Ratings, split: Split, model: str) -> Evaluation:
    """See `mftui.core.evaluation.evaluate`."""
    check_fit(factors, ratings)
    for part, rows in (("test", split.test), ("training", split.train)):
        if len(rows) == 0:
            raise DataError(f"{ratings.name} leaves no {part} rows under this split.", "Choose another split.")
    ranking, ranking_protocol = _ranking(factors, ratings, split)
    judged = _judge_ratings(factors, ratings, split) if factors.kind == "rating" else _UNJUDGED
    return Evaluation(
        protocol=Protocol(
            dataset=ratings.name,
            fingerprint=ratings.fingerprint,
            split=split.description,
            training_rows=len(split.train),
            validation_rows=len(split.validation),
            test_rows=len(split.test),
            clipped=True,
            scale=(ratings.scale.lowest, ratings.scale.highest, ratings.scale.step),
            model=model,
            intervals=bootstrap.PROTOCOL,
            test_fingerprint=fingerprint_of_test(ratings, split),
        ),
        parameters=_parameters(factors),
        ranking=ranking.pop("model", {}),
        ranking_baselines=ranking,
        ranking_protocol=ranking_protocol,
        **judged,
    )


def _clip(predicted: NDArray[np.floating], ratings: Ratings) -> NDArray[np.floating]:
    clipped: NDArray[np.floating] = np.clip(predicted, ratings.scale.lowest, ratings.scale.highest)
    return clipped


def _judge_ratings(factors: Factors, ratings: Ratings, split: Split) -> dict[str, Any]:
    """The fields of an `Evaluation` that tell of predicted ratings."""
    users, items, true = ratings.users[split.test], ratings.items[split.test], ratings.values[split.test]
    raw = factors.predict(users, items, clip=False)
    predicted = _clip(raw, ratings)
    known = (factors.user_counts[users] > 0) & (factors.item_counts[items] > 0)
    baselines = _baselines(ratings, split)
    model = {"all": predicted, "known": np.where(known, predicted, np.nan), "raw": np.where(known, raw, np.nan)}
    judged = judge_ratings(model | baselines, true, users)
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
        "worst": _worst(factors, ratings, split.test, predicted),
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


def _ranking(factors: Factors, ratings: Ratings, split: Split) -> tuple[dict[str, dict[str, float]], str]:
    """The ranking figures of the model and of the baselines, and how they were made."""
    scale = ratings.scale
    bar = scale.lowest + 0.75 * (scale.highest - scale.lowest)
    liked, learnt = (rows[ratings.values[rows] >= bar] for rows in (split.test, split.train))
    n_users = len(np.unique(ratings.users[liked]))
    if not n_users or not len(learnt):
        return {}, f"not computed: there are no training or no test rows rated {bar:g} or more"
    if n_users * ratings.n_items > _MOST_SCORES:
        return {}, f"not computed: {n_users:,} users times {ratings.n_items:,} items are too many to rank in passing"
    users, items = ratings.users[learnt], ratings.items[learnt]
    models: dict[str, Score] = {"model": factors.scores, "most_popular": most_popular(items, ratings.n_items)}
    if ratings.n_items <= _LARGEST_FOR_EASE:
        models["ease"] = ease(users, items, ratings.n_users, ratings.n_items)
    seen = np.concatenate([split.train, split.validation])
    rows = (ratings.users[seen], ratings.items[seen]), (ratings.users[liked], ratings.items[liked])
    protocol = (
        f"all {ratings.n_items:,} items ranked but those in the user's training and validation rows; good are test "
        f"rows rated {bar:g} or more; mean over the {n_users:,} users who have one; ties by position; "
        f"baselines fitted to the training rows rated {bar:g} or more"
    )
    return {name: rank_and_judge(score, *rows)[0] for name, score in models.items()}, protocol


def _worst(
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


def _parameters(factors: Factors) -> list[Parameter]:
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
        )
        for name, array in arrays.items()
        if not name.endswith("counts") and array.any()
    ]
