"""The curves of other runs beside the current one's: those that are marked, else the latest on the same test rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mftui.app.marks import Marks
from mftui.app.run_list import RunRow
from mftui.app.widgets.trace import Trace
from mftui.core.errors import MftuiError
from mftui.core.runs.directory import Run
from mftui.core.text import clean

_LATEST = 2
"""How many runs are shown that nobody asked for by name."""


def chosen(rows: Sequence[RunRow], current: Run, marks: Marks) -> dict[str, RunRow]:
    """The runs to show beside the current one, by letter; `rows` with the newest first."""
    others = {row.run.path: row for row in rows if row.run != current and row.history.epochs}
    if marks.marked:
        return {letter: others[path] for path, letter in marks.marked.items() if path in others}
    alike = [path for path, row in others.items() if _tested_on(row.run) == _tested_on(current)]
    alike.sort(key=lambda path: others[path].history.epochs[0].held_out is None)  # what they learnt says less
    return {letter: others[path] for path, letter in marks.letters(alike[:_LATEST]).items()}


def _tested_on(run: Run) -> tuple[object, ...] | None:
    """The data and the split; None where they are not known."""
    try:
        config = run.record().config
    except MftuiError:
        return None
    return config.data, config.columns, config.split, config.split_seed, config.test_fraction


@dataclass
class _Followed:
    trace: Trace
    rewound: int
    read: int = 0
    """How many of its epochs are in the trace."""


class Beside:
    """Keeps a trace for every run that is shown, and reads on where its history has grown."""

    def __init__(self) -> None:
        self._followed: dict[Path, _Followed] = {}

    def traces(self, rows: Mapping[str, RunRow]) -> dict[str, Trace]:
        """The held-out error by epoch, or the training error where nothing is held out, by letter."""
        kept = {row.run.path for row in rows.values()}
        self._followed = {path: followed for path, followed in self._followed.items() if path in kept}
        return {letter: self._follow(row) for letter, row in rows.items()}

    def _follow(self, row: RunRow) -> Trace:
        history = row.history
        followed = self._followed.get(row.run.path)
        if followed is None or followed.rewound != history.rewound:
            followed = self._followed[row.run.path] = _Followed(Trace(""), history.rewound)
        epochs, trace = history.epochs, followed.trace
        is_held_out = any(epoch.held_out is not None for epoch in epochs[:1])
        # In front, where a legend that cuts names leaves it.
        trace.name = ("" if is_held_out else "train ") + clean(row.long_title)
        for epoch in epochs.since(followed.read):
            followed.read += 1
            trace.append(epoch.epoch, epoch.held_out_mse if is_held_out else epoch.train_mse)
        return trace
