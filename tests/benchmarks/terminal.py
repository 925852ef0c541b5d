"""What watching a run costs: bytes over the line, the answer to a key, the app's own processor time, the first epoch.

    python -m tests.benchmarks.terminal

The real program trains MovieLens 100K, started by its own keys, on pseudo-terminals of two sizes. The training process
is a busy neighbour, as it is in use, so times are those of a loaded machine; how loaded it is stands in the first line.
What is compiled once for a machine was compiled before.
"""

import os
import re
import statistics
import time

from mftui.core.runs import launch
from mftui.core.runs.directory import create
from mftui.core.runs.history import History
from mftui.core.runs.presets import preset as preset_called
from tests.benchmarks.watched import Watched, home, plan

SIZES = {(80, 24): 20_000, (120, 36): 40_000}
"""Columns and rows, and bytes a second at most."""
SLOWEST_KEY, MOST_CPU, FIRST_EPOCH = 0.050, 0.10, 4.0
SECONDS, KEYS = 10, 60
EPOCHS = {"notebook": 4000, "best": 4000}
"""More than the presets have, so that they are still training when everything is measured."""


def compile_for(name: str) -> None:
    """Train for an epoch, whatever that takes."""
    with home():
        run = create(preset_called(name).with_changes({"data": "ml-100k", "epochs": 1}))
        launch.start(run)
        history = History(run)
        while history.closing is None:
            history.poll()
            time.sleep(0.05)


def measure(preset: str, columns: int, rows: int) -> tuple[float, list[str], float, float, list[float]]:
    """Seconds from `s` to the first epoch, the words until then, bytes a second, share of a core, seconds to answer."""
    with home():
        plan(preset, epochs=EPOCHS[preset])
        app = Watched(["-m", "mftui"], columns, rows)
        try:
            app.until("1 Data")
            app.program.send("2")
            app.until("Mean squared error")
            began, words = time.monotonic(), []
            app.program.send("s")
            while not re.search(r"Step: \d", app.text()):
                app.read(0.02)
                if (said := app.text().splitlines()[1].strip()) not in words[-1:]:
                    words.append(said)
                assert time.monotonic() < began + 60, app.text()
            first = time.monotonic() - began
            drawn, cpu = app.watch(SECONDS)
            app.until(r"Step: (1[5-9]|[2-9]\d|\d{3,})")  # so that the cursor has room
            return first, words, drawn, cpu, answers(app)
        finally:
            app.program.close(force=True)


def answers(app: Watched) -> list[float]:
    """Seconds from a key that moves the chart's cursor to its new place on the screen."""
    app.program.send("\x1b[D")
    app.until(r"epoch [\d,]+ .*train")
    seconds = []
    for press in range(KEYS):
        app.watch(0.03 + 0.017 * (press % 10))  # at every phase of the app's own tick
        before = app.screen.display
        began = time.monotonic()
        app.program.send("\x1b[C" if press % 20 >= 10 else "\x1b[D")
        while _cursor(app.screen.display) == _cursor(before):
            app.read(0.01)
            assert time.monotonic() < began + 5, app.text()
        seconds.append(time.monotonic() - began)
    return seconds


def _cursor(display: list[str]) -> str:
    """The line of the legend, which reads the values under the cursor."""
    return next((line for line in display if "epoch " in line and "train " in line and "/" not in line), "")


def main() -> None:
    """Measure both presets at both sizes and print what misses its target."""
    for preset in EPOCHS:
        compile_for(preset)
    print(f"processes at work: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for (columns, rows), most in SIZES.items():
        for preset in EPOCHS:
            first, words, drawn, cpu, seconds = measure(preset, columns, rows)
            slow = statistics.quantiles(seconds, n=20)[-1]
            print(f"{preset} at {columns}x{rows}")
            for what, value, limit, form in (
                ("first epoch on the screen", first, FIRST_EPOCH, "{:.2f} s"),
                ("drawn a second", drawn / 1e3, most / 1e3, "{:.1f} kB"),
                ("a key answered, 95th percentile", slow * 1e3, SLOWEST_KEY * 1e3, "{:.0f} ms"),
                ("the app's own share of a core", cpu * 100, MOST_CPU * 100, "{:.1f} %"),
            ):
                verdict = "met" if value <= limit else "MISSED"
                print(f"  {what:34} {form.format(value):>9}  (at most {form.format(limit)}: {verdict})")
            print("  until then it said: " + " | ".join(" ".join(line.split()) for line in words))


if __name__ == "__main__":
    main()
