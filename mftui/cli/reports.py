"""The reports of a run as a command finds them: as written where they are fresh, else made anew."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from mftui.cli.output import progress_bar, say
from mftui.core.errors import RunError

if TYPE_CHECKING:
    from mftui.core.evaluation.asked import Asked
    from mftui.core.evaluation.report import Evaluation
    from mftui.core.runs.directory import Run


def evaluation_of(run: "Run") -> "Evaluation":
    """The run's evaluation: as it is written, or made now where it is missing, damaged or older than the model."""
    from mftui.core.evaluation import report

    if is_fresh(run.path / "evaluation.json", run.model):
        try:
            if evaluation := report.read(run.path):
                return evaluation
        except RunError as error:
            say(f"{error.message} It is made anew.")
    return judged_anew(run)


def judged_anew(
    run: "Run", asked: "Asked | None" = None, split: Mapping[str, object] = MappingProxyType({}), thorough: bool = False
) -> "Evaluation":
    """Judge a run's model, and keep what is found as the run's evaluation.

    Args:
        run: whose model to judge.
        asked: how to judge its ranking, where not in the usual way.
        split: settings of another split, whose test rows to judge on, those that the model never saw.
        thorough: whether to rank for every user even where that takes minutes.

    Raises:
        MftuiError: the model or its ratings are gone, or nothing is left to judge on.
    """
    from mftui.core.evaluation import evaluate, report
    from mftui.core.evaluation.asked import unseen
    from mftui.core.model import Factors
    from mftui.core.model.posterior import Posterior
    from mftui.core.runs.parts import model_of
    from mftui.core.runs.rows import ratings_of, split_of

    record = run.record()
    with progress_bar() as progress:
        progress("reading", None)
        factors, ratings = Factors.load(model_of(run)), ratings_of(record, progress)
        parts = split_of(record.config, ratings)
        if split:
            parts = unseen(split_of(record.config.with_changes(split), ratings), parts)
        posterior = Posterior.load(run.posterior) if run.posterior.exists() else None
        words = model_in_words(run)
        evaluation = evaluate(factors, ratings, parts, words, progress, thorough, posterior, asked)
    if _may_write(run):
        report.write(run.path, evaluation)
    return evaluation


def is_fresh(report: Path, model: Path) -> bool:
    """Whether a report was made after the model that it tells of."""
    try:
        return report.stat().st_mtime_ns >= model.stat().st_mtime_ns
    except FileNotFoundError:
        return report.exists()


def _may_write(run: "Run") -> bool:
    """Not while the run is being trained: its process writes the reports when it finishes."""
    from mftui.core.runs.lock import holder

    return holder(run) is None and os.access(run.path, os.W_OK)


def model_in_words(run: "Run") -> str:
    """Which model of a run is kept: "best by validation loss, epoch 64", or "last, epoch 128"."""
    from mftui.core.runs.history import told_by

    history = told_by(run)
    best = [epoch for epoch in history.epochs if epoch.best]
    if best:
        return f"best by validation {best[-1].watched or 'loss'}, epoch {best[-1].epoch}"
    return f"last, epoch {history.epochs[-1].epoch}" if history.epochs else "last"
