"""The lock of a run: proof that its training process lives, and a word on who and where it is.

Whoever starts a process takes the lock and hands it on, open, so that nobody else starts another one meanwhile and
everybody knows at once that the run is going.
"""

import contextlib
import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from mftui.core.errors import RunError
from mftui.core.runs.directory import Run
from mftui.core.runs.events import end_of_lines

_PATIENCE = 0.5
"""Seconds to try for a lock: a reader that looks whether it is held has it for a moment."""
_NOTE = 256
"""Bytes of a note, so that a new one lies over all of the old."""


class Holder(Struct, frozen=True):
    """The process that holds, or last held, a run's lock."""

    host: str
    boot_id: str
    """Of the kernel it ran under: a machine that was started anew has another."""
    pid: int
    """0 as long as it is being started."""
    started: float
    """Unix seconds."""
    found: int = -1
    """How many bytes of the run's events were there before it: who has read no more has heard nothing of it.
    -1 where it did not say."""

    def __str__(self) -> str:
        """`process 42 on gpubox`."""
        return f"process {self.pid or '?'} on {self.host}"

    @property
    def is_here(self) -> bool:
        """Whether it ran where we run, so that a free lock proves it gone.

        A container may be given a new host name under the same kernel, and a machine a new kernel under the same name.
        """
        return self.boot_id == boot_id() or self.host == socket.gethostname()


@contextlib.contextmanager
def hold(run: Run, handed: int | None = None) -> Iterator[None]:
    """Hold the run's lock, which the kernel lets go when the process ends in whatever way.

    Args:
        run: the run.
        handed: the lock as an open file, where whoever started this process took it.

    Raises:
        RunError: another process holds it, or the directory can't be written or locked.
    """
    file = take(run) if handed is None else handed
    try:
        os.set_inheritable(file, False)
        note = last_holder(run)
        _sign(file, os.getpid(), note.found if note else -1)
        yield
    finally:
        os.close(file)


def take(run: Run, to_train: bool = True) -> int:
    """Take the run's lock, and return it as an open file: it is held until all processes that have that closed it.

    Args:
        run: the run.
        to_train: whether a process is to train it, which the lock then says.

    Raises:
        RunError: another process holds it, or the directory can't be written or locked.
    """
    try:
        file = os.open(run.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise RunError(
            f"{run.lock} can't be written: {error.strerror}.", "A run needs a directory to write to."
        ) from error
    try:
        acquire(file, run)
        if _is_held(run.events):
            raise _trained_already(run)
    except RunError:
        os.close(file)
        raise
    if to_train:
        _sign(file, 0, _bytes_told(run))
    return file


def acquire(file: int, run: Run) -> None:
    """Lock an open file of a run for as long as it is open.

    Raises:
        RunError: another process has done so, or the file can't be locked.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until:
                raise _trained_already(run) from error
            time.sleep(0.02)
        except OSError as error:
            raise RunError(
                f"{run.path} lies on a file system that can't lock files: {error.strerror}.",
                "Choose another place with --run.",
            ) from error


def holder(run: Run) -> Holder | None:
    """Who holds the run's lock at this moment; None where nobody does.

    Its process locks its events as well: people remove locks that they take for ones that were left behind.
    """
    if not (_is_held(run.lock) or _is_held(run.events)):
        return None
    return last_holder(run) or Holder(socket.gethostname(), boot_id(), 0, time.time())


def last_holder(run: Run) -> Holder | None:
    """Who holds the lock or held it last; None where nobody ever did, or the note is damaged."""
    try:
        return msgspec.json.decode(run.lock.read_bytes(), type=Holder)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


@cache
def boot_id() -> str:
    """What names this start of this machine."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        import psutil

        return f"{socket.gethostname()} {psutil.boot_time():.0f}"


def _sign(file: int, pid: int, found: int) -> None:
    """Write on the lock who holds it, in one piece.

    A disk too full for these few bytes leaves it as good as ever, only without a name on it.
    """
    with contextlib.suppress(OSError):
        note = msgspec.json.encode(Holder(socket.gethostname(), boot_id(), pid, time.time(), found)).ljust(_NOTE)
        os.pwrite(file, note, 0)
        os.ftruncate(file, len(note))


def _bytes_told(run: Run) -> int:
    """How many bytes the whole lines of the run's events take."""
    try:
        with run.events.open("rb") as file:
            return end_of_lines(file.fileno())
    except OSError:
        return 0


def _trained_already(run: Run) -> RunError:
    by = f" by {who}" if (who := last_holder(run)) else ""
    return RunError(f"{run.name} is being trained already{by}.", "Watch it: mftui watch.")


def _is_held(path: Path) -> bool:
    """Whether another process has the lock; a moment's shared lock of our own is how to know."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.EAGAIN, errno.EACCES)
    finally:
        os.close(file)
    return False
