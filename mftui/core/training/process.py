"""The training process from its first word to its last: what it loads, trains and writes, and how it fails.

torch and the ratings are imported where they are used, so that those who watch hear at once what is being done.
"""

import contextlib
import os
import socket
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mftui.core.errors import DataError, MftuiError
from mftui.core.runs import events
from mftui.core.runs.directory import Dataset, Record, Run
from mftui.core.runs.history import told_by
from mftui.core.runs.lock import hold
from mftui.core.training import judging, memory
from mftui.core.training.journal import Journal, complain
from mftui.core.training.stopping import StopAsked, StopRequest
from mftui.core.training.waiting import wait_for

if TYPE_CHECKING:
    from mftui.core.data.ratings import Ratings
    from mftui.core.data.splits import Split
    from mftui.core.training.devices import Place
    from mftui.core.training.solvers import Solver, TrainingRows

DONE, FAILED = 0, 1


def train_run(run: Run, stop: StopRequest | None = None) -> int:
    """Train or resume a run; everything it has to say goes into its directory. Returns the exit code.

    Args:
        run: the run.
        stop: what asks it to stop, where that is not a signal or its `stop` file alone.
    """
    return holding(run, lambda: Process(run, stop or StopRequest(run)).work())


def holding(run: Run, work: Callable[[], int], lock: int | None = None) -> int:
    """Do a run's work with its lock held, which whoever started this process may have taken; returns the exit code."""
    try:
        with hold(run, lock):
            return work()
    except MftuiError as error:
        complain(str(error))
    except OSError as error:
        complain(f"{run.path} can't be written: {error.strerror}.")
    return FAILED


class Process:
    """One process's work on a run whose lock it holds."""

    def __init__(self, run: Run, stop: StopRequest) -> None:
        self.run = run
        self.journal = Journal(run)
        self.stop = stop
        self.epoch = 0
        self._doing: Callable[[], str] = str
        """What the process is at, as an adverbial: "in epoch 4"."""

    def work(self) -> int:
        """Train, and turn whatever goes wrong into a closing event."""
        with self.stop.heeding_signals():
            try:
                code = self._end_of_training()
                return code if self.journal.is_whole else self._say_what_is_lost()
            finally:
                self.journal.close()

    def _end_of_training(self) -> int:
        try:
            if (after := self.run.record().after) and not told_by(self.run).begun:
                wait_for(Run(Path(after)), self.journal, self.stop)
            return self._train()
        except StopAsked:
            from mftui.core.training.checkpoints import saved_epoch

            self.epoch = saved_epoch(self.run)
            return self._say_stopped()
        except MftuiError as error:
            return self._fail(error.message, error.hint)
        except Exception as error:
            complain(traceback.format_exc())
            if memory.is_lacking(error):
                words = f"There is not enough memory for this model {self._doing()}."
                return self._fail(words, memory.remedy(self.run), out_of_memory=True)
            words = " ".join(str(error).split())[:200]
            return self._fail(
                f"Something unforeseen happened: {type(error).__name__}: {words}",
                f"The whole of it is in {self.run.log}.",
            )

    def _train(self) -> int:
        record = self.run.record()
        self._tell("loading torch")
        # Products that CUDA sums in a fixed order; it reads this when it starts.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        # What a Mac's GPU has no routine for is done on the CPU; torch reads this when it is loaded.
        os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")

        from mftui.core.training import checkpoints, devices, loop, sameness, watching
        from mftui.core.training.solvers import build

        device = devices.take(record, self._warn)
        self._tell("reading ratings")
        ratings, split = self._ratings(record)
        config = record.config
        place = devices.Place(device, devices.use_threads(config, device, len(split.train), record.threads))
        self._record(record, ratings, place)
        began = told_by(self.run).started
        if began is not None and (changed := sameness.what_changed(record, began, place)) is not None:
            self._warn(changed)

        self._tell("preparing the solver")
        rows = _training_rows(ratings, split)
        solver = build(config, rows, place.device)
        solver.prepare(self._tell)
        course = checkpoints.restore(self.run, solver)
        held_out = watching.held_out_rows(config, ratings, split, solver)
        metric = watching.ranking_metric(config, ratings, split)
        self.epoch = course.epoch
        self._say_started(place, ratings, split, solver)
        if began is not None:
            self.journal.write(events.Resumed, epoch=self.epoch)

        saving = checkpoints.Checkpoints(self.run, self.journal)
        self._doing = lambda: f"in epoch {course.epoch + 1}"
        try:
            ending = loop.train(
                config, solver, len(rows), held_out, course, self.journal, saving, self.stop.is_asked, metric
            )
        except Exception:  # the state of a sweep that was not ended is none; the best model before it is one
            if course.best is not None:
                with contextlib.suppress(OSError):
                    course.best.save(self.run.model)
            raise
        self.epoch, self._doing = course.epoch, lambda: "after the last epoch"
        if ending.stopped and not ending.is_saved:
            self.stop.honour()
            words = f"Stopped after epoch {course.epoch}, whose state can't be saved: {saving.trouble}."
            return self._fail(words, judging.MAKE_ROOM)
        if ending.stopped:
            return self._say_stopped()
        if record.tested:
            figures = judging.judge(self.run, solver, course, ratings, split, config, self._tell, self._warn)
            self.journal.write(events.Evaluated, figures=figures)
        self.stop.honour()
        self.journal.write(events.Finished, epoch=course.epoch, reason=ending.reason)
        return DONE

    def _ratings(self, record: Record) -> "tuple[Ratings, Split]":
        from mftui.core.runs.rows import ratings_of, split_of

        ratings = ratings_of(record, self._tell)
        parts = split_of(record.config, ratings)
        if not len(parts.train):
            raise DataError(f"The split leaves no ratings of {ratings.name} to train on.", "Hold out fewer of them.")
        return ratings, parts

    def _record(self, record: Record, ratings: "Ratings", place: "Place") -> None:
        """Complete `run.json`, once."""
        if record.dataset is not None:
            return
        complete = msgspec.structs.replace(
            record,
            dataset=Dataset(ratings.name, record.config.data, ratings.fingerprint),
            device=place.device,
            threads=place.threads,
        )
        try:
            self.run.write_record(complete)
        except OSError as error:
            self._warn(f"run.json can't be completed ({error.strerror}); training goes on.")

    def _or_warn(self, what: str, write: Callable[[], None]) -> None:
        judging.write_or_warn(what, write, self._warn)

    def _say_started(self, place: "Place", ratings: "Ratings", split: "Split", solver: "Solver") -> None:
        from mftui.core.training import devices

        self.journal.write(
            events.Started,
            pid=os.getpid(),
            host=socket.gethostname(),
            device=place.device,
            device_name=devices.name_of(place.device),
            threads=place.threads,
            users=ratings.n_users,
            items=ratings.n_items,
            training_rows=len(split.train),
            validation_rows=len(split.validation),
            test_rows=len(split.test),
            parameters={name: list(shape) for name, shape in solver.parameters().items()},
        )

    def _tell(self, doing: str, fraction: float | None = None) -> None:
        self.stop.check()
        self._doing = lambda: f"while {doing}"
        self.journal.write(events.Progress, doing=doing, fraction=fraction)

    def _warn(self, message: str) -> None:
        complain(message)
        self.journal.write(events.Warning, message=message)

    def _say_stopped(self) -> int:
        self.stop.honour()
        self.journal.write(events.Stopped, epoch=self.epoch)
        return DONE

    def _say_what_is_lost(self) -> int:
        """The last words of a run whose events can't all be written: what fits of them, and why."""
        words = f"The last events of the run can't be written: {self.journal.trouble}."
        complain(f"{words} {judging.MAKE_ROOM}")
        self.journal.give_up(events.Failed, message=words, hint=judging.MAKE_ROOM)
        return FAILED

    def _fail(self, message: str, hint: str, out_of_memory: bool = False) -> int:
        complain(f"{message} {hint}".strip())
        self.journal.write(events.Failed, message=message, hint=hint, out_of_memory=out_of_memory)
        return FAILED


def _training_rows(ratings: "Ratings", split: "Split") -> "TrainingRows":
    from mftui.core.training.solvers import TrainingRows

    return TrainingRows(
        users=ratings.users[split.train],
        items=ratings.items[split.train],
        values=ratings.values[split.train],
        n_users=ratings.n_users,
        n_items=ratings.n_items,
        scale=ratings.scale,
        user_info=ratings.user_info,
        item_info=ratings.item_info,
    )
