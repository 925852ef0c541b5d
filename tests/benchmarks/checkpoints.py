"""What saving a run's state costs: the share of the time that it trains, on MovieLens 100K with the preset `best`.

    python -m tests.benchmarks.checkpoints

Each checkpoint tells what it took, the bringing to the disk itself included; the last one, which every run makes when
its sweeps are done, counts as well.
"""

import time

from mftui.core.runs import events, launch
from mftui.core.runs.directory import create
from mftui.core.runs.history import History
from mftui.core.runs.presets import preset
from tests.benchmarks.watched import home

RUNS = 3
MOST = 0.02
"""Share of the training time."""


def main() -> None:
    """Train a few times, and print the share of each."""
    for _ in range(RUNS):
        with home():
            run = create(preset("best").with_changes({"data": "ml-100k"}))
            launch.start(run)
            history, saved = History(run), []
            while history.closing is None:
                saved += [event for event in history.read() if isinstance(event, events.Checkpoint)]
                time.sleep(0.1)
            trained = saved[-1].time - history.started.time
            share = sum(event.seconds for event in saved) / trained
            verdict = "met" if share <= MOST else "MISSED"
            print(
                f"{len(saved)} checkpoints in {trained:.1f} s, {1e3 * saved[-1].seconds:.0f} ms the last: "
                f"{share:.2%} of the time (at most {MOST:.0%}: {verdict})"
            )


if __name__ == "__main__":
    main()
