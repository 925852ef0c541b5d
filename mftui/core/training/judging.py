"""What a run leaves when its sweeps are done: the model, its evaluation and its clusters."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mftui.core.errors import MftuiError, RunError
from mftui.core.runs.directory import Run

if TYPE_CHECKING:
    from mftui.core.data import Progress
    from mftui.core.data.ratings import Ratings
    from mftui.core.data.splits import Split
    from mftui.core.runs.config import Config
    from mftui.core.training.checkpoints import Course
    from mftui.core.training.solvers import Solver

MAKE_ROOM = "Make room, then resume the run."

Warn = Callable[[str], None]
"""Tells what a person should know, though the run goes on."""


def judge(
    run: Run,
    solver: "Solver",
    course: "Course",
    ratings: "Ratings",
    split: "Split",
    config: "Config",
    tell: "Progress",
    warn: Warn,
) -> dict[str, float]:
    """Write the model, its evaluation and its clusters; returns the figures of the evaluation.

    A report that can't be written is warned of, since it can be made again from the model.

    Raises:
        RunError: the model can't be written.
        StopAsked: somebody asked for a stop.
    """
    from mftui.core.clusters import cluster
    from mftui.core.clusters import report as clusters_report
    from mftui.core.clusters.space import Space
    from mftui.core.evaluation import evaluate
    from mftui.core.evaluation import report as evaluation_report
    from mftui.core.model.posterior import Posterior
    from mftui.core.model.tensors import write_tensors

    factors, which = solver.factors(), f"last, epoch {course.epoch}"
    if course.best is not None:
        factors, which = course.best, f"best by validation {config.watch}, epoch {course.best_epoch}"
    figures: dict[str, float] = {}
    try:
        factors.save(run.model)
        if (posterior := solver.posterior()) is not None:
            write_tensors(run.posterior, posterior)
    except OSError as error:
        raise RunError(f"The model can't be written: {error.strerror}.", MAKE_ROOM) from error
    if len(split.test):
        samples = Posterior.load(run.posterior) if run.posterior.exists() else None
        evaluation = evaluate(factors, ratings, split, which, tell, posterior=samples)
        if factors.kind == "rating":
            figures = {name: getattr(evaluation.ratings, name) for name in ("mse", "rmse", "mae")}
        figures |= evaluation.ranking
        write_or_warn("The evaluation", lambda: evaluation_report.write(run.path, evaluation), warn)
    tell("clustering", None)
    try:
        clusters = cluster(factors, ratings, space=Space.of_preset(config.preset))
    except MftuiError as error:
        warn(f"There are no clusters: {error.message}")
    else:
        write_or_warn("The clusters", lambda: clusters_report.write(run.path, clusters), warn)
    return figures


def write_or_warn(what: str, write: Callable[[], None], warn: Warn) -> None:
    """Write something that training can do without."""
    try:
        write()
    except OSError as error:
        warn(f"{what} can't be written: {error.strerror}.")
