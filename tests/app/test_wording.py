"""Figures in words that are computed rather than told."""

from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace

import pytest

from mftui.app.wording import run_name, seconds_left
from mftui.core.runs.directory import Run


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        ([2.0] * 12, 176.0),
        ([2.0] * 6 + [3600.0] + [2.0] * 5, 176.0),  # the clock was set to summer time
        ([2.0] * 6 + [-3600.0] + [2.0] * 5, 176.0),  # and back
        ([-2.0] * 12, 0.0),
        ([], None),
    ],
)
def test_the_time_left_heeds_no_jump_of_the_clock(steps: list[float], left: float | None) -> None:
    epochs = [SimpleNamespace(time=time, epoch=number, epochs=100) for number, time in enumerate(accumulate(steps), 1)]
    assert seconds_left(SimpleNamespace(epochs=epochs)) == left


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("runs/ml-100k-best-20261124-1602", "ml-100k-best-20261124-1602"),
        ("runs/ml-100k-best-tune-20261124-1602/parts/trial-1", "trial 1 of best-tune-20261124-1602"),
        ("runs/ml-100k-best-20261124-1602/parts/fold-1-seed-3", "fold 1 seed 3 of best-20261124-1602"),
    ],
)
def test_a_part_is_named_with_what_it_is_a_part_of(path: str, name: str) -> None:
    assert run_name(Run(Path(path)), "ml-100k") == name
