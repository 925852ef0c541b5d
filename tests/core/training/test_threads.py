"""The number of CPU threads: decided once for a run, recorded as it computes, and each run's own in one process."""

from pathlib import Path

import pytest
import torch

from mftui.core.runs import directory, events
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Part, Run
from mftui.core.runs.history import told_by
from mftui.core.training import devices, loop
from mftui.core.training.parts import train

from .conftest import config_of


@pytest.fixture
def computed_with(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """With how many threads each training in this process began its sweeps, on a machine of three."""
    monkeypatch.setattr(devices, "_MACHINE", 3)
    seen, sweeps = [], loop.train
    monkeypatch.setattr(loop, "train", lambda *given: seen.append(torch.get_num_threads()) or sweeps(*given))
    return seen


def new(folder: Path, threads: int = 0, parts: tuple[Part, ...] = ()) -> Run:
    changes = {"data": str(folder), "solver": "als", "device": "cpu", "threads": threads, "epochs": 1}
    return directory.create(Config().with_changes(changes), parts=parts)


def said(run: Run) -> tuple[int | None, int]:
    """How many threads a run records, and tells."""
    started = told_by(run).started
    assert isinstance(started, events.Started)
    return run.record().threads, started.threads


@pytest.mark.parametrize(
    ("n", "asked", "recorded", "used"),
    [
        (99_999, "0", None, 1),
        (200_000, "0", None, 2),
        (900_000, "0", None, 3),
        (900_000, "0", 2, 2),
        (100, "2", None, 2),
        (100, "2", 3, 3),
    ],
)
def test_there_are_as_many_threads_as_there_is_work_for(n, asked, recorded, used, monkeypatch):
    monkeypatch.setattr(devices, "_MACHINE", 3)
    torch.set_num_threads(1)  # as a run before it in this process may have left it
    assert devices.use_threads(config_of("sgd", threads=asked), "cpu", n, recorded) == used
    assert torch.get_num_threads() == used


def test_a_gpu_leaves_the_threads_to_the_machine(monkeypatch):
    monkeypatch.setattr(devices, "_MACHINE", 3)
    assert devices.use_threads(config_of("sgd"), "cuda:0", 100) == 3


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("asked", "used"), [(0, 1), (2, 2)])
def test_a_run_records_and_tells_with_how_many_it_computes(ratings_folder, computed_with, asked, used):
    run = new(ratings_folder, asked)
    assert train(run) == 0
    assert computed_with == [used]
    assert said(run) == (used, used)


@pytest.mark.usefixtures("home")
def test_a_resumed_run_computes_with_as_many_as_it_began_with(ratings_folder, computed_with, monkeypatch):
    monkeypatch.setattr(devices, "RATINGS_PER_THREAD", 100)
    run = new(ratings_folder)
    assert train(run) == 0
    monkeypatch.setattr(devices, "_MACHINE", 8)
    torch.set_num_threads(1)
    assert train(run) == 0
    assert computed_with == [3, 3]
    assert said(run) == (3, 3)


@pytest.mark.usefixtures("home")
def test_a_part_does_not_inherit_the_threads_of_the_part_before_it(ratings_folder, computed_with, monkeypatch):
    monkeypatch.setattr(devices, "RATINGS_PER_THREAD", 400)
    parts = tuple(Part(f"one-of-{k}", f"random-fold:1/{k}", 0) for k in (2, 5))
    run = new(ratings_folder, parts=parts)
    assert train(run) == 0
    assert computed_with == [1, 2]
