"""The log of a run: a line for each epoch in the notebook's form, and what happened beside them, each told once."""

from mftui.app import wording
from mftui.app.screens.train.log_view import KEPT
from mftui.app.screens.train.process_log import tail
from mftui.core.runs import study
from mftui.core.runs.events import Failed, Finished, Stopped
from mftui.core.runs.history import History, State
from mftui.core.runs.parts import told
from mftui.core.text import clean

Line = tuple[str, str]
"""A text and what kind it is: line, quiet, good, warning or error."""


class RunLog:
    """Follows one history from its own cursor."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._read = 0
        self._told: set[str] = set()

    def news(self, state: State) -> list[Line]:
        """The lines that were not told yet."""
        told = len(self._history.epochs)
        epochs, self._read = self._history.epochs[max(self._read, told - KEPT) : told], told
        return [
            *self._untold(_preparing(self._history)),
            *((wording.step(epoch), "line") for epoch in epochs),
            *self._untold(_happened(self._history, state)),
        ]

    def _untold(self, lines: list[Line]) -> list[Line]:
        fresh = [line for line in lines if line[0] not in self._told]
        self._told.update(text for text, _ in fresh)
        return fresh


def _preparing(history: History) -> list[Line]:
    """What the process does before its sweeps, and what it found."""
    lines = []
    if words := wording.waiting(history):
        lines.append((words, "quiet"))
    if history.progress is not None and history.searching is None:  # a study tells that all the time
        lines.append((history.progress.doing, "quiet"))
    if (started := history.started) is not None:
        counts = (started.training_rows, started.validation_rows, started.test_rows)
        rows = "ratings: {:,} training, {:,} validation, {:,} test".format(*counts)
        lines.append((f"{rows} · {started.device} {clean(started.device_name)}".rstrip(), "quiet"))
    return lines


def _happened(history: History, state: State) -> list[Line]:
    """What happened beside epochs."""
    lines = [(warning.message, "warning") for warning in history.warnings]
    lines += [(told(part), "line") for part in history.parts]
    lines += [(study.told(trial), "line") for trial in history.trials]
    if history.found is not None:
        lines.append((f"Trial {history.found.trial} is kept as the preset {clean(history.found.preset)}", "good"))
    match history.closing:
        case Finished(reason=reason):
            lines.append((f"Finished: {reason}", "good"))
        case Stopped(epoch=epoch):
            done = f"part {len(history.parts)}" if history.parts else f"epoch {epoch}"
            done = study.counted(len(history.trials)) if history.searching else done
            lines.append((f"Stopped after {done}; r resumes", "warning"))
        case Failed(message=message, hint=hint):
            lines.append((f"{message} {hint}".strip(), "error"))
        case None if state is State.INTERRUPTED:
            lines += [(line, "error") for line in tail(history.run)[-1:]]
            lines.append(("The training process is gone without a closing word; r resumes", "error"))
    return lines
