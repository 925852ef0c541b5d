"""A model judged on the test rows of a split."""

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split
from mftui.core.errors import DataError, ModelError
from mftui.core.evaluation.baselines import fit_biases
from mftui.core.evaluation.ranking import Score, ease, most_popular, rank_and_judge
from mftui.core.evaluation.ratings import error_by_rating, rating_error
from mftui.core.evaluation.report import Evaluation, Parameter, Protocol, RatingError, WorstPrediction
from mftui.core.model import Factors

_WORST = 20
_FIRST = 6

_MOST_SCORES = 500_000_000
"""Users times items that are ranked without being asked: some ten seconds of work."""

_LARGEST_FOR_EASE = 10_000
"""Items; its arrays grow with their square."""


def evaluate(factors: Factors, ratings: Ratings, split: Split, model: str) -> Evaluation:
    """See `mftui.core.evaluation.evaluate`."""
    _check(factors, ratings, split)
    users, items, true = ratings.users[split.test], ratings.items[split.test], ratings.values[split.test]
    raw = factors.predict(users, items, clip=False)
    predicted = _clip(raw, ratings)
    known = (factors.user_counts[users] > 0) & (factors.item_counts[items] > 0)
    ranking, ranking_protocol = _ranking(factors, ratings, split)
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
        ),
        ratings=rating_error(predicted, true),
        known=rating_error(predicted[known], true[known]),
        raw=rating_error(raw[known], true[known]),
        baselines=_baselines(ratings, split),
        by_rating=error_by_rating(predicted, true),
        worst=_worst(factors, ratings, split.test, predicted),
        parameters=_parameters(factors),
        ranking=ranking.pop("model", {}),
        ranking_baselines=ranking,
        ranking_protocol=ranking_protocol,
    )


def _check(factors: Factors, ratings: Ratings, split: Split) -> None:
    if (factors.n_users, factors.n_items) != (ratings.n_users, ratings.n_items):
        raise ModelError(
            f"The model knows {factors.n_users:,} users and {factors.n_items:,} items, but {ratings.name} has "
            f"{ratings.n_users:,} and {ratings.n_items:,}.",
            "It was trained on other ratings.",
        )
    for part, rows in (("test", split.test), ("training", split.train)):
        if len(rows) == 0:
            raise DataError(f"{ratings.name} leaves no {part} rows under this split.", "Choose another split.")


def _clip(predicted: NDArray[np.floating], ratings: Ratings) -> NDArray[np.floating]:
    clipped: NDArray[np.floating] = np.clip(predicted, ratings.scale.lowest, ratings.scale.highest)
    return clipped


def _baselines(ratings: Ratings, split: Split) -> dict[str, RatingError]:
    """The same test rows predicted without taste, from the rows that the model learnt from."""
    train, test = split.train, split.test
    biases = fit_biases(
        ratings.users[train], ratings.items[train], ratings.values[train], ratings.n_users, ratings.n_items
    )
    true = ratings.values[test]
    by_bias = _clip(biases.predict(ratings.users[test], ratings.items[test]), ratings)
    return {
        "global_mean": rating_error(np.full(len(true), biases.mean), true),
        "bias": rating_error(by_bias, true),
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
