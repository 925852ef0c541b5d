"""Several evaluations of one kind of model as one: means, and how far the parts lie apart."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace

from mftui.core.evaluation.report import Evaluation, RatingError

_ERRORS = ("mse", "rmse", "mae", "r2", "within_half")


def aggregate(parts: Sequence[Evaluation], split: str) -> Evaluation:
    """The means of some evaluations and their sample standard deviations (divided by n - 1).

    Every part counts the same, so the RMSE is the mean of the parts' and not the root of a pooled error. What belongs
    to one model, such as its worst predictions, is left out.

    Args:
        parts: one evaluation or more, of models made with the same settings.
        split: how the parts differ, in words, for the protocol.
    """
    first = parts[0].protocol
    errors = {name: [getattr(part.ratings, name) for part in parts] for name in _ERRORS} if parts[0].ratings.n else {}
    figures = {**errors, **_columns([part.ranking for part in parts])}
    return Evaluation(
        protocol=replace(
            first,
            split=f"{split}; figures are means ± standard deviations over {len(parts)} parts",
            test_rows=sum(part.protocol.test_rows for part in parts),
            model=f"{len(parts)} models, each judged on its own test rows",
            intervals="",
            test_fingerprint="",
            test_users=0,
            held_out_share=_mean([part.protocol.held_out_share for part in parts]),
        ),
        ratings=_mean_error([part.ratings for part in parts]),
        known=_mean_error([part.known for part in parts]),
        raw=_mean_error([part.raw for part in parts]),
        baselines={name: _mean_error([part.baselines[name] for part in parts]) for name in parts[0].baselines},
        by_rating=[],
        worst=[],
        parameters=[],
        ranking=_means([part.ranking for part in parts]),
        ranking_baselines={
            name: _means([part.ranking_baselines[name] for part in parts if name in part.ranking_baselines])
            for name in parts[0].ranking_baselines
        },
        ranking_protocol=_protocol([part.ranking_protocol for part in parts]),
        parts=len(parts),
        deviations={
            name: float(np.std(column, ddof=1)) if len(column) > 1 else 0.0
            for name, column in figures.items()
            if None not in column
        },
    )


def _mean_error(errors: Sequence[RatingError]) -> RatingError:
    """The mean of each figure over the parts that have rows; `n` is the sum, and what a part can't tell is left out."""
    errors = [error for error in errors if error.n] or errors
    found: dict[str, Any] = {}
    for name in _ERRORS:
        found[name] = _mean([getattr(error, name) for error in errors])
    return RatingError(**found, n=sum(error.n for error in errors))


def _mean(values: Sequence[float | None]) -> float | None:
    """None where a part can't tell."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if len(known) == len(values) else None


def _protocol(told: Sequence[str]) -> str:
    """How the rankings were made; users and rows are counted in each part anew."""
    return told[0] if len(set(told)) == 1 else f"the mean over parts; of the first: {told[0]}"


def _columns(figures: Sequence[dict[str, float]]) -> dict[str, list[float]]:
    """The figures that all parts have, each with its value in every part."""
    return {name: [part[name] for part in figures] for name in figures[0] if all(name in part for part in figures)}


def _means(figures: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean(column)) for name, column in _columns(figures).items()}
