"""An hour of watching a run, in a few minutes: 10,000 epochs over as many looks as an hour has, and the app's memory.

    python -m tests.benchmarks.long_run

The app looks a hundred times a second rather than twice. What must grow is the curve: a history of 10,000 epochs.
"""

import os
import socket
import time

from mftui.core.runs import events
from mftui.core.runs.directory import create
from mftui.core.runs.lock import hold
from mftui.core.runs.presets import preset
from tests.benchmarks.watched import Watched, home

EPOCHS, LOOKS = 10_000, 7_200
MOST = 6e6
"""Bytes by which memory may grow from the 500th epoch to the last."""
FAST = "from mftui.app.app import MftuiApp; MftuiApp.TICK = 0.01; MftuiApp().run()"


def main() -> None:
    """Feed the run, and print the memory on the way."""
    with home():
        run = create(preset("notebook").with_changes({"epochs": EPOCHS}))
        with hold(run), run.events.open("ab", buffering=0) as file:
            file.write(events.encode(_started()))
            app = Watched(["-c", FAST], 120, 36)
            try:
                app.until("running")
                grown = _feed(app, file)
            finally:
                app.program.close(force=True)
    verdict = "met" if grown <= MOST else "MISSED"
    print(f"grown by {grown / 1e6:.1f} MB from epoch 500 to {EPOCHS:,} (at most {MOST / 1e6:.0f} MB: {verdict})")


def _feed(app: Watched, file) -> int:
    settled = 0
    for epoch in range(1, EPOCHS + 1):
        file.write(events.encode(_epoch(epoch)))
        app.read(0.001)
        if epoch % (EPOCHS // 20) == 0:
            # Looks are what an hour has; the epochs alone come faster.
            app.until(rf"epoch\s+{epoch}/|{epoch}/{EPOCHS}|epoch {epoch:,}/")
            app.watch(0.01 * LOOKS / 20)
            settled = settled or app.memory()
            if epoch % (EPOCHS // 4) == 0 or epoch == EPOCHS // 20:
                print(f"epoch {epoch:6,}  {app.memory() / 1e6:6.1f} MB", flush=True)
    return app.memory() - settled


def _started() -> events.Started:
    return events.Started(
        time=time.time(), pid=os.getpid(), host=socket.gethostname(), device="cpu", device_name="", threads=1,
        users=943, items=1682, training_rows=80_000, validation_rows=0, test_rows=20_000, parameters={},
    )  # fmt: skip


def _epoch(number: int) -> events.Epoch:
    loss = 0.5 + 10 / number + 0.01 * (number * 7919 % 101) / 101
    return events.Epoch(
        time=time.time(), epoch=number, epochs=EPOCHS, train_mse=loss, held_out_mse=loss + 0.3, held_out="test",
        seconds=0.36, ratings_per_second=2.2e5, best=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
