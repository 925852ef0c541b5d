"""What the app's tests share: run directories written by a script, with no training process."""

import math
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mftui.app import jobs
from mftui.app.app import MftuiApp
from mftui.core.clusters import cluster, report
from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.model import Factors
from mftui.core.paths import data_dir
from mftui.core.runs import events, launch
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Record, Run
from mftui.core.runs.lock import hold
from mftui.core.runs.presets import preset

NOW = 1_790_000_000.0
"""The time that a test's app believes it is."""


def tell(run: Run, *told: events.Event) -> None:
    """Have a run tell this, as its process would."""
    with run.events.open("ab") as file:
        file.writelines(map(events.encode, told))


class ScriptedRun:
    """A run directory that tells what the test wants it to tell."""

    def __init__(self, directory: Path, name: str, config: Config) -> None:
        self.run = Run(directory / "runs" / name)
        self.config = config
        self.run.path.mkdir(parents=True)
        record = Record(config=config, command="mftui train", created=NOW - 100, host=socket.gethostname(), versions={})
        self.run.write_record(record)

    def tell(self, *told: events.Event) -> "ScriptedRun":
        tell(self.run, *told)
        return self

    def begin(self) -> "ScriptedRun":
        return self.tell(
            events.Started(
                time=NOW - 60, pid=1, host="gpubox", device="cuda:0", device_name="Test GPU", threads=2, users=943,
                items=1682, training_rows=80_000, validation_rows=0, test_rows=20_000, parameters={},
            )
        )  # fmt: skip

    def epochs(self, first: int, last: int) -> "ScriptedRun":
        """Epochs of a model that is best at 64 and overfits from there on, as the notebook's does."""
        return self.tell(*(self._epoch(number) for number in range(first, last + 1)))

    def finish(self) -> "ScriptedRun":
        return self.tell(
            events.Finished(time=NOW - 5, epoch=self.config.epochs, reason=f"all {self.config.epochs} epochs")
        )

    def _epoch(self, number: int) -> events.Epoch:
        fall = 11 * math.exp(-(number - 1) / 1.2)
        train = fall + 0.545 + 0.4 * math.exp(-number / 45)
        held_out = fall + 0.859 + 0.2 * math.exp(-number / 8) + 0.141 * max(0, number - 64) / 64
        return events.Epoch(
            time=NOW - 60 + 0.25 * number, epoch=number, epochs=self.config.epochs, train_mse=train,
            held_out_mse=held_out, held_out=self.config.held_out, seconds=0.03, ratings_per_second=2.4e6,
            best=number <= 64,
        )  # fmt: skip


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """The runs whose process would have been started."""
    runs: list[Run] = []
    monkeypatch.setattr(launch, "start", runs.append)
    return runs


@pytest.fixture
def scripted(home: Path) -> Callable[..., ScriptedRun]:
    """Make a scripted run in the data directory: `scripted("name", epochs=10)`."""

    def make(name: str = "ml-100k-notebook-20261124-0312", **changes: object) -> ScriptedRun:
        return ScriptedRun(data_dir(), name, preset("notebook").with_changes(changes))

    return make


@pytest.fixture
def planted(home: Path, ratings_folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The planted ratings, read once before, by a path that is the same on every machine."""
    monkeypatch.chdir(ratings_folder.parent)
    load("planted")
    return "planted"


@pytest.fixture
def modelled(scripted: Callable[..., ScriptedRun], planted: str, ratings: Ratings) -> ScriptedRun:
    """A finished run on the planted movies, with a model and its two clusters; one movie was never trained on."""
    run = scripted("planted-run", data=planted).begin().epochs(1, 2).finish()
    factors = two_tastes(ratings)
    factors.save(run.run.model)
    report.write(run.run.path, cluster(factors, ratings, k=2))
    return run


def two_tastes(ratings: Ratings) -> Factors:
    """Movies of odd and of even id at two places, spread a little; the first was never trained on."""
    n_users, n_items = ratings.n_users, ratings.n_items
    kinds = np.where(ratings.item_ids % 2, 1.0, -1.0)[:, None]
    item_factors = kinds * [3, 1] + np.random.default_rng(0).normal(0, 0.3, (n_items, 2))
    counts = np.bincount(ratings.items, minlength=n_items).astype(np.int32)
    counts[0] = 0
    return Factors(
        mean=3.0, user_bias=np.zeros(n_users, np.float32), item_bias=np.zeros(n_items, np.float32),
        user_factors=np.ones((n_users, 2), np.float32), item_factors=item_factors.astype(np.float32),
        user_counts=np.ones(n_users, np.int32), item_counts=counts, scale=ratings.scale,
    )  # fmt: skip


@pytest.fixture
def alive() -> Iterator[Callable[[ScriptedRun], None]]:
    """Hold the lock of scripted runs, as their training process would, until the test ends or the stack is closed."""
    with ExitStack() as stack:
        yield lambda scripted: stack.enter_context(hold(scripted.run))


@pytest.fixture
def jobs_done(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[list[str]], Any]], list[list[str]]]:
    """Let no job start a process: `jobs_done(result)` ends each at once with what `result` makes of its arguments.

    Returns the list that the arguments of every job go to.
    """

    def end(result: Callable[[list[str]], Any]) -> list[list[str]]:
        asked: list[list[str]] = []

        async def follow(title: str, arguments: list[str]) -> AsyncIterator[jobs.Job]:
            asked.append(arguments)
            yield jobs.Job(title, result=result(arguments))

        monkeypatch.setattr(jobs, "follow", follow)
        return asked

    return end


@pytest.fixture
def workbench(home: Path, monkeypatch: pytest.MonkeyPatch) -> type[MftuiApp]:
    """The app with a standing clock and a fast tick, so that tests wait for nothing and pictures stay the same."""
    monkeypatch.setattr(MftuiApp, "TICK", 0.01)
    monkeypatch.setattr(MftuiApp, "now", lambda self: NOW)
    monkeypatch.setattr(socket, "gethostname", lambda: "gpubox-of-the-test")
    for name in ("NO_COLOR", "COLORFGBG", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    return MftuiApp
