"""Waiting for another run to end before a run begins: by its own process, so that the app may be gone meanwhile."""

import time
from pathlib import Path

from mftui.core.errors import RunError
from mftui.core.runs import events
from mftui.core.runs.directory import Run
from mftui.core.runs.history import History, State
from mftui.core.training.journal import Journal
from mftui.core.training.stopping import StopRequest

_LOOK = 0.2
"""Seconds between two looks at the other run."""


def wait_for(awaited: Run, journal: Journal, stop: StopRequest) -> None:
    """Return when the other run is no longer going, however it ended; an end that was no success is told.

    One that was taken out of the line before it began leaves its place: what it waited for is waited for.

    Raises:
        StopAsked: somebody asked for a stop meanwhile.
    """
    history = History(awaited)
    if not _is_going(history):
        return
    journal.write(events.Waiting, awaited=awaited.name)
    while _is_going(history):
        stop.check()
        time.sleep(_LOOK)
    if (before := _awaited_by(history)) and _is_going(History(before)):
        return wait_for(before, journal, stop)
    if (state := history.state()) is not State.FINISHED:
        why = f": {history.closing.message}" if isinstance(history.closing, events.Failed) else "."
        journal.write(
            events.Warning,
            message=f"{awaited.name}, which this run waited for, ended {state}{why} This run begins all the same.",
        )


def _awaited_by(history: History) -> Run | None:
    """What a run that has not begun was to wait for; None for any other."""
    if history.begun:
        return None
    try:
        after = history.run.record().after
    except RunError:  # it is removed
        return None
    return Run(Path(after)) if after else None


def _is_going(history: History) -> bool:
    """Whether it trains or waits itself; a run of another host does as long as it has not said its last word."""
    history.poll()
    return history.state().is_going
