"""mftui beside its peers, one after the other in one run: accuracy, time, ratings per second and memory.

Run: `python -m tests.benchmarks.against_peers [NAME…]`, with `SCALE=25m` for the large run; names are the table's.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

import psutil

from tests.benchmarks import inputs
from tests.benchmarks.peers.install import PEERS, install

ROOT = Path(__file__).parents[2]
RUNNERS = Path(__file__).parent / "peers"
PRESETS = ("fast", "als", "best", "ranking")
BASE = "mftui fast"
RANKS = (32, 64)
LARGE = ("mftui fast", "mftui als", "libmf", "implicit", "cmfrec", "lenskit")
"""Who is fast enough for 25 M ratings."""
LIMIT = 900
"""Seconds after which a measurement is given up."""

SETTINGS = {
    "mftui fast": ("128", "40", "λ .065 a rating on factors, .03 on biases; step .018, times .97 an epoch"),
    "mftui als": ("64", "10", "λ .12 times the count, on factors and biases; three conjugate-gradient steps a row"),
    "mftui best": ("16", "300", "sampled; attributes, who rated what, a noise precision for every user and movie"),
    "mftui ranking": ("64", "12", "λ .016, scaled by frequency; graded targets from all ratings; it only ranks"),
    "cornac": ("64", "50", "λ .09 a rating, step .01: MF with biases"),
    "libmf": ("40", "60", "λ .08 a rating, step .03 by AdaGrad; no biases"),
    "cmfrec": ("40", "10", "λ 12 a row, not by count; attributes and implicit features"),
    "lenskit": ("40", "20", "λ .12 times the count; biases by damped means first"),
    "surprise": ("50", "80", "λ .09 a rating, step .005: SVD with biases"),
    "implicit": ("64", "15", "λ 20 a row, alpha 4; learns from ratings of 4 and more; it only ranks"),
    "myfm": ("10", "200", "sampled; attributes and who rated what, both ways"),
    "myfm probit": ("10", "300", "the same, with ratings as ordered classes"),
}
"""Rank, epochs or sweeps, and regularization, each at its best known setting, fixed on another fold for the peers."""

CONVERSION = """\
An epoch is one pass over the ratings for gradient descent, one solution of both sides for ALS, one draw of both for
sampling. All of them minimize the squared error plus λ times squared factors: λ "a rating" is paid at every rating, so
it is λ "times the count" of a row; λ "a row" is paid once, however many ratings the row has. At scale all have the same
rank, and only the speed of an epoch is compared, which no penalty changes.
"""


def main(*names: str) -> None:
    """Measure everybody, or those named, and print the tables."""
    data, scales = inputs.movielens(), sorted({"1m", inputs.scale()})
    measured: dict[str, dict[str, float]] = {}
    for name, command in contestants(names):
        measured[name] = _accuracy(command, data)
        for scale in scales:
            if scale == "25m" and name not in LARGE:
                continue
            for k in RANKS if name != "mftui best" else ():
                measured[name] |= speed(command, scale, k)
    print(f"\n{_machine()}, {date.today():%d %B %Y}.\n")
    print(CONVERSION)
    print(_settings(measured))
    print(_table(measured, scales))
    print(*_of_the_best(measured), sep="\n")


def contestants(names: Collection[str] = ()) -> Iterator[tuple[str, list[str]]]:
    """Names and command lines of all, or of those named; a peer that can't be had is skipped with the reason."""
    for name, command in _everybody(names):
        if not names or name in names:
            yield name, command


def _everybody(names: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    for preset in PRESETS:
        yield f"mftui {preset}", [sys.executable, str(RUNNERS / "run_mftui.py"), preset]
    for peer in PEERS.values():
        if names and not any(name.startswith(peer.name) for name in names):
            continue
        reason = install(peer)
        if reason is None:
            command = [str(peer.python), "-W", "ignore", str(RUNNERS / f"run_{peer.name}.py")]
            yield peer.name, command
            if peer.name == "myfm":
                yield "myfm probit", [*command, "probit"]
        else:
            print(f"{peer.name} is skipped: {reason}", file=sys.stderr, flush=True)


def _accuracy(command: list[str], data: Path) -> dict[str, float]:
    found = _run([*command, "accuracy", str(data)])
    reached = found.pop("reached", {})
    return {**found, **{f"to {mark}": seconds for mark, seconds in reached.items()}}


def speed(command: list[str], scale: str, k: int) -> dict[str, float]:
    """Million ratings a second and GiB at most, on synthetic ratings; nothing where it could not be measured."""
    found = _run([*command, "speed", str(inputs.synthetic(scale)), str(k)])
    if "ratings_s" not in found:
        return {}
    return {f"{scale} k={k}": found["ratings_s"] / 1e6, f"{scale} GiB": found["peak_mib"] / 1024}


def _run(command: list[str]) -> dict[str, float]:
    """What a runner found; nothing, with the reason on stderr, where it failed."""
    print("measuring", *(Path(word).stem for word in command[1:] if word not in ("-W", "ignore")), file=sys.stderr)
    environment = {**os.environ, "PYTHONPATH": str(ROOT) if "mftui" in " ".join(command[1:2]) else ""}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, env=environment)
    except subprocess.TimeoutExpired:
        print(f"  given up after {LIMIT} s", file=sys.stderr)
        return {}
    results = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode or not results:
        print("  failed:", (done.stderr.strip() or "no result").splitlines()[-1], file=sys.stderr)
        return {}
    found: dict[str, float] = json.loads(results[-1].removeprefix("RESULT "))
    return found


def _table(measured: dict[str, dict[str, float]], scales: list[str]) -> str:
    """Every figure, and in brackets its ratio to that of the preset `fast`."""
    columns = {
        "fit_s": "fit, s", "to 0.95": "to .95, s", "to 0.93": "to .93, s", "to 0.92": "to .92, s",
        "to 0.8839": "to .8839, s",
        "rmse": "RMSE", "ndcg": "NDCG@10", "peak_mib": "peak, MiB",
    }  # fmt: skip
    for scale in scales:
        columns |= {f"{scale} k={k}": f"{scale}, k={k}, M ratings/s" for k in RANKS} | {f"{scale} GiB": f"{scale}, GiB"}
    lines = [
        "Fold 1 of MovieLens 100K, all 20,000 test rows, clipped. Times to an RMSE are an oracle's: they stop where",
        "the test rows say so. NDCG ranks all that isn't in a user's training rows, for test ratings of 4 and more.",
        f"Scale on synthetic ratings. In brackets the ratio to {BASE}.\n",
        f"| | {' | '.join(columns.values())} |",
        f"|---|{'---|' * len(columns)}",
    ]
    for name, figures in measured.items():
        cells = [_cell(figures.get(key), measured.get(BASE, {}).get(key)) for key in columns]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _of_the_best(measured: dict[str, dict[str, float]]) -> Iterator[str]:
    """What part of myFM's time the most accurate preset takes, for its own best error and for myFM's."""
    ours, theirs = measured.get("mftui best", {}), measured.get("myfm probit", {})
    if "fit_s" in ours and "fit_s" in theirs:
        whole = theirs["fit_s"]
        yield f"\nmftui best takes {ours['fit_s'] / whole:.2f} of myfm probit's {whole:.3g} s (at most .5 is wanted),"
        if "to 0.8839" in ours:
            yield f"and {ours['to 0.8839'] / whole:.3f} of them until .8839, myFM's best known error (at most .25)."


def _cell(value: float | None, base: float | None) -> str:
    if value is None:
        return "-"
    written = f"{value:.4f}" if value < 1 else f"{value:,.3g}" if value < 100 else f"{value:,.0f}"
    return written if base is None else f"{written} ({value / base:.3g}x)"


def _settings(measured: dict[str, dict[str, float]]) -> str:
    rows = [f"| {name} | {' | '.join(SETTINGS[name])} |" for name in measured]
    return "\n".join(["| | rank | epochs | regularization |", "|---|---|---|---|", *rows, ""])


def _machine() -> str:
    """The processor, its cores and the memory; no names."""
    model = platform.processor() or platform.machine()
    described = Path("/proc/cpuinfo")
    if described.exists():
        lines = described.read_text().splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    memory = psutil.virtual_memory().total / 2**30
    return f"{model}, {psutil.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


if __name__ == "__main__":
    main(*sys.argv[1:])
