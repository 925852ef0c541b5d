"""Hours of watching a run, in a few minutes: up to 50,000 epochs, with an hour of looks at each stage, and the memory.

    python -m tests.benchmarks.long_run

The app looks a hundred times a second rather than twice. What must grow is the curve, by a hundred and some bytes an
epoch.
"""

import os
import socket
import time
from itertools import pairwise

from mftui.core.runs import events
from mftui.core.runs.directory import create
from mftui.core.runs.lock import hold
from mftui.core.runs.presets import preset
from tests.benchmarks.watched import Watched, home

STAGES, LOOKS = (100, 1_000, 10_000, 50_000), 7_200
"""Epochs after which memory is measured, and how often the app looks on the way to each."""
MOST = 4e6
"""Bytes by which memory may grow from the 1,000th epoch, when the log is full, to the 10,000th."""
FAST = "from mftui.app.app import MftuiApp; MftuiApp.TICK = 0.01; MftuiApp().run()"


def main() -> None:
    """Feed the run, and print the memory on the way."""
    with home():
        run = create(preset("notebook").with_changes({"epochs": STAGES[-1]}))
        with hold(run), run.events.open("ab", buffering=0) as file:
            file.write(events.encode(_started()))
            app = Watched(["-c", FAST], 120, 36)
            try:
                app.until("running")
                memory = _feed(app, file)
            finally:
                app.program.close(force=True)
    grown = memory[10_000] - memory[1_000]
    verdict = "met" if grown <= MOST else "MISSED"
    print(f"grown by {grown / 1e6:.1f} MB from epoch 1,000 to 10,000 (at most {MOST / 1e6:.0f} MB: {verdict})")


def _feed(app: Watched, file) -> dict[int, int]:
    """Resident bytes after so many epochs."""
    memory = {}
    for before, stage in pairwise((0, *STAGES)):
        # As many at a time as a look finds where an hour has them all, so that the log is written as it is then.
        for epoch in range(before + 1, stage + 1):
            file.write(events.encode(_epoch(epoch)))
            if epoch % 10 == 0 or epoch == stage:
                app.watch(0.01 * LOOKS * 10 / (stage - before))
        app.until(rf"\b{stage}/{STAGES[-1]}")
        memory[stage] = app.memory()
        print(f"epoch {stage:6,}  {memory[stage] / 1e6:6.1f} MB", flush=True)
    return memory


def _started() -> events.Started:
    return events.Started(
        time=time.time(), pid=os.getpid(), host=socket.gethostname(), device="cpu", device_name="", threads=1,
        users=943, items=1682, training_rows=80_000, validation_rows=0, test_rows=20_000, parameters={},
    )  # fmt: skip


def _epoch(number: int) -> events.Epoch:
    loss = 0.5 + 10 / number + 0.01 * (number * 7919 % 101) / 101
    return events.Epoch(
        time=time.time(), epoch=number, epochs=STAGES[-1], train_mse=loss, held_out_mse=loss + 0.3, held_out="test",
        seconds=0.36, ratings_per_second=2.2e5, best=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
