"""Reading a CSV in MovieLens 25M's shape: seconds and peak memory, beside pyarrow and, where it is installed, polars.

    python -m tests.benchmarks.reading [MILLIONS_OF_RATINGS] [plain|dated|iso|quoted]

Everyone starts in a process of their own and reads the same columns, the page cache warm; in turns, so that a busy
machine slows all alike. Ours ends in `Ratings`: ids numbered, repeats looked for, scale found; the others in columns,
of types that they find out themselves, or that pyarrow is told.
"""

import statistics
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from mftui.core.data.synthetic import synthesize
from tests.benchmarks.inputs import BUILD, SHAPES

TIMES = 5

_TYPED = """csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=dict(
    userId=pa.int64(), movieId=pa.int64(), title=pa.string(), rating=pa.float64(),
    timestamp=pa.timestamp("s", "UTC") if "-iso-" in path else pa.int64())))"""

READ = {
    "mftui": ("from mftui.core.data.readers import read", "read(Path(path), 'x')"),
    "pyarrow": ("from pyarrow import csv", "csv.read_csv(path)"),
    "pyarrow, told": ("import pyarrow as pa; from pyarrow import csv", _TYPED),
    "polars": ("import polars", "polars.read_csv(path)"),
}
"""What each imports, which isn't timed, and does."""

_MEASURE = """
import sys, time
from pathlib import Path
path = sys.argv[1]
{imports}
start, used = time.monotonic(), time.process_time()
kept = {read}
seconds, used = time.monotonic() - start, time.process_time() - used
from tests.benchmarks.peers.protocol import peak_mib
print(seconds, used, peak_mib() / 1024)
"""


def written(n: int, form: str) -> Path:
    """So many ratings in a file: ids and ratings; seconds or ISO dates as well; or titles with commas, all quoted, CRLF
    and a BOM.
    """
    path = BUILD / f"reading-{form}-{n}.csv"
    if path.exists():
        return path
    BUILD.mkdir(parents=True, exist_ok=True)
    users, items, most = SHAPES["25m"]
    made = synthesize(max(1, users * n // most), items, n)
    columns = {"userId": made.user_ids[made.users], "movieId": made.item_ids[made.items], "rating": made.values}
    if form in ("dated", "iso"):
        seconds = np.random.default_rng(1).integers(789_652_009, 1_574_327_703, n)
        moments = pd.to_datetime(seconds, unit="s")
        columns["timestamp"] = seconds if form == "dated" else moments.strftime("%Y-%m-%dT%H:%M:%SZ")
    if form == "quoted":
        titles = pd.Index([f'Movie {item}, "The" ({1950 + item % 70})' for item in range(items)])
        columns["title"] = pd.Categorical.from_codes(made.items, titles)
    quoting, end, encoding = (2, "\r\n", "utf-8-sig") if form == "quoted" else (0, "\n", "utf-8")
    pd.DataFrame(columns).to_csv(path, index=False, quoting=quoting, lineterminator=end, encoding=encoding)
    return path


def measured(name: str, path: str) -> tuple[float, float, float]:
    """Seconds on the clock, seconds of the processors, and peak GiB."""
    imports, doing = READ[name]
    code = _MEASURE.format(imports=imports, read=doing)
    told = subprocess.run([sys.executable, "-c", code, path], check=True, capture_output=True, text=True).stdout
    seconds, used, peak = map(float, told.split())
    return seconds, used, peak


def main(millions: str = "25", form: str = "plain") -> None:
    """Measure and print."""
    n = int(float(millions) * 1_000_000)
    path = written(n, form)
    names = [name for name in READ if name != "polars" or find_spec(name)]
    rounds = [{name: measured(name, str(path)) for name in names} for _ in range(TIMES)]
    medians = {name: [statistics.median(each[name][i] for each in rounds) for i in range(3)] for name in names}
    print(f"{n:,} ratings, {form}, {path.stat().st_size / 1e6:,.0f} MB; medians of {TIMES}")
    for name, (seconds, used, peak) in medians.items():
        clock, used_ratio = medians["mftui"][0] / seconds, medians["mftui"][1] / used
        figures = (
            f"{seconds:6.2f} s   {n / seconds / 1e6:5.1f} M/s   {used:6.2f} s of processors   peak {peak:5.2f} GiB"
        )
        print(f"{name:14} {figures}   mftui takes {clock:.2f} times that, {used_ratio:.2f} of processors")


if __name__ == "__main__":
    main(*sys.argv[1:])
