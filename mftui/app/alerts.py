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

    @property
    def seconds(self) -> float:
        """For how long it stands over the screen: a warning stands in the log as well."""
        return 20.0 if self.is_error else 8.0


def alerts(news: Sequence[AnyEvent], before: State | None, now: State) -> list[Alert]:
    """The notices that new events and a new state deserve, of warnings the newest; the run's log has all of them."""
    warnings = [event.message for event in news if isinstance(event, Warning)]
    found = [Alert("Worth a look", clean(message)) for message in warnings[-1:]]
    for event in news:
        if isinstance(event, Failed):
            found.append(Alert("The run failed", clean(f"{event.message} {event.hint}".strip()), is_error=True))
    if now is State.INTERRUPTED and before in (State.RUNNING, State.WAITING):
        words = "Its process is gone without a closing word. On Train, r goes on from the last checkpoint."
        found.append(Alert("The run was interrupted", words, is_error=True))
    return found
