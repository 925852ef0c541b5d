"""The writer of `events.jsonl`. What can't be written now is kept and written later: a full disk ends no training."""

import contextlib
import os
import sys
import time
from typing import Any, TypeVar

from mftui.core.runs import events
from mftui.core.runs.directory import Run

E = TypeVar("E", bound=events.Event)


class Journal:
    """Appends events to a run, each line at once; the first trouble with that is told once, on stderr.

    Opening it cuts an unfinished last line, which a process that was killed left behind.
    """

    def __init__(self, run: Run) -> None:
        self._file = os.open(run.events, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._pending = b""
        self._troubled = False
        _cut_torn_line(self._file)

    def write(self, kind: type[E], **fields: Any) -> None:
        """Append an event that happened now, after any that had to wait."""
        self._pending += events.encode(kind(time=time.time(), **fields))
        try:
            while self._pending:
                self._pending = self._pending[os.write(self._file, self._pending) :]
        except OSError as error:
            self._complain(error)
            return
        if self._troubled:
            self._troubled = False
            self.write(events.Warning, message="Events could not be written for a while; they were kept, and are here.")

    def sync(self) -> None:
        """Bring what was written to the disk itself, as far as the disk is willing."""
        with contextlib.suppress(OSError):
            os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _complain(self, error: OSError) -> None:
        if not self._troubled:
            self._troubled = True
            complain(f"Events can't be written ({error.strerror}); training goes on and they are kept until they can.")


def complain(sentence: str) -> None:
    """Tell stderr, which is `trainer.log`; and where that can't be written either, nobody."""
    with contextlib.suppress(OSError, ValueError):
        print(sentence, file=sys.stderr, flush=True)


def _cut_torn_line(file: int) -> None:
    size = end = os.fstat(file).st_size
    while end:
        start = max(0, end - 4096)
        newline = os.pread(file, end - start, start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    if end < size:
        os.ftruncate(file, end)
