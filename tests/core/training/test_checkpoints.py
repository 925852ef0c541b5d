"""When a run's state is saved, on a clock that the test turns, and what stays on the disk."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from mftui.core.documents import clear_leftovers, write_document
from mftui.core.runs import events
from mftui.core.runs.directory import Run
from mftui.core.runs.history import History
from mftui.core.training import checkpoints
from mftui.core.training.checkpoints import Checkpoints, Course
from mftui.core.training.journal import Journal

from .test_loop import Scripted


class Machine:
    """Sweeps and checkpoints that take as long as the test says."""

    def __init__(self, run: Run, patch: pytest.MonkeyPatch, checkpoint: float) -> None:
        self.now, self.run = 100.0, run
        patch.setattr(checkpoints, "time", SimpleNamespace(monotonic=lambda: self.now))
        patch.setattr(checkpoints, "write_tensors", lambda path, arrays: self.pass_by(checkpoint))

    def pass_by(self, seconds: float) -> None:
        self.now += seconds

    def train(self, epochs: int, sweep: float) -> list[events.Checkpoint]:
        """What is told of checkpoints, the last of which comes when all is done."""
        solver, course, journal = Scripted([1.0]), Course(), Journal(self.run)
        solver.epoch, saving = 1, Checkpoints(self.run, journal)
        for course.epoch in range(1, epochs + 1):
            self.pass_by(sweep)
            if course.epoch < epochs and saving.is_due(course.epoch):
                saving.save(solver, course)
        saving.save(solver, course)
        journal.close()
        told = []
        for event in History(self.run).read():
            told += [event] if isinstance(event, events.Checkpoint) else []
        return told


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


@pytest.mark.parametrize("sweep", [2**-9, 2**-6, 0.375, 7.0])
@pytest.mark.parametrize("cost", [0.001, 0.03, 2.0])
def test_checkpoints_take_no_more_than_a_hundredth_of_a_run_and_the_first_and_last_one(
    run: Run, monkeypatch: pytest.MonkeyPatch, sweep: float, cost: float
):
    epochs = max(100, round(60 / sweep))
    told = Machine(run, monkeypatch, cost).train(epochs, sweep)
    total = epochs * sweep + cost * len(told)
    assert sum(event.seconds for event in told) == pytest.approx(cost * len(told))
    assert cost * len(told) <= 0.01 * total + 2 * cost
    assert told[0].epoch * sweep <= 10.0 + sweep
    assert told[-1].epoch == epochs


def test_a_cheap_one_is_due_after_fifty_epochs_and_after_ten_seconds_whichever_is_first(
    run: Run, monkeypatch: pytest.MonkeyPatch
):
    told = Machine(run, monkeypatch, 1e-5).train(4000, 2**-6)
    assert [event.epoch for event in told[:3]] == [640, 690, 740]
    told = Machine(Run(run.path), monkeypatch, 1e-5).train(40, 2.5)[-10:]
    assert [event.epoch for event in told] == [4, 8, 12, 16, 20, 24, 28, 32, 36, 40]


def test_a_dear_one_comes_as_often_as_its_price_allows(run: Run, monkeypatch: pytest.MonkeyPatch):
    told = Machine(run, monkeypatch, 1.0).train(1000, 1.0)
    assert [event.epoch for event in told] == [10, 299, 398, 497, 596, 695, 794, 893, 992, 1000]


def test_only_the_newest_stays_and_what_a_killed_process_left_goes(run: Run):
    for name in (".checkpoint.safetensors.123", ".model.safetensors.7"):
        (run.path / name).write_bytes(b"half")
    for name in (".hidden.mine", "parts.7"):
        (run.path / name).write_bytes(b"not ours")
    journal = Journal(run)
    saving = Checkpoints(run, journal)
    for epoch in range(1, 4):
        assert saving.save(Scripted([1.0]), Course(epoch))
    journal.close()
    kept = {".hidden.mine", "parts.7", "checkpoint.safetensors", "events.jsonl", "model.safetensors"}
    assert {file.name for file in run.path.iterdir()} == kept
    assert checkpoints.saved_epoch(run) == 3


def test_a_file_and_its_name_are_on_the_disk_before_anything_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target, done = tmp_path / "note.json", []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(file: int) -> None:
        done.append("directory" if os.path.isdir(f"/proc/self/fd/{file}") else "file")
        real_sync(file)

    def replace(path: Path, to: Path) -> Path:
        done.append("named")
        return real_replace(path, to)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    write_document(target, {"name": "mine"})
    assert done == ["file", "named", "directory"]


def test_where_a_disk_refuses_the_old_file_stays_and_nothing_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "note.json"
    write_document(target, {"name": "old"})

    def refuse(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        write_document(target, {"name": "new"})
    assert b"old" in target.read_bytes()
    assert list(tmp_path.iterdir()) == [target]
    clear_leftovers(tmp_path)
    assert target.exists()
