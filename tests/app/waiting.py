"""Waiting for what will come, rather than for a time."""

import time
from collections.abc import Callable

from textual.pilot import Pilot


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the app work until the condition holds; fail where it doesn't for a long time."""
    end = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < end, "what was waited for did not come"
        await pilot.pause(0.01)
