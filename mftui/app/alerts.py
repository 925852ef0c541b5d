"""What is worth a notice on whatever screen a person is: a warning of the run, its failure, its sudden end."""

from collections.abc import Sequence
from dataclasses import dataclass

from mftui.core.runs.events import AnyEvent, Failed, Warning
from mftui.core.runs.history import State
from mftui.core.text import clean


@dataclass(frozen=True)
class Alert:
    """A notice."""

    title: str
    words: str
    is_error: bool = False


def alerts(news: Sequence[AnyEvent], before: State | None, now: State) -> list[Alert]:
    """The notices that new events and a new state deserve; the log of the run has the same in its place."""
    found = []
    for event in news:
        match event:
            case Warning(message=message):
                found.append(Alert("Worth a look", clean(message)))
            case Failed(message=message, hint=hint):
                found.append(Alert("The run failed", clean(f"{message} {hint}".strip()), is_error=True))
    if now is State.INTERRUPTED and before in (State.RUNNING, State.WAITING):
        words = "Its process is gone without a closing word. On Train, r goes on from the last checkpoint."
        found.append(Alert("The run was interrupted", words, is_error=True))
    return found
