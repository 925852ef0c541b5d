"""Figures in words that are computed rather than told."""

from itertools import accumulate
from types import SimpleNamespace

import pytest

from mftui.app.wording import seconds_left


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
