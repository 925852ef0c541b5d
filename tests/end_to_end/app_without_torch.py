"""The app with a trainer that needs no torch, for interpreters that torch isn't installed for.

Started by itself it is the app; with a run's path and lock it is that trainer: lock, events, signals and the stop file
are the real ones, and only the sweeps are made up.
"""

import os
import socket
import sys
import time
from pathlib import Path

from mftui.core.runs import events, launch
from mftui.core.runs.directory import Run
from mftui.core.runs.lock import hold
from mftui.core.training.journal import Journal
from mftui.core.training.stopping import StopRequest


def main() -> int:
    if len(sys.argv) == 3:
        return train(Run(Path(sys.argv[1])), int(sys.argv[2]))
    launch._TRAINER[:] = [sys.executable, "-P", __file__]
    from mftui.app import run

    return run()


def train(run: Run, lock: int) -> int:
    with hold(run, lock):
        stop, journal = StopRequest(run), Journal(run)
        with stop.heeding_signals():
            journal.write(
                events.Started, pid=os.getpid(), host=socket.gethostname(), device="cpu", device_name="", threads=1,
                users=3, items=4, training_rows=5, validation_rows=0, test_rows=1, parameters={},
            )  # fmt: skip
            epoch = 0
            while not stop.is_asked():
                epoch += 1
                time.sleep(0.05)
                journal.write(
                    events.Epoch, epoch=epoch, epochs=1_000_000, train_mse=1 + 1 / epoch, held_out_mse=None,
                    held_out=None, seconds=0.05, ratings_per_second=100.0, best=False,
                )  # fmt: skip
            stop.honour()
            journal.write(events.Stopped, epoch=epoch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
