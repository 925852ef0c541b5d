"""The writer of `events.jsonl`. What can't be written now is kept and written later: a full disk ends no training."""

import contextlib
import os
import sys
import time
from typing import Any, TypeVar

from mftui.core.errors import RunError
from mftui.core.runs import events
from mftui.core.runs.directory import Run
from mftui.core.runs.lock import acquire

E = TypeVar("E", bound=events.Event)


class Journal:
    """Appends events to a run, each line at once; the first trouble with that is told once, on stderr.

    Opening it locks it and cuts an unfinished last line, which a process that was killed left behind.

    Raises:
        RunError: another process writes it.
        OSError: it can't be written.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._file = _opened(run)
        self._pending = b""
        self._troubled = False
        self.trouble = ""
        """Why events could not be written, the last time."""
        _cut_torn_line(self._file)

    def write(self, kind: type[E], **fields: Any) -> E:
        """Append an event that happened now, after any that had to wait; returns it."""
        event = kind(time=time.time(), **fields)
        self._pending += events.encode(event)
        if self._flush() and self._troubled:
            self._troubled = False
            self.write(events.Warning, message="Events could not be written for a while; they were kept, and are here.")
        return event

    @property
    def is_whole(self) -> bool:
        """Whether all that was told is written."""
        return not self._pending

    def give_up(self, kind: type[E], **fields: Any) -> None:
        """Drop what can't be written, and write this in its place if it fits, as the last word.

        What is dropped is told again when the run is resumed. The unfinished line that was the first to lack room
        goes as well, which often makes enough of it.
        """
        self._pending = b""
        _cut_torn_line(self._file)
        self.write(kind, **fields)
        if self._pending:
            _cut_torn_line(self._file)

    def sync(self) -> bool:
        """Bring all that was told to the disk itself, as far as it is willing. True where all of it is written."""
        written = self._flush()
        with contextlib.suppress(OSError):
            os.fsync(self._file)
        return written

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _flush(self) -> bool:
        """Write what waits; True where nothing waits any more."""
        try:
            # Somebody removed the file, and not the whole run: what comes now is told in a new one.
            if not os.fstat(self._file).st_nlink and (self._run.path / "run.json").exists():
                gone, self._file = self._file, _opened(self._run)
                os.close(gone)
            while self._pending:
                self._pending = self._pending[os.write(self._file, self._pending) :]
        except OSError as error:
            self._complain(error)
        return not self._pending

    def _complain(self, error: OSError) -> None:
        self.trouble = error.strerror or str(error)
        if not self._troubled:
            self._troubled = True
            complain(f"Events can't be written ({error.strerror}); training goes on and they are kept until they can.")


def complain(sentence: str) -> None:
    """Tell stderr, which is `trainer.log`; and where that can't be written either, nobody."""
    with contextlib.suppress(OSError, ValueError):
        print(sentence, file=sys.stderr, flush=True)


def _opened(run: Run) -> int:
    file = os.open(run.events, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    try:
        acquire(file, run)
    except RunError:
        os.close(file)
        raise
    return file


def _cut_torn_line(file: int) -> None:
    if (end := events.end_of_lines(file)) < os.fstat(file).st_size:
        os.ftruncate(file, end)
