"""The runs of the data directory as rows to list; a run is read again only when one of its files has changed."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TypeVar

from mftui.app.plan import Plan
from mftui.core.errors import MftuiError
from mftui.core.evaluation import report
from mftui.core.evaluation.report import Evaluation
from mftui.core.paths import runs_dir
from mftui.core.runs.directory import Note, Record, Run, runs_in
from mftui.core.runs.events import Failed
from mftui.core.runs.history import History, State
from mftui.core.runs.search import Search

T = TypeVar("T")

_FILES = ("run.json", "events.jsonl", "evaluation.json", "note.json", "lock")
"""What a row is made from."""

_OF_EVERY_STUDY = ("held_out", "watch")
"""Settings that say nothing of a study, which has validation rows and watches its metric in any case."""

Stamp = tuple[tuple[int, int] | None, ...]
"""When each of the files was changed, in nanoseconds, and its size; None where there is none."""


@dataclass(frozen=True)
class RunRow:
    """A run as the list shows it."""

    run: Run
    state: State
    history: History = field(compare=False)
    """What it has told: the very object that the list follows, so it grows."""
    record: Record | None = None
    """None where `run.json` is damaged."""
    note: Note = field(default_factory=Note)
    epoch: int = 0
    seconds: float = 0.0
    """What its sweeps took together."""
    evaluation: Evaluation | None = None
    trouble: str = ""
    """Why it failed, or which of its files is damaged."""

    @property
    def title(self) -> str:
        """The name that a person gave it, else its directory's without what other columns say."""
        preset = f"-{self.record.config.preset}-" if self.record else "\0"
        return self.note.name or self.run.name.partition(preset)[2].removeprefix("tune-") or self.run.name

    @property
    def long_title(self) -> str:
        """The name that a person gave it, else its directory's without the data's, so that the preset stands first."""
        return self.note.name or self.run.name.removeprefix(f"{self.data}-")

    @property
    def search(self) -> Search | None:
        """What it tries, of a study."""
        return self.record.search if self.record else None

    @property
    def data(self) -> str:
        """The name of the dataset."""
        if self.record is None:
            return ""
        return Path(self.record.dataset.name if self.record.dataset else self.record.config.data).name

    @property
    def created(self) -> float:
        """Unix seconds."""
        return self.record.created if self.record else 0.0

    @property
    def rmse(self) -> float | None:
        """Over all test rows; None for a model that is not evaluated, or predicts no ratings."""
        return self.evaluation.ratings.rmse if self.evaluation and self.evaluation.ratings.n else None

    @property
    def mae(self) -> float | None:
        """Over all test rows, likewise."""
        return self.evaluation.ratings.mae if self.evaluation and self.evaluation.ratings.n else None

    @property
    def ndcg(self) -> float | None:
        """NDCG@10, where it was computed."""
        return self.evaluation.ranking.get("ndcg@10") if self.evaluation else None

    @cached_property
    def plan(self) -> Plan | None:
        """What repeats the run: its preset, and the settings that differ from it."""
        return Plan.like(self.record.config) if self.record else None

    @property
    def command(self) -> str:
        """The command line that repeats it: as it was asked for, where it is in parts or a study."""
        if self.record is not None and (self.record.parts or self.record.search):
            return self.record.command
        return self.plan.command if self.plan else ""

    @cached_property
    def changes(self) -> str:
        """The settings that differ from the preset, on one line."""
        told = _OF_EVERY_STUDY if self.search else ()
        changes = self.plan.changes if self.plan else {}
        return " ".join(f"{key}={value}" for key, value in changes.items() if key not in told)

    @cached_property
    def facts(self) -> Mapping[str, object]:
        """Everything that can be asked of the run, by name; None where it is not known."""
        record = self.record
        settings = {**record.config.values(), "preset": record.config.preset} if record else {}
        return {
            **settings,
            "data": self.data,
            "name": f"{self.run.name} {self.note.name}",
            "remark": self.note.remark,
            "state": str(self.state),
            "host": record.host if record else None,
            "device": record.device or record.config.device if record else None,
            "epoch": self.epoch,
            "seconds": self.seconds,
            "rmse": self.rmse,
            "mae": self.mae,
            "ndcg": self.ndcg,
        }


@dataclass
class _Known:
    stamp: Stamp
    history: History
    row: RunRow


class RunList:
    """Every run of the data directory, newest first, as of the last look."""

    def __init__(self) -> None:
        self._known: dict[Path, _Known] = {}
        self._elsewhere: list[Path] = []
        self._lock = Lock()

    def open(self, path: Path) -> list[Run]:
        """List what lies elsewhere as well: a run directory, or the runs of a folder or of another data directory.

        Returns:
            The runs that were found there, newest first.

        Raises:
            RunError: there is no run in that place.
        """
        found = runs_in(path)
        with self._lock:
            known = {*self._elsewhere, *_directories()}
            self._elsewhere += [run.path for run in found if run.path not in known]
        return found

    def look(self) -> tuple[RunRow, ...]:
        """The rows; equal to those of the look before where nothing has changed. Safe from several threads."""
        with self._lock:
            stamps = {
                path: stamp for path in [*_directories(), *self._elsewhere] if (stamp := _stamp(path))[0] is not None
            }
            self._known = {path: self._look_at(path, stamp) for path, stamp in stamps.items()}
            rows = [known.row for known in self._known.values()]
        return tuple(sorted(rows, key=lambda row: (row.created, row.run.name), reverse=True))

    def _look_at(self, path: Path, stamp: Stamp) -> _Known:
        known = self._known.get(path)
        if known is None or _was_replaced(known.stamp, stamp):
            history = History(Run(path))
        elif known.stamp != stamp:
            history = known.history
        elif known.row.state.is_going:
            # Its process may end without a word.
            return replace(known, row=replace(known.row, state=known.history.state()))
        else:
            return known
        history.poll()
        return _Known(stamp, history, _read(history))


def _read(history: History) -> RunRow:
    run, closing = history.run, history.closing
    troubles = [f"{closing.message} {closing.hint}".strip()] if isinstance(closing, Failed) else []

    def told(file: Callable[[], T], otherwise: T) -> T:
        """What a file says; a damaged note must not hide what the run achieved."""
        try:
            return file()
        except MftuiError as error:
            troubles.append(str(error))
            return otherwise

    return RunRow(
        run,
        history.state(),
        history,
        record=told(run.record, None),
        note=told(run.note, Note()),
        epoch=history.epochs[-1].epoch if history.epochs else 0,
        seconds=_seconds(history),
        evaluation=told(lambda: report.read(run.path), None),
        trouble=" ".join(troubles),
    )


def _seconds(history: History) -> float:
    """What its sweeps took together, those of its parts and trials too."""
    parts = [part.seconds for part in history.parts] + [trial.seconds for trial in history.trials]
    return history.epochs.seconds() + sum(parts)


def _directories() -> list[Path]:
    try:
        return list(runs_dir().iterdir())
    except OSError:
        return []


def _stamp(directory: Path) -> Stamp:
    stamps: list[tuple[int, int] | None] = []
    for name in _FILES:
        found = None
        with contextlib.suppress(OSError):
            status = (directory / name).stat()
            found = status.st_mtime_ns, status.st_size
        stamps.append(found)
    return tuple(stamps)


def _was_replaced(old: Stamp, new: Stamp) -> bool:
    """Whether the file of events is shorter than it was: then it is another run's, or lost its torn last line."""
    before, now = old[1], new[1]
    return before is not None and (now is None or now[1] < before[1])
