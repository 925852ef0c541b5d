"""What the app's benchmarks share: the real program on a pseudo-terminal, its screen, its bytes, its processor time."""

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import pexpect
import psutil
import pyte

from mftui.core.errors import RunError
from mftui.core.runs import launch
from mftui.core.runs.directory import all_runs, create
from mftui.core.runs.presets import preset


class Watched:
    """A program on a terminal of this size: Python's, where it is not said which."""

    def __init__(self, arguments: list[str], columns: int, rows: int, program: str = sys.executable) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.program = pexpect.spawn(program, arguments, dimensions=(rows, columns), timeout=30)
        self.program.delaybeforesend = None
        self.process = psutil.Process(self.program.pid)
        self.received = 0

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen.display)

    def until(self, pattern: str, seconds: float = 60) -> re.Match[str]:
        """Read until the screen shows it."""
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.text())):
            assert time.monotonic() < end, f"no {pattern!r} on the screen:\n{self.text()}"
            self.read(0.05)
        return found

    def read(self, seconds: float) -> None:
        """Take what comes next, waiting for it at most so long."""
        with suppress(pexpect.TIMEOUT):
            data = self.program.read_nonblocking(1 << 16, timeout=seconds)
            self.received += len(data)
            self._stream.feed(data)

    def watch(self, seconds: float) -> tuple[float, float]:
        """Bytes a second that are drawn meanwhile, and the share of a core that the program itself takes."""
        received, cpu, began = self.received, self._cpu(), time.monotonic()
        while (spent := time.monotonic() - began) < seconds:
            self.read(min(0.1, seconds - spent))
        return (self.received - received) / spent, (self._cpu() - cpu) / spent

    def memory(self) -> int:
        """Resident bytes."""
        return int(self.process.memory_info().rss)

    def _cpu(self) -> float:
        """Seconds of processor time, with those that it has others of its own session spend."""
        spent = 0.0
        for process in (self.process, *self.process.children(recursive=True)):
            with suppress(psutil.Error, ProcessLookupError):
                if os.getsid(process.pid) == self.process.pid:  # a training process has a session of its own
                    times = process.cpu_times()
                    spent += float(times.user + times.system)
        return spent


@contextmanager
def home() -> Iterator[Path]:
    """An empty place for runs; whatever is trained there is stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="mftui-bench-") as folder:
        before = os.environ.get("MFTUI_DATA_DIR")
        os.environ["MFTUI_DATA_DIR"] = folder
        try:
            yield Path(folder)
        finally:
            for run in launch.live_runs():
                with suppress(RunError):  # it is just ending by itself
                    launch.request_stop(run)
            while launch.live_runs():
                time.sleep(0.05)
            del os.environ["MFTUI_DATA_DIR"]
            if before is not None:
                os.environ["MFTUI_DATA_DIR"] = before


def plan(name: str, **changes: object) -> None:
    """Leave a run that never came to anything, whose settings the Train screen takes for the next one."""
    run = create(preset(name).with_changes({"data": "ml-100k", **changes}))
    run.write_record(msgspec.structs.replace(run.record(), created=time.time() - 1000))
    assert all_runs() == [run]
