"""Opening ratings a second time, from their binary copy: seconds in the process and with it, and what counting takes.

    python -m tests.benchmarks.opening [MILLIONS_OF_RATINGS]

MovieLens 100K must have been fetched. The larger set is synthetic, in MovieLens 25M's shape, read from Parquet into a
cache of its own. Medians of five, each in a new process, with the page cache warm.
"""

import os
import statistics
import subprocess
import sys
import time

from mftui.core.data import load
from mftui.core.data.synthetic import synthesize
from mftui.core.data.writing import write
from tests.benchmarks.inputs import BUILD, SHAPES

TIMES = 5

_OPEN = """
import sys, time
import numpy
start = time.monotonic()
from mftui.core.data import load, summary_of
summary_of(sys.argv[1])
figures = time.monotonic() - start
ratings = load(sys.argv[1])
print(figures, time.monotonic() - start, time.process_time())
"""

_COUNT = """
import sys, time
from mftui.core.data import load
from mftui.core.data.statistics import summarize
ratings = load(sys.argv[1])
vars(ratings).pop("fingerprint", None)
start, used, first = time.monotonic(), time.process_time(), []
summarize(ratings, "x", lambda summary: first.append(time.monotonic() - start))
print(first[0], time.monotonic() - start, time.process_time() - used)
"""


def _measured(code: str, dataset: str) -> list[float]:
    """The figures that some code prints, and the seconds of the whole process, the interpreter among them."""
    start = time.monotonic()
    told = subprocess.run([sys.executable, "-c", code, dataset], check=True, capture_output=True, text=True).stdout
    return [*map(float, told.split()), time.monotonic() - start]


def _medians(code: str, dataset: str) -> list[float]:
    return [statistics.median(each) for each in zip(*(_measured(code, dataset) for _ in range(TIMES)), strict=True)]


def _show(dataset: str) -> None:
    n = len(load(dataset))
    figures, opened, used, whole = _medians(_OPEN, dataset)
    print(f"{n:,} ratings: figures {figures:.3f} s, opened {opened:.3f} s; {used:.2f} s of processors, {whole:.2f} s "
          "with the interpreter and NumPy")  # fmt: skip
    first, counted, used, _ = _medians(_COUNT, dataset)
    print(f"    counted anew: first figures {first:.3f} s, all {counted:.3f} s; {used:.2f} s of processors")


def main(millions: str = "25") -> None:
    """Measure and print."""
    _show("ml-100k")
    n = int(float(millions) * 1_000_000)
    users, items, most = SHAPES["25m"]
    path = BUILD / f"opening-{n}.parquet"
    if not path.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        write(synthesize(max(1, users * n // most), items, n), path)
    os.environ["MFTUI_CACHE_DIR"] = str(BUILD / "cache")
    _show(str(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
