"""Going on with a study that is finished: how much longer, and the process that does it."""

from collections.abc import Mapping
from typing import Any

from mftui.app.screens.choices import Choice, Choices
from mftui.core.runs import launch, planning
from mftui.core.runs.directory import Run
from mftui.core.text import clean

_TRIALS = (10, 20, 50, 100, 200, 500, 1000)
_BUDGETS = ("5m", "10m", "20m", "1h", "4h")


class MoreTrials(Choices):
    """Asks how many more trials a study is to make, and for how long at most."""

    def __init__(self, run: Run) -> None:
        """Ask of this study."""
        trials = Choice("Trials", [(n, f"{n:,} more") for n in _TRIALS], at=1)
        budget = Choice("Time", [("", "as long as they take"), *((text, f"{text} at most") for text in _BUDGETS)])
        super().__init__(
            f"More trials of {clean(run.name)}",
            {"trials": trials, "budget": budget},
            "⏎ goes on",
            "It learns from the trials that it has made. What it finds becomes a preset if it is better than those.",
        )


def go_on(run: Run, asked: Mapping[str, Any]) -> None:
    """Give a study what was asked for, and start its process.

    Raises:
        RunError: somebody works on it, or its directory can't be written.
    """
    planning.extend(run, **asked)
    launch.start(run)
