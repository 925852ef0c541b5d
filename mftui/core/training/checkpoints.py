"""The checkpoint of a run: all that it takes to go on as if it had never stopped, in one file, replaced atomically."""

import errno
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.core.documents import clear_leftovers
from mftui.core.errors import ModelError
from mftui.core.model.factors import Factors
from mftui.core.model.tensors import read_tensors, write_tensors
from mftui.core.runs import events
from mftui.core.runs.directory import Run
from mftui.core.training.journal import Journal, complain
from mftui.core.training.solvers.base import Arrays, Solver

_SECONDS = 10.0
"""A checkpoint is due so long after the one before,"""
_EPOCHS = 50
"""or after so many epochs, whichever comes first,"""
_SHARE = 0.01
"""and only where all of them, the last included, then take no more than this share of the run's time."""
_DAMAGE = (KeyError, TypeError, ValueError, IndexError, OverflowError)
"""What unpacking a file that is no checkpoint may stumble over."""


@dataclass
class Course:
    """How far a run has come, beside the solver's own state."""

    epoch: int = 0
    """Sweeps done."""
    best_epoch: int = 0
    """The best epoch by what chooses the model; 0 before there is one."""
    best_cost: float = math.inf
    """The best epoch's held-out loss, or a watched ranking metric's negative: the lower the better."""
    lowest_train_mse: float = math.inf
    """Of all sweeps."""
    has_exploded: bool = False
    """Whether somebody was told that the training loss has grown far beyond that."""
    best: Factors | None = None
    """The model of the best epoch, where the best is kept."""


class Checkpoints:
    """Saves a run's state when it is time to, and measures what that costs: seldom where the model is large."""

    def __init__(self, run: Run, journal: Journal) -> None:
        self._run, self._journal = run, journal
        self._began = self._saved = time.monotonic()
        self._saved_epoch = 0
        self._spent = self._cost = 0.0
        """Seconds of all checkpoints so far, and of the last one; 0 before there is one."""
        self.trouble = ""
        """Why the last one could not be written; empty where it could."""
        clear_leftovers(run.path)

    def is_due(self, epoch: int) -> bool:
        """Whether it is time for one after this epoch."""
        now = time.monotonic()
        if now - self._saved >= _SECONDS and not self._cost:
            return True
        is_time = now - self._saved >= _SECONDS or epoch - self._saved_epoch >= _EPOCHS
        return is_time and self._cost > 0 and self._spent + 2 * self._cost <= _SHARE * (now - self._began)

    def save(self, solver: Solver, course: Course) -> bool:
        """Write the model so far and the state; a disk that won't take them is told once. True where it did."""
        began = time.monotonic()
        try:
            if not self._journal.sync():
                # A state that is ahead of its events would leave a gap in them when the run is resumed.
                raise OSError(errno.ENOSPC, self._journal.trouble)
            (course.best or solver.factors()).save(self._run.model)
            write_tensors(self._run.checkpoint, _packed(solver.state(), course))
        except OSError as error:
            self._complain(error)
        else:
            self.trouble = ""
        self._saved, self._saved_epoch = time.monotonic(), course.epoch
        self._cost = self._saved - began
        self._spent += self._cost
        if not self.trouble:
            self._journal.write(events.Checkpoint, epoch=course.epoch, seconds=self._cost)
        return not self.trouble

    def _complain(self, error: OSError) -> None:
        told, self.trouble = bool(self.trouble), error.strerror or str(error)
        if not told:
            sentence = f"The state can't be saved ({self.trouble}); training goes on and tries again."
            complain(sentence)
            self._journal.write(events.Warning, message=sentence)


def restore(run: Run, solver: Solver) -> Course:
    """Give the solver back the state of the run's checkpoint; returns how far it had come.

    Raises:
        ModelError: the checkpoint is damaged, or is of another model.
    """
    if not run.checkpoint.exists():
        return Course()
    arrays = read_tensors(run.checkpoint)
    try:
        course = _unpacked_course(arrays, run.checkpoint)
    except _DAMAGE as error:
        raise ModelError(f"{run.checkpoint} is not a checkpoint.", _REMEDY) from error
    state = {name.removeprefix("solver."): array for name, array in arrays.items() if name.startswith("solver.")}
    _check(run, state, solver.state())
    solver.restore(state)
    return course


def saved_epoch(run: Run) -> int:
    """The epoch that the run's checkpoint is of, or 0 where there is none to go on from."""
    try:
        return _unpacked_course(read_tensors(run.checkpoint), run.checkpoint).epoch
    except (ModelError, *_DAMAGE):
        return 0


_REMEDY = "Remove it to begin the run anew."


def _packed(state: Arrays, course: Course) -> dict[str, NDArray[Any]]:
    packed: dict[str, NDArray[Any]] = {f"solver.{name}": array for name, array in state.items()}
    packed["epochs"] = np.array([course.epoch, course.best_epoch], np.int64)
    packed["losses"] = np.array([course.best_cost, course.lowest_train_mse], np.float64)
    if course.best is not None:
        packed |= {f"best.{name}": array for name, array in course.best.arrays().items()}
    return packed


def _unpacked_course(arrays: Arrays, path: Path) -> Course:
    epoch, best_epoch = map(int, arrays["epochs"])
    best_cost, lowest_train_mse = map(float, arrays["losses"])
    if not 0 <= best_epoch <= epoch or math.isnan(best_cost):
        raise ValueError("epochs out of order, or a loss that is no number")
    kept = {name.removeprefix("best."): array for name, array in arrays.items() if name.startswith("best.")}
    best = Factors.from_arrays(kept, path) if kept else None
    return Course(epoch, best_epoch, best_cost, lowest_train_mse, best=best)


def _check(run: Run, state: Arrays, expected: Arrays) -> None:
    """Refuse a state that the solver could not have written."""
    if state.keys() != expected.keys():
        raise ModelError(f"{run.checkpoint} is of another model.", _REMEDY)
    for name, array in expected.items():
        found = state[name]
        if found.shape != array.shape or found.dtype != array.dtype:
            raise ModelError(
                f"{run.checkpoint} is of another model: {name} is {found.dtype} {found.shape}, "
                f"not {array.dtype} {array.shape}.",
                _REMEDY,
            )
        if found.dtype.kind == "f" and not np.isfinite(found).all():
            raise ModelError(f"{run.checkpoint} is damaged: {name} holds values that are not numbers.", _REMEDY)
