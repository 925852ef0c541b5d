"""The figures that a person looks for first, each with what it stands beside."""

from collections.abc import Sequence
from dataclasses import dataclass

from mftui.app.run_list import RunRow
from mftui.core.evaluation.report import Evaluation, Interval, RatingError
from mftui.core.runs.directory import Run

_RANKED = {"ndcg@10": "NDCG@10", "recall@10": "Recall@10", "hit_rate@10": "Hit rate@10"}

_BESIDE = {"most_popular": "popular", "ease": "EASE"}
"""The rankings that a figure stands beside: the one that every model should beat, and one that is hard to beat."""


@dataclass(frozen=True)
class Headline:
    """One figure, large, and two lines below it."""

    title: str
    figure: str
    interval: str
    beside: str


@dataclass(frozen=True)
class Rival:
    """The best other run on the same test rows."""

    name: str
    rmse: float


def headlines(evaluation: Evaluation, rival: Rival | None) -> list[Headline]:
    """Error, ranking and near hits; for a model that only ranks, three figures of the ranking."""
    ranked = [_ranked(evaluation, name) for name in _RANKED if name in evaluation.ranking]
    error = evaluation.ratings
    if not error.n:
        return ranked
    return [_error(evaluation, error, rival), *ranked[:1], _near(error)]


def rival_of(rows: Sequence[RunRow], run: Run, evaluation: Evaluation) -> Rival | None:
    """The best of the other runs that were tested on the same rows."""
    tested_on = evaluation.protocol.test_fingerprint
    others = ((row.run.name, row.evaluation) for row in rows if row.run.path != run.path and row.evaluation)
    found = [
        Rival(name, theirs.ratings.rmse)
        for name, theirs in others
        if tested_on and theirs.protocol.test_fingerprint == tested_on and theirs.ratings.n
    ]
    return min(found, key=lambda one: one.rmse, default=None)


def _error(evaluation: Evaluation, error: RatingError, rival: Rival | None) -> Headline:
    beside = []
    if (bias := evaluation.baselines.get("bias")) is not None and bias.n:
        beside.append(f"bias {_short(bias.rmse, 4)}")
    if rival is not None:
        beside.append(f"other {_short(rival.rmse, 4)}")
    return Headline("RMSE", f"{error.rmse:.4f}", _spread(evaluation, "rmse", error.rmse_interval), " · ".join(beside))


def _near(error: RatingError) -> Headline:
    share = "-" if error.within_half is None else f"{error.within_half * 100:.0f}"
    return Headline("% within half a star", share, f"of {error.n:,} test rows", f"MAE {error.mae:.4f}")


def _ranked(evaluation: Evaluation, name: str) -> Headline:
    others = {
        label: figures[name]
        for key, label in _BESIDE.items()
        if name in (figures := evaluation.ranking_baselines.get(key, {}))
    }
    beside = " · ".join(f"{label} {_short(figure)}" for label, figure in others.items())
    interval = evaluation.ranking_intervals.get(name)
    return Headline(_RANKED[name], f"{evaluation.ranking[name]:.4f}", _spread(evaluation, name, interval), beside)


def _short(value: float, decimals: int = 3) -> str:
    """`.260`, so that two of them find room on a narrow screen."""
    return f"{value:.{decimals}f}".removeprefix("0")


def _spread(evaluation: Evaluation, figure: str, interval: Interval | None) -> str:
    """How sure a figure is: its interval, or how far the parts of a run lie apart; empty where neither is known."""
    if interval is not None:
        return f"95%: {interval[0]:.3f} to {interval[1]:.3f}"
    deviation = evaluation.deviations.get(figure)
    return "" if deviation is None else f"± {deviation:.4f} over {evaluation.parts} parts"
