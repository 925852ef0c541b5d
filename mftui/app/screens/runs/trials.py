"""A study's trials as the app lists them: the best first, those given up below, the one that is going at the end."""

from dataclasses import dataclass
from typing import Any

from mftui.app import comparison, wording
from mftui.app.widgets.histogram import Bar
from mftui.app.widgets.rows import Column
from mftui.core.errors import MftuiError
from mftui.core.runs import study
from mftui.core.runs.events import Mattered, Trial, trial_name
from mftui.core.runs.history import History, told_by
from mftui.core.runs.search import Search

_GLYPHS = {"done": "✓", "pruned": "✂", "out of time": "■", "failed": "✗", "running": "▶"}

Cell = tuple[Any, str]
"""What to sort by, and what is shown."""


def _column(title: str, **how: Any) -> Column:
    return Column(title, show=lambda cell: cell[1], key=lambda cell: cell[0], **how)


def columns(metric: str) -> tuple[Column, ...]:
    """The columns of a study that goes by this metric."""
    return (
        _column("Trial", width=5, numeric=True, ascending=True),
        _column(metric, width=max(7, len(metric)), numeric=True, ascending=True),
        _column("Best at", width=7, numeric=True),
        _column("Epochs", width=6, numeric=True, needs=80),
        _column("Ended", width=13),
        _column("Settings", share=1),
        _column("Time", width=6, numeric=True, needs=80),
    )


BY_FIGURE = 1
"""The column to sort by at first."""


@dataclass(frozen=True)
class Going:
    """The trial that is being trained."""

    number: int
    epoch: int
    settings: str


def going(history: History, search: Search) -> Going | None:
    """The trial that has begun and is not over, if there is one; it reads the trial's own run directory."""
    number = len(history.trials) + 1
    own = told_by(history.run.part(trial_name(number)))
    try:
        settings = study.in_words(study.searched(own.run.record().config, search))
    except MftuiError:  # there is none
        return None
    return Going(number, own.epochs[-1].epoch if own.epochs else 0, settings)


def cells(history: History, search: Search, open_trial: Going | None) -> list[list[Cell]]:
    """The values of the columns; what has no figure is sorted last."""
    rows = [_row(trial, place) for place, trial in enumerate(study.best_first(history.trials, search))]
    if open_trial:
        rows.append(
            [
                (open_trial.number, str(open_trial.number)),
                (len(rows), "-"),
                (0, "-"),
                (open_trial.epoch, str(open_trial.epoch)),
                ("running", f"{_GLYPHS['running']} running"),
                (open_trial.settings, open_trial.settings),
                (0.0, "-"),
            ]
        )
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns(search.metric)]


def _row(trial: Trial, place: int) -> list[Cell]:
    settings = study.in_words(trial.settings)
    return [
        (trial.trial, str(trial.trial)),
        (place, wording.loss(trial.figure)),
        (trial.best_epoch, str(trial.best_epoch or "-")),
        (trial.epoch, str(trial.epoch)),
        (trial.ending, f"{_GLYPHS[trial.ending]} {trial.ending}"),
        (settings, settings),
        (trial.seconds, comparison.spent(trial.seconds)),
    ]


def bars(mattered: Mattered | None) -> tuple[Bar, ...]:
    """How much each setting mattered, the most first."""
    shares = mattered.importance if mattered else {}
    return tuple(Bar(key, share, (f"{share:.0%}",)) for key, share in shares.items())


def what_mattered(mattered: Mattered | None) -> str:
    """What the bars are, or why there are none."""
    if mattered is None:
        return "After ten trials it is said here which settings mattered."
    return (
        f"What mattered: how far the best {mattered.best} of {mattered.trials} trials differ from all of them in a "
        "setting (PED-ANOVA)"
    )
