"""What watching a training costs beside W&B LEET: bytes over the line and processor time, on the same epochs.

    python -m tests.benchmarks.beside_watchers

Twenty epochs a second with two losses each, made up, so that nothing else is at work: ours read them from a run
directory, LEET from the file that `wandb` writes offline. nvitop shows a machine rather than a training; it is measured
where there is an NVIDIA driver, which it can't start without.
"""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mftui.core.runs import events
from mftui.core.runs.directory import create
from mftui.core.runs.lock import hold
from mftui.core.runs.presets import preset
from tests.benchmarks.long_run import _epoch, _started
from tests.benchmarks.peers.install import Peer, install
from tests.benchmarks.watched import Watched, home

SIZES = ((80, 24), (120, 36))
SECONDS, ROUNDS, PAUSE = 10, 2, 0.05
LEET = Peer("wandb", ("wandb==0.31.0",))
NVITOP = Peer("nvitop", ("nvitop==1.7.2",))
_LOGGED = """
import sys, time, wandb
wandb.init(project="bench", dir=sys.argv[1])
number = 0
while True:
    number += 1
    wandb.log({"train": 0.5 + 10 / number, "test": 0.8 + 10 / number}, step=number)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def ours(columns: int, rows: int) -> Iterator[Watched]:
    """The app on a run that a thread feeds."""
    over = threading.Event()
    with home():
        run = create(preset("notebook").with_changes({"epochs": 10_000}))
        with hold(run), run.events.open("ab", buffering=0) as file:
            file.write(events.encode(_started()))

            def feed() -> None:
                number = 0
                while not over.wait(PAUSE):
                    number += 1
                    file.write(events.encode(_epoch(number)))

            feeder = threading.Thread(target=feed)
            feeder.start()
            app = Watched(["-m", "mftui"], columns, rows)
            try:
                app.until("Step: ")
                yield app
            finally:
                app.program.close(force=True)
                over.set()
                feeder.join()


@contextmanager
def leet(columns: int, rows: int) -> Iterator[Watched]:
    """LEET on a run that another process logs."""
    environment = {**os.environ, "WANDB_MODE": "offline", "WANDB_SILENT": "true"}
    with tempfile.TemporaryDirectory(prefix="mftui-bench-", ignore_cleanup_errors=True) as folder:
        logging = subprocess.Popen(
            [LEET.python, "-c", _LOGGED, folder, str(PAUSE)], env=environment, stdout=subprocess.DEVNULL
        )
        try:
            while not list(Path(folder).glob("wandb/offline-run-*/*.wandb")):
                time.sleep(0.2)
            command = str(LEET.python.with_name("wandb"))
            app = Watched(["leet", f"{folder}/wandb"], columns, rows, program=command)
            try:
                app.until("offline-run")
                yield app
            finally:
                app.program.close(force=True)
        finally:
            logging.terminate()
            logging.wait()


@contextmanager
def nvitop(columns: int, rows: int) -> Iterator[Watched]:
    """nvitop on this machine."""
    app = Watched(["-m", "nvitop"], columns, rows, program=str(NVITOP.python))
    try:
        app.until("NVITOP")
        yield app
    finally:
        app.program.close(force=True)


def why_not(peer: Peer) -> str | None:
    """Why a peer can't be measured here; None where it can."""
    if (reason := install(peer)) or peer is not NVITOP:
        return reason
    tried = subprocess.run([peer.python, "-m", "nvitop", "-1"], capture_output=True, text=True)
    return (tried.stderr or tried.stdout).strip().splitlines()[0] if tried.returncode else None


def main() -> None:
    """Measure in turns, and print the means."""
    watchers = {"mftui": ours}
    for name, peer, watch in (("W&B LEET", LEET, leet), ("nvitop", NVITOP, nvitop)):
        if reason := why_not(peer):
            print(f"{name}: {reason}")
        else:
            watchers[name] = watch
    print(f"processes at work: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for columns, rows in SIZES:
        seen: dict[str, list[tuple[float, float]]] = {name: [] for name in watchers}
        for _ in range(ROUNDS):
            for name, watch in watchers.items():
                with watch(columns, rows) as app:
                    app.watch(3)
                    seen[name].append(app.watch(SECONDS))
        for name, figures in seen.items():
            drawn, cpu = (sum(column) / len(figures) for column in zip(*figures, strict=True))
            print(f"{columns}x{rows}  {name:10} {drawn / 1e3:6.1f} kB/s  {cpu * 100:5.1f} % of a core")


if __name__ == "__main__":
    main()
