"""A study as the command line shows it: its trials, the best first, what mattered, and the preset that was found."""

from typing import Any

from mftui.cli.output import print_table
from mftui.core.runs import study
from mftui.core.runs.config import as_text
from mftui.core.runs.history import History

_MOST = 20
"""Trials that are shown where not all are asked for."""
_BAR = 40
"""Characters of the longest bar."""


def print_study(history: History, everything: bool = False) -> None:
    """Print the trials, how much each setting mattered, and what came of it."""
    record = history.run.record()
    if (search := record.search) is None:
        return
    if not history.trials:
        print(study.outcome((), search, record.config.preset))
        return
    trials = study.best_first(history.trials, search)
    shown = trials if everything else trials[:_MOST]
    rows = [
        (
            trial.trial,
            trial.figure,
            trial.best_epoch,
            trial.ending,
            f"{trial.seconds:.1f}",
            *(as_text(trial.settings[key]) for key in search.ranges),
        )
        for trial in shown
    ]
    print_table(("trial", search.metric, "epoch", "ended", "s", *search.ranges), rows)
    if len(trials) > len(shown):
        print(f"and {len(trials) - len(shown):,} more: --all shows them")
    if mattered := history.mattered:
        print()
        longest = max(mattered.importance.values()) or 1.0
        bars = [
            (key, f"{share:.0%}", "#" * round(_BAR * share / longest)) for key, share in mattered.importance.items()
        ]
        print_table(("what mattered", "share", ""), bars)
        print(f"How far the best {mattered.best} of {mattered.trials} trials differ from all in a setting (PED-ANOVA).")
    print()
    print(study.outcome(history.trials, search, record.config.preset))
    if found := history.found:
        print(f"It is the preset {found.preset} now: mftui train {record.config.data} --preset {found.preset}")


def document(history: History) -> dict[str, Any]:
    """The same as data."""
    record = history.run.record()
    search = record.search
    assert search is not None
    best, mattered = study.best_of(history.trials, search), history.mattered
    return {
        "run": history.run.name,
        "path": str(history.run.path),
        "state": history.state(),
        "data": record.config.data,
        "preset": record.config.preset,
        "search": search,
        "spent": study.spent(history.run, history),
        "best": best.trial if best else None,
        "trials": [
            {
                "trial": trial.trial,
                "path": str(history.run.part(trial.name).path),
                "ended": trial.ending,
                "metric": trial.metric,
                "figure": trial.figure,
                "best_epoch": trial.best_epoch,
                "epochs": trial.epoch,
                "seconds": trial.seconds,
                "settings": trial.settings,
            }
            for trial in study.best_first(history.trials, search)
        ],
        "mattered": {"shares": mattered.importance, "best": mattered.best, "of": mattered.trials} if mattered else None,
        "found": history.found.preset if history.found else None,
    }
