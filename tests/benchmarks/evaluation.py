"""Evaluating MovieLens 100K `best`, ratings and ranking, as a process: `python -m tests.benchmarks evaluation`."""

import os
import resource
import subprocess
import sys
import tempfile
import time

_TIMES = 5


def main() -> None:
    """Train a run in a directory of its own, then judge it anew, again and again."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "MFTUI_DATA_DIR": home}

        def mftui(*arguments: str) -> None:
            command = [sys.executable, "-m", "mftui", *arguments, "--json"]
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)

        mftui("train", "ml-100k", "--preset", "best", "--set", "split=fold:1")
        seconds = []
        for _ in range(_TIMES):
            wall, processor = time.perf_counter(), _children()
            mftui("evaluate", "latest", "--again")
            seconds.append((time.perf_counter() - wall, _children() - processor))
    wall, processor = map(min, zip(*seconds, strict=True))
    print(f"the whole process: {wall:.2f} s, {processor:.2f} s of processor time (the least of {_TIMES})")


def _children() -> float:
    """Processor seconds of the child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
