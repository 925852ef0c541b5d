"""The real program on a real pseudo-terminal, with a screen to read."""

import sys
import time
from types import TracebackType
from typing import Self

import pexpect
import pyte

GONE_WITHIN = 2.0
"""Seconds in which the app must be gone after its terminal or its connection is."""


class Terminal:
    """`mftui` with these arguments on a terminal of this size; leaving the block hangs up.

    `python` is the interpreter and what comes before the arguments, where that is not this one and `-m mftui`.
    """

    def __init__(self, *arguments: str, columns: int = 80, rows: int = 24, python: tuple[str, ...] = ()) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        command = [*(python or (sys.executable, "-m", "mftui")), *arguments]
        self.program = pexpect.spawn(command[0], command[1:], dimensions=(rows, columns), timeout=30)
        self.received = bytearray()
        """All that was drawn."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self.program.isalive() or not self.program.closed:
            self.program.close(force=True)

    def text(self) -> str:
        return "\n".join(self.screen.display)

    def press(self, keys: str) -> None:
        self.program.send(keys)

    def until(self, *words: str, seconds: float = 60) -> None:
        """Read until all these words are on the screen."""
        end = time.monotonic() + seconds
        while not all(word in self.text() for word in words):
            is_over = not self.program.isalive() or time.monotonic() > end
            assert self._read() or not is_over, f"no {words} on the screen:\n{self.text()}"

    def until_quiet(self, reads: int = 4) -> None:
        """Read until nothing has come for a few looks, which is longer than the app waits between two of its own."""
        quiet = 0
        while quiet < reads:
            quiet = 0 if self._read() else quiet + 1

    def until_ended(self, seconds: float = 20) -> int | None:
        """Read until the program has ended; returns its exit code."""
        end = time.monotonic() + seconds
        while self.program.isalive():
            assert time.monotonic() < end, f"still there:\n{self.text()}"
            self._read()
        return self.program.exitstatus

    def _read(self) -> bool:
        """Take what is there or comes soon; whether there was anything."""
        try:
            data = self.program.read_nonblocking(65536, timeout=0.1)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.received += data
        self._stream.feed(data)
        return True
