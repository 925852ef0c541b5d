"""Waiting for what a training process will do, in tests that start one."""

import time
from collections.abc import Callable

from mftui.core.runs import directory
from mftui.core.runs.history import History, told_by


def latest() -> History:
    """What the newest run has told so far."""
    return told_by(directory.find("latest"))


def until(true: Callable[[], object], what: str) -> None:
    """Wait for something that another process will do; say what was missed where it doesn't for a long time."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
