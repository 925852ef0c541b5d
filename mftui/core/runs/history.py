"""What has happened in a run so far, read from its growing file of events, and the state it is in."""

import os
import socket
from enum import StrEnum

from mftui.core.errors import RunError
from mftui.core.runs import events
from mftui.core.runs.directory import Run
from mftui.core.runs.epochs import Epochs
from mftui.core.runs.lock import Holder, holder, last_holder


class State(StrEnum):
    """What a run is doing, in one word."""

    WAITING = "waiting"
    """Its process has not said anything yet, or that it waits for another run."""
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """Its process is gone without a closing word; it can be resumed."""
    SILENT = "no news"
    """On another host, where a lock proves nothing."""

    @property
    def is_going(self) -> bool:
        """Whether its process lives, or may, on another host."""
        return self.is_surely_going or self is State.SILENT

    @property
    def is_surely_going(self) -> bool:
        """Whether its process is known to live."""
        return self in (State.WAITING, State.RUNNING)

    @property
    def can_be_resumed(self) -> bool:
        """Whether another process can go on with it; from another host only when it has had no news for long."""
        return self in (State.STOPPED, State.INTERRUPTED, State.FAILED, State.SILENT)


class History:
    """The events of a run, append-only but for two cases: resuming drops epochs recorded after its checkpoint, and
    where another file took the place of the one that was read, all is read anew.

    A reader keeps a cursor into `epochs`; when `rewound` has grown, the list got shorter and is read anew.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.epochs = Epochs()
        self.warnings: list[events.Warning] = []
        self.parts: list[events.Part] = []
        """The parts that are done, of a run in parts."""
        self.trials: list[events.Trial] = []
        """The trials that are over, of a study."""
        self.retried: events.Retried | None = None
        """The last trial that a study went on with after its process had ended without a word."""
        self.searching: events.Searching | None = None
        self.mattered: events.Mattered | None = None
        self.found: events.Found | None = None
        self.started: events.Started | None = None
        self.begun = False
        """Whether its process has come to its own work, as no run has that only waited for another."""
        self.awaited: str | None = None
        """The run whose end its process waits for before it begins."""
        self.progress: events.Progress | None = None
        """What the process is doing outside of sweeps; None while it sweeps."""
        self.evaluated: events.Evaluated | None = None
        self.closing: events.Closing | None = None
        self.last_time: float | None = None
        """Unix seconds of the newest event."""
        self.rewound = 0
        self._read = self._inode = 0

    def poll(self) -> bool:
        """Read what was appended since; True where there was anything. An unfinished last line waits."""
        return bool(self.read())

    def read(self) -> list[events.AnyEvent]:
        """As `poll`, and the new events themselves."""
        try:
            with self.run.events.open("rb") as file:
                status = os.fstat(file.fileno())
                if self._read and (status.st_size < self._read or status.st_ino != self._inode):
                    # Another file: the run was removed and made anew, or somebody cut what it had told.
                    vars(self).update(vars(History(self.run)), rewound=self.rewound + 1)
                self._inode = status.st_ino
                file.seek(self._read)
                data = file.read()
        except OSError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        news = [event for line in whole.splitlines() if (event := events.decode(line)) is not None]
        for event in news:
            self._take(event)
        return news

    def state(self) -> State:
        """What the run is doing now: what it said last, and, where that was no closing word, what its lock proves."""
        # Who wrote the note held the lock: read first, a note beside a free lock proves its writer gone.
        last = last_holder(self.run)
        if last is None or last.found < self._read:  # else the closing word is that of a process before it
            match self.closing:
                case events.Finished():
                    return State.FINISHED
                case events.Stopped():
                    return State.STOPPED
                case events.Failed():
                    return State.FAILED
        if holder(self.run):
            is_at_work = self.last_time is not None and self.closing is None and self.awaited is None
            return State.RUNNING if is_at_work else State.WAITING
        if self._has_news():  # perhaps its closing word, written since the last poll
            return State.RUNNING
        return State.INTERRUPTED if self._was_here(last) else State.SILENT

    def silence(self, now: float) -> float:
        """Seconds since the run last said something, at this Unix time; 0 where it never did."""
        return 0.0 if self.last_time is None else max(0.0, now - self.last_time)

    def _has_news(self) -> bool:
        """Whether whole lines wait that `poll` has not read."""
        try:
            with self.run.events.open("rb") as file:
                file.seek(self._read)
                return b"\n" in file.read()
        except OSError:
            return False

    def _was_here(self, last: Holder | None) -> bool:
        """Whether its process ran on this machine, so that the free lock proves it gone."""
        if last is not None:
            return last.is_here
        try:
            return self.run.record().host == socket.gethostname()
        except RunError:
            return True

    def _take(self, event: events.AnyEvent) -> None:
        self.last_time = event.time
        if not isinstance(event, events.Warning):
            self.awaited = None
        match event:
            case events.Waiting(awaited=awaited):
                self.awaited, self.closing = awaited, None
            case events.Started():
                self.started, self.progress, self.begun = event, None, True
            case events.Progress():
                # After a closing word it is a new process that resumes the run.
                self.progress, self.closing, self.begun = event, None, True
            case events.Epoch():
                self.epochs.append(event)
                self.progress = None
            case events.Warning():
                self.warnings.append(event)
            case events.Part():
                self.parts.append(event)
            case events.Trial():
                self.trials.append(event)
            case events.Retried():
                self.retried = event
            case events.Searching():
                self.searching, self.closing, self.begun = event, None, True
            case events.Mattered():
                self.mattered = event
            case events.Found():
                self.found = event
            case events.Evaluated():
                self.evaluated = event
            case events.Resumed():
                self.closing = self.evaluated = None
                kept = [e for e in self.epochs if e.epoch <= event.epoch]
                if len(kept) < len(self.epochs):
                    self.epochs = Epochs(kept)
                    self.rewound += 1
            case events.Finished() | events.Stopped() | events.Failed():
                self.closing, self.progress = event, None


def told_by(run: Run) -> History:
    """What a run has told so far."""
    history = History(run)
    history.poll()
    return history
