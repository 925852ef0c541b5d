"""A run in parts: trains the parts that are not finished, one after another in this process, and sums them up."""

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import msgspec

from mftui.core.errors import DataError, RunError
from mftui.core.runs import events
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Part, Record, Run, create
from mftui.core.runs.history import History, told_by
from mftui.core.runs.parts import config_of, described
from mftui.core.training.process import DONE, Process, holding, train_run
from mftui.core.training.stopping import StopRequest

OFTEN = 2.0
"""Seconds between two words on how far a part is."""
_WHOLE_USERS = 0.9
"""The held-out share of its users' rows from which a fold as good as holds out whole users."""


def train(run: Run, lock: int | None = None) -> int:
    """Train or resume a run, a study, in parts or of its own; returns the exit code.

    Args:
        run: the run.
        lock: its lock as an open file, where whoever started this process took it.
    """
    return holding(run, lambda: _process_of(run).work(), lock)


def _process_of(run: Run) -> Process:
    stop = StopRequest(run)
    try:
        record = run.record()
    except RunError:
        return Process(run, stop)  # which says what is wrong
    if (search := record.search) is not None:
        from mftui.core.training.study import Study

        return Study(run, search)
    return _InParts(run, stop) if record.parts else Process(run, stop)


class PartStop(StopRequest):
    """A part stops when it is asked itself, and when the whole is."""

    def __init__(self, run: Run, whole: StopRequest) -> None:
        super().__init__(run)
        self._whole = whole

    @contextmanager
    def heeding_signals(self) -> Iterator[None]:
        """The whole heeds them."""
        yield

    def is_asked(self) -> bool:
        """Whether to stop."""
        return super().is_asked() or self._whole.is_asked()


class _TellingStop(PartStop):
    """Looks at how far its part is whenever it is asked, and has that told now and then, since parts may take long."""

    def __init__(self, run: Run, whole: StopRequest, tell: Callable[[events.Epoch], None]) -> None:
        super().__init__(run, whole)
        self._tell = tell
        self._history = History(run)
        self._spoke = time.monotonic()

    def is_asked(self) -> bool:
        """Whether to stop."""
        if time.monotonic() > self._spoke + OFTEN and self._history.poll() and self._history.epochs:
            self._spoke = time.monotonic()
            self._tell(self._history.epochs[-1])
        return super().is_asked()


class _InParts(Process):
    """One process's work on a run in parts, whose lock it holds; each part's lock is held while it trains."""

    def _train(self) -> int:
        record = self.run.record()
        told = told_by(self.run)
        figures = {event.name: event.figures for event in told.parts}
        for number, part in enumerate(record.parts, 1):
            own = self.run.part(part.name)
            tell = partial(self._tell_how_far, part.name, number, len(record.parts))
            tell(None)
            history = train_part(self.run, own, config_of(part, record.config), _TellingStop(own, self.stop, tell))
            match history.closing:
                case events.Finished():
                    pass
                case events.Stopped():
                    return self._say_stopped()
                case _:
                    raise failure_of(self.run, history)
            self.epoch = number
            if part.name not in figures:
                figures[part.name] = history.evaluated.figures if history.evaluated else {}
                self.journal.write(
                    events.Part,
                    name=part.name,
                    part=number,
                    parts=len(record.parts),
                    figures=figures[part.name],
                    seconds=sum(epoch.seconds for epoch in history.epochs),
                )
                if number == 1:
                    self._warn_of_order(own, part)
        self._sum_up(record)
        self.stop.honour()
        self.journal.write(events.Finished, epoch=self.epoch, reason=f"all {len(record.parts)} parts")
        return DONE

    def _tell_how_far(self, name: str, number: int, parts: int, epoch: events.Epoch | None) -> None:
        words, done = f"{name}, {number} of {parts}", number - 1.0
        if epoch is None:
            return self._tell(words, done / parts)
        words, done = f"{words}, epoch {epoch.epoch} of {epoch.epochs}", done + epoch.epoch / epoch.epochs
        self.journal.write(events.Progress, doing=words, fraction=done / parts)
        return None

    def _warn_of_order(self, own: Run, part: Part) -> None:
        """Say so where a fold, which is a stretch of the file, holds nearly all that its users rated."""
        from mftui.core.evaluation import report

        evaluation = report.read(own.path) if part.split.startswith("fold:") else None
        share = evaluation.protocol.held_out_share if evaluation else None
        if share is not None and share >= _WHOLE_USERS:
            self._warn(
                f"{part.name} holds out {share:.0%} of what its users rated: the file seems to be sorted by user, and "
                "its folds test on users that the model never met. To test on users that it knows, take folds of rows "
                "at random: --set split=random-fold:1."
            )

    def _sum_up(self, record: Record) -> None:
        """Write the mean evaluation of the parts, where they have test rows."""
        from mftui.core.evaluation import report
        from mftui.core.evaluation.aggregate import aggregate

        found = [evaluation for part in record.parts if (evaluation := report.read(self.run.part(part.name).path))]
        if len(found) < len(record.parts):
            self._warn(f"{len(record.parts) - len(found)} of {len(record.parts)} parts are not evaluated.")
        if not found:
            return
        whole = aggregate(found, described(record.parts, record.config.split_seed))
        self._or_warn("The evaluation", lambda: report.write(self.run.path, whole))
        means = {n: getattr(whole.ratings, n) for n in ("mse", "rmse", "mae")} if whole.ratings.n else {}
        spread = {f"{name}_deviation": value for name, value in whole.deviations.items()}
        self.journal.write(events.Evaluated, figures={**means, **whole.ranking, **spread})


def train_part(whole: Run, own: Run, config: Config, stop: PartStop, tested: bool = True) -> History:
    """Make and train a part, or go on with it; returns what it has told once it is finished, or has ended sooner.

    Raises:
        DataError: it has trained on other ratings than the parts before it.
    """
    if not (own.path / "run.json").exists():
        create(config, own.path, tested=tested)
    if not isinstance(told_by(own).closing, events.Finished):
        own.stop.unlink(missing_ok=True)
        train_run(own, stop)
    _see_same_data(whole, own)
    return told_by(own)


def failure_of(whole: Run, part: History) -> RunError:
    """What ends the whole where a part failed, or ended without a word."""
    if isinstance(part.closing, events.Failed):
        return RunError(f"{part.run.name}: {part.closing.message}", part.closing.hint)
    return RunError(f"{part.run.name} ended without a word.", f"Look into {whole.log}.")


def _see_same_data(whole: Run, own: Run) -> None:
    """The first part says what the whole works on, which others must share to be compared."""
    record, dataset = whole.record(), own.record().dataset
    if dataset is None:  # it ended before it had read them
        return
    if record.dataset is None:
        with contextlib.suppress(OSError):
            whole.write_record(msgspec.structs.replace(record, dataset=dataset))
    elif dataset.fingerprint != record.dataset.fingerprint:
        raise DataError(
            f"{dataset.name} has changed since {whole.name} began, and {own.name} trained on what it is now.",
            "Bring it back and remove that part, or begin anew.",
        )
