"""How soon the app is there: from the command to its first screen and to its figures, and from `q` to the prompt.

    python -m tests.benchmarks.startup [DATASET]

The dataset must have been opened before. Medians of five, with the page cache warm; what a bare interpreter and
`import textual` take stands beside them, since much of the time is theirs and a busy machine slows all of it.
"""

import statistics
import subprocess
import sys
import time

import pexpect

from mftui.core.data import summary_of

TIMES = 5


def opening(dataset: str, users: str) -> tuple[float, float, float]:
    """Seconds to the first screen, to the figures, and to the end after `q`."""
    start = time.monotonic()
    program = pexpect.spawn(sys.executable, ["-m", "mftui", "open", dataset], dimensions=(36, 120), timeout=30)
    program.delaybeforesend = None
    program.expect_exact("1 Data")
    first = time.monotonic() - start
    program.expect_exact(users)
    figures = time.monotonic() - start
    asked = time.monotonic()
    program.send("q")
    program.expect(pexpect.EOF)
    return first, figures, time.monotonic() - asked


def python(code: str) -> float:
    """Seconds that an interpreter takes for some code."""
    start = time.monotonic()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.monotonic() - start


def main(dataset: str = "ml-100k") -> None:
    """Measure and print."""
    summary = summary_of(dataset)
    if summary is None:
        sys.exit(f"{dataset} was not opened before: mftui data show {dataset}")
    opened = [opening(dataset, f"{summary.users:,}") for _ in range(TIMES)]
    rows = {
        "first screen": [times[0] for times in opened],
        "its figures": [times[1] for times in opened],
        "quitting": [times[2] for times in opened],
        "a bare interpreter": [python("") for _ in range(TIMES)],
        "import textual.app": [python("import textual.app") for _ in range(TIMES)],
    }
    for name, seconds in rows.items():
        print(f"{name:20} {statistics.median(seconds):6.3f} s   (from {min(seconds):.3f} to {max(seconds):.3f})")


if __name__ == "__main__":
    main(*sys.argv[1:])
