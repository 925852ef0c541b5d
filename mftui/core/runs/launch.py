"""Starting and stopping the training process of a run, which neither a closed terminal nor a quitting app takes down.

Plain `Popen`, not asyncio, whose transport kills the child when the app's loop closes, and not multiprocessing, whose
spawn fails inside a running app.
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

from mftui.core.errors import RunError
from mftui.core.runs.directory import Run, all_runs
from mftui.core.runs.history import History, State, told_by
from mftui.core.runs.lock import holder, last_holder, take

# -P: a file of the user's own that is called like a module must not be taken for it.
_TRAINER = [sys.executable, "-P", "-m", "mftui.core.training"]
"""The command that trains the run whose path follows, holding the lock that follows as the number of an open file."""

_FRESH = 300.0
"""Seconds after its last word for which a run on another host, of which no lock tells, is taken to be going."""


def start(run: Run) -> int:
    """Start the training process of a run that `create` has made; returns its process id.

    Raises:
        RunError: the run is being trained already, or its directory can't be written or locked.
    """
    if not os.access(run.path, os.W_OK):
        raise RunError(f"{run.path} can't be written.", "A run needs a directory to write to.")
    lock = take(run)
    try:
        with contextlib.suppress(FileNotFoundError):
            run.stop.unlink()
        with _log(run) as log:
            process = subprocess.Popen(
                [*_TRAINER, str(run.path), str(lock)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(lock,),
            )
    finally:
        os.close(lock)
    # Somebody must wait for the child, or it stays a zombie for as long as the app lives.
    threading.Thread(target=process.wait, name=f"reaper of {run.name}", daemon=True).start()
    return process.pid


def resume(run: Run) -> int:
    """Go on with a run from its checkpoint (from the start where it has none); returns the process id.

    Raises:
        RunError: the run is finished or being trained, perhaps on another host, or its directory can't be written.
    """
    history = told_by(run)
    if history.state() is State.SILENT and history.silence(time.time()) < _FRESH:
        where = last_holder(run) or run.record()
        raise RunError(
            f"{run.name} may still be going on {where.host}, where it said something a moment ago.",
            "Stop it first: mftui stop reaches it there. Or wait: after five minutes without news it can be resumed.",
        )
    if history.state() is State.FINISHED:
        more = f"Give it more: mftui resume {run.name} --trials 20."
        raise RunError(f"{run.name} is finished.", more if history.searching else "Train anew with more epochs.")
    return start(run)


def request_stop(run: Run) -> History:
    """Ask the training process to finish its sweep, save its state and end; it looks at least every second.

    Returns:
        What the run has told so far.

    Raises:
        RunError: the run is not being trained.
    """
    history = told_by(run)
    if not (state := history.state()).is_going:
        raise RunError(f"{run.name} is not being trained: it is {state}.")
    try:
        run.stop.touch()
    except OSError as error:
        raise RunError(f"{run.stop} can't be written: {error.strerror}.", _kill_hint(run)) from error
    return history


def live_runs() -> list[Run]:
    """The runs of the data directory that are being trained now, newest first; those that wait for others come last."""
    return sorted((run for run in all_runs() if holder(run)), key=lambda run: _awaited(run) is not None)


def last_in_line(run: Run) -> Run:
    """The run that ends last of this one and those that wait for it, one after another."""
    waiting = {_awaited(live): live for live in live_runs()}
    while (following := waiting.pop(run.name, None)) is not None:
        run = following
    return run


def _awaited(run: Run) -> str | None:
    """The name of the run whose end a live one waits for now; None where it waits for none."""
    try:
        after = run.record().after
    except RunError:
        return None
    if not after:  # of the others, which may have told much, nothing needs to be read
        return None
    history = told_by(run)
    # What it says it waits for, since one before it may have left the line; at first it has said nothing yet.
    return None if history.begun else history.awaited or Path(after).name


def _log(run: Run) -> BinaryIO:
    """Where the process's words go: its log, or nowhere where that can't be written."""
    try:
        return run.log.open("ab")
    except OSError:
        return Path(os.devnull).open("ab")


def _kill_hint(run: Run) -> str:
    who = holder(run)
    return f"Stop it by hand: kill {who.pid}." if who and who.pid else ""
