"""Disks that are full or read-only, for real where that is permitted: what is told, and that nothing is damaged."""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mftui.core import documents
from mftui.core.errors import RunError
from mftui.core.model import Factors
from mftui.core.runs import directory, events, launch
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Run
from mftui.core.runs.history import State, told_by
from mftui.core.training import checkpoints
from mftui.core.training.process import train_run
from mftui.core.training.stopping import StopRequest
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("home")
EPOCHS = 300


@pytest.fixture
def plan(ratings_folder: Path) -> Config:
    return Config().with_changes({"data": str(ratings_folder), "device": "cpu", "threads": 1, "epochs": EPOCHS})


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB, which only root may make."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no disk can be mounted here: {made.stderr.strip()}")
    yield place
    subprocess.run(["umount", place], check=True)


def train(run: Run, prepare: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mftui.core.training", str(run.path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=prepare)


def ended_without_success_and_goes_on(run: Run, done: subprocess.CompletedProcess[str], why: str) -> None:
    """It said why on stderr, in sentences; what it says to those who watch is true; resumed, it is whole."""
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"The last events of the run can't be written: {why}. Make room, then resume the run." in done.stderr
    history = told_by(run)
    assert history.state() in (State.FAILED, State.INTERRUPTED)
    if isinstance(history.closing, events.Failed):  # where there was room for it
        assert why in history.closing.message
    assert run.events.read_bytes().endswith(b"\n")

    assert train(run).returncode == 0
    history = told_by(run)
    assert history.state() is State.FINISHED
    assert [epoch.epoch for epoch in history.epochs] == list(range(1, EPOCHS + 1))
    assert Factors.load(run.model).n_users == 60


def test_a_disk_that_stays_full_to_the_end_is_no_success(plan: Config, small_disk: Path):
    run = directory.create(plan, small_disk / "run")
    filler = small_disk / "filler"
    filler.write_bytes(bytes(220_000))
    done = train(run)
    filler.unlink()
    ended_without_success_and_goes_on(run, done, "No space left on device")


def test_a_quota_that_no_event_fits_into_any_more_is_no_success(plan: Config, tmp_path: Path):
    run = directory.create(plan)
    done = train(run, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)))
    ended_without_success_and_goes_on(run, done, "File too large")


def test_a_read_only_disk_is_one_sentence_and_stays_as_it_was(plan: Config, small_disk: Path):
    run = directory.create(plan, small_disk / "run")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(RunError, match="can't be written"):
        launch.start(run)
    with pytest.raises(RunError, match="can't be written"):
        directory.create(plan, small_disk / "another")
    done = train(run)
    assert done.returncode == 1
    (sentence,) = done.stderr.strip().splitlines()
    assert "can't be written: Read-only file system" in sentence
    assert [file.name for file in run.path.iterdir()] == ["run.json"]


def test_a_model_that_can_not_be_written_in_the_end_is_a_failure_and_can_be_resumed(
    plan: Config, monkeypatch: pytest.MonkeyPatch
):
    def full(self: Factors, path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    run = directory.create(plan)
    with monkeypatch.context() as patch:
        patch.setattr(Factors, "save", full)
        assert train_run(run) == 1
    closing = told_by(run).closing
    assert isinstance(closing, events.Failed)
    assert closing.message == "The model can't be written: No space left on device."
    assert "resume" in closing.hint
    assert train_run(run) == 0
    assert told_by(run).state() is State.FINISHED


def test_a_run_that_is_stopped_without_its_state_saved_does_not_say_that_it_is(
    plan: Config, monkeypatch: pytest.MonkeyPatch
):
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    run = directory.create(plan)
    monkeypatch.setattr(checkpoints, "write_tensors", full)
    monkeypatch.setattr(StopRequest, "is_asked", lambda self: len(told_by(run).epochs) == 3)
    assert train_run(run) == 1
    closing = told_by(run).closing
    assert isinstance(closing, events.Failed)
    assert closing.message == "Stopped after epoch 3, whose state can't be saved: No space left on device."
    assert not run.stop.exists()


def test_a_log_that_can_not_be_written_keeps_no_run_from_finishing(plan: Config):
    run = directory.create(plan.with_changes({"epochs": 2}))
    run.log.mkdir()
    launch.start(run)
    until(lambda: told_by(run).state() is State.FINISHED, "it doesn't finish")


def test_a_clock_that_jumps_to_and_fro_changes_nothing_but_the_times(plan: Config, monkeypatch: pytest.MonkeyPatch):
    now, jumps = 1_790_000_000.0, iter([3600.0, -7200.0, 1e9, -2e9] * EPOCHS)

    def jumping() -> float:
        nonlocal now
        now += next(jumps)
        return now

    steady, jumped = (directory.create(plan.with_changes({"epochs": 12})) for _ in range(2))
    assert train_run(steady) == 0
    monkeypatch.setattr("mftui.core.training.journal.time.time", jumping)
    assert train_run(jumped) == 0
    monkeypatch.undo()
    assert told_by(jumped).state() is State.FINISHED
    assert told_by(jumped).silence(now) >= 0
    assert [e.train_mse for e in told_by(jumped).epochs] == [e.train_mse for e in told_by(steady).epochs]
    assert jumped.model.read_bytes() == steady.model.read_bytes()


@pytest.mark.parametrize(
    ("file", "goes_on", "words"),
    [
        ("run.json", True, "run.json can't be completed (No space left on device); training goes on."),
        ("checkpoint.safetensors", True, "The state can't be saved (No space left on device)"),
        ("evaluation.json", True, "The evaluation can't be written: No space left on device."),
        ("clusters.json", True, "The clusters can't be written: No space left on device."),
        ("model.safetensors", False, "The model can't be written: No space left on device."),
        ("posterior.safetensors", False, "The model can't be written: No space left on device."),
    ],
)
def test_whichever_file_finds_no_room_the_run_says_so_and_goes_on_where_it_can(
    plan: Config, monkeypatch: pytest.MonkeyPatch, file: str, goes_on: bool, words: str
):
    real = documents._sync

    def full(path: Path) -> None:
        if path.name.startswith(f".{file}."):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path)

    run = directory.create(plan.with_changes({"solver": "bayes", "epochs": 10, "n_factors": 2, "burn_in": 1}))
    with monkeypatch.context() as patch:
        patch.setattr(documents, "_sync", full)
        assert train_run(run) == (0 if goes_on else 1)
    history = told_by(run)
    told = [warning.message for warning in history.warnings]
    told += [history.closing.message] if isinstance(history.closing, events.Failed) else []
    assert any(message.startswith(words) for message in told)
    assert history.state() is (State.FINISHED if goes_on else State.FAILED)
    assert not list(run.path.glob(".*")), "nothing half written is left"
    if not goes_on:
        assert train_run(run) == 0
        assert told_by(run).state() is State.FINISHED


@pytest.mark.parametrize("error", [errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP])
def test_a_file_system_that_can_not_lock_is_one_sentence_and_starts_nothing(
    plan: Config, monkeypatch: pytest.MonkeyPatch, error: int
):
    def refuse(file: int, operation: int) -> None:
        raise OSError(error, os.strerror(error))

    run = directory.create(plan)
    monkeypatch.setattr("mftui.core.runs.lock.fcntl.flock", refuse)
    with pytest.raises(RunError, match="lies on a file system that can't lock files") as refused:
        launch.start(run)
    assert "--run" in refused.value.hint
    assert told_by(run).state() is State.INTERRUPTED
