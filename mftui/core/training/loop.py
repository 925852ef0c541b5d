"""The training loop: sweep, judge, tell, save, until all epochs are done or something ends them sooner."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mftui.core.errors import MftuiError
from mftui.core.runs import events
from mftui.core.runs.config import Config
from mftui.core.training.checkpoints import Checkpoints, Course
from mftui.core.training.journal import Journal
from mftui.core.training.solvers.base import Solver

_NO_BETTER = 20
"""Epochs without a better held-out loss after which a person is told,"""
_NO_BETTER_SHARE = 4
"""but not before a fourth of those up to the best: a long run gets better ever more seldom."""
_RISEN = 1.02
"""How much worse than the best a held-out loss is that has risen rather than levelled off."""
_GROWTH = 10.0
"""How many times its lowest the training loss is where it explodes."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Rows that the model doesn't train on, whose users and items it does."""

    kind: str
    """`validation`, or `test`, which is watched and never used to choose."""
    users: NDArray[np.int32]
    items: NDArray[np.int32]
    values: NDArray[np.float32]

    def loss(self, solver: Solver) -> float:
        """The mean squared error over these rows, unclipped."""
        errors = solver.predict(self.users, self.items).astype(np.float64) - self.values
        return float(np.mean(errors**2))


class Metric(Protocol):
    """A figure of the validation rows that chooses the model instead of their loss: the higher the better."""

    @property
    def name(self) -> str:
        """Such as `ndcg@10`."""

    def value(self, solver: Solver) -> float:
        """Of the model as it stands."""


@dataclass(frozen=True)
class Ending:
    """How the loop ended."""

    reason: str
    """In words: "all 128 epochs", "no better validation loss for 5 epochs"."""
    stopped: bool = False
    """Whether somebody asked for it."""
    is_saved: bool = False
    """Whether the last state is on the disk."""


class Diverged(MftuiError):
    """The loss is no longer a number."""


def train(
    config: Config,
    solver: Solver,
    n_ratings: int,
    held_out: HeldOut | None,
    course: Course,
    journal: Journal,
    checkpoints: Checkpoints,
    is_stop_asked: Callable[[], bool],
    metric: Metric | None = None,
) -> Ending:
    """Train from where `course` stands, which is kept up to date; the last state is saved however it ends.

    The best epoch is the one of the lowest held-out loss, or of the highest metric where there is one.

    Raises:
        Diverged: the loss is no longer a number. The best model so far is saved where the best is kept.
    """
    choosing = metric is not None or (held_out is not None and held_out.kind == "validation")
    watched = f"{held_out.kind if held_out and not metric else 'validation'} {metric.name if metric else 'loss'}"

    def why_over() -> str | None:
        """Asked before the first sweep, too: a run may be resumed that was over and not yet judged."""
        if course.epoch >= config.epochs:
            return f"all {config.epochs:,} epochs"
        if config.patience and choosing and course.epoch - course.best_epoch >= config.patience:
            return f"no better {watched} for {config.patience} epochs"
        return None

    while (reason := why_over()) is None:
        epoch = course.epoch + 1
        began = time.perf_counter()
        sweep = solver.sweep(epoch)
        seconds = time.perf_counter() - began

        train_mse = sweep.train_mse
        held_out_mse = held_out.loss(solver) if held_out else None
        sound = _number(train_mse) is not None and (not held_out or _number(held_out_mse) is not None)
        value = metric.value(solver) if metric and sound else None
        cost = -value if value is not None else held_out_mse
        is_best = cost is not None and cost < course.best_cost
        journal.write(
            events.Epoch,
            epoch=epoch,
            epochs=config.epochs,
            train_mse=_number(train_mse),
            held_out_mse=_number(held_out_mse),
            held_out=held_out.kind if held_out else None,
            seconds=seconds,
            ratings_per_second=n_ratings / max(seconds, 1e-9),
            best=choosing and is_best and solver.can_overfit,
            watched=metric.name if metric else None,
            watched_value=value,
            figures={name: value for name, value in sweep.figures.items() if math.isfinite(value)},
        )
        if not sound:
            raise _diverged(config, epoch, course)

        course.epoch = epoch
        if is_best and cost is not None:
            course.best_epoch, course.best_cost = epoch, cost
            if choosing and solver.can_overfit:
                course.best = solver.factors()
        # A mean over samples levels off where it is good, again and again better by a little: nothing to look at.
        no_better = _no_better(config, watched, cost, course) if solver.can_overfit else None
        for notice in (_explosion(config, epoch, train_mse, course), no_better):
            if notice:
                journal.write(events.Warning, message=notice)
        course.lowest_train_mse = min(course.lowest_train_mse, train_mse)

        if why_over() is None:
            if is_stop_asked():
                return Ending("asked to stop", stopped=True, is_saved=checkpoints.save(solver, course))
            if checkpoints.is_due(epoch):
                checkpoints.save(solver, course)
    return Ending(reason, is_saved=checkpoints.save(solver, course))


def _number(loss: float | None) -> float | None:
    return loss if loss is not None and math.isfinite(loss) else None


def _diverged(config: Config, epoch: int, course: Course) -> Diverged:
    best = f" The model of epoch {course.best_epoch}, the best by validation {config.watch}, is kept."
    kept = best if course.best else ""
    hint = f"Try {_steadier(config)}, or fewer factors."
    return Diverged(f"The loss is no longer a number in epoch {epoch}.{kept}", hint)


def _explosion(config: Config, epoch: int, train_mse: float, course: Course) -> str | None:
    lowest = course.lowest_train_mse
    if course.has_exploded or lowest == 0 or train_mse <= _GROWTH * lowest:
        return None
    course.has_exploded = True
    return (
        f"The training loss was {lowest:.4g} and has grown to {train_mse:.4g} in epoch {epoch}: "
        f"{_steadier(config)} would keep it down."
    )


def _no_better(config: Config, watched: str, cost: float | None, course: Course) -> str | None:
    wait = max(_NO_BETTER, course.best_epoch // _NO_BETTER_SHARE)
    if cost is None or course.epoch - course.best_epoch != wait:
        return None
    was = f"The {watched} was best in epoch {course.best_epoch} ({abs(course.best_cost):.4f})"
    if course.best_cost > 0 and cost > _RISEN * course.best_cost:
        penalty = "weight_decay" if "weight_decay" in config.values() else "regularization"
        remedy = f"Fewer epochs, fewer factors or more {penalty} help."
        return f"{was} and has risen to {cost:.4f}: the model overfits. {remedy}"
    return f"{was} and has not been better for {wait} epochs: more of them hardly help."


def _steadier(config: Config) -> str:
    return "a smaller learning_rate" if "learning_rate" in config.values() else "stronger regularization"
