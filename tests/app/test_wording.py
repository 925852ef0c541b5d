"""Figures in words that are computed rather than told."""

import time
from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace

import pytest

from mftui.app.wording import clock, no_news, run_name, seconds_left
from mftui.core.runs.directory import Run
from mftui.core.runs.history import State


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
    ("state", "pace", "silence", "words"),
    [
        (State.RUNNING, 2.0, 59.0, ""),
        (State.RUNNING, 2.0, 90.0, "no news for 1:30"),
        (State.RUNNING, 100.0, 490.0, ""),  # so long its epochs may well take
        (State.RUNNING, 100.0, 510.0, "no news for 8:30"),
        (State.SILENT, 100.0, 5.0, "no news for 0:05"),
        (State.INTERRUPTED, 2.0, 90.0, ""),
        (State.FINISHED, 2.0, 90.0, ""),
    ],
)
def test_a_run_that_says_nothing_for_longer_than_its_epochs_take_has_no_news(
    state: State, pace: float, silence: float, words: str
) -> None:
    epochs = [SimpleNamespace(time=pace * number) for number in range(3)]
    assert no_news(SimpleNamespace(epochs=epochs, silence=lambda now: silence), state, 0.0) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (60, "23:01"),
        (3540, "23:59"),
        (3600, "Thu 00:00"),
        (5 * 86400, "Mon 23:00"),
        (12 * 86400, "12 days"),
        (1e300, "1"),
    ],
)
def test_when_a_run_ends_is_said_by_the_clock_and_the_day_where_that_is_another(seconds: float, words: str) -> None:
    now = time.mktime((2026, 11, 25, 23, 0, 0, 0, 0, -1))
    assert clock(seconds, now).startswith(words)


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
