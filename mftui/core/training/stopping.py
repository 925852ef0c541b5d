"""How a training process is asked to stop: by a signal, or by a file, which also reaches it from another host."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from mftui.core.runs.directory import Run

_ASKING = (signal.SIGTERM, signal.SIGINT)


class StopAsked(Exception):
    """Somebody asked for a stop where there is no sweep to finish."""


class StopRequest:
    """Knows whether somebody asked for a stop, by SIGTERM, ctrl-c or the run's `stop` file.

    The first signal asks; a second one, of either kind, ends the process at once, since after the first the system's
    own way is back. That damages nothing, as little as any other end: files land whole.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._asked = False

    @contextmanager
    def heeding_signals(self) -> Iterator[None]:
        """Heed signals meanwhile, but no hang-up, which is none of a run's business; then leave them as they were.

        Only the main thread of a program can: in any other the `stop` file alone asks.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._on_signal) for number in _ASKING}
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def is_asked(self) -> bool:
        """Whether to stop. It looks for the file each time, which costs microseconds, so ask as often as you like.

        Who removes the whole directory asks as well: nobody will ever see what would become of the run.
        """
        return self._asked or _is_there(self._run.stop) is True or _is_there(self._run.path) is False

    def check(self) -> None:
        """Raise StopAsked where somebody asked."""
        if self.is_asked():
            raise StopAsked

    def honour(self) -> None:
        """Take the file away: what it asked for is done."""
        self._run.stop.unlink(missing_ok=True)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked = True
        for asking in _ASKING:
            signal.signal(asking, signal.SIG_DFL)


def _is_there(path: Path) -> bool | None:
    """None where a disk can't tell: one in a network may be away for a while, which ends no training."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return False
    except OSError:
        return None
    return True
