"""The loop with a solver whose losses are written down beforehand."""

import errno
import math
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mftui.core.data.ratings import Scale
from mftui.core.errors import ModelError, RunError
from mftui.core.model import Factors
from mftui.core.model.tensors import read_tensors, write_tensors
from mftui.core.runs import events
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Run
from mftui.core.runs.history import History
from mftui.core.runs.lock import holder, take
from mftui.core.training import checkpoints, loop
from mftui.core.training.checkpoints import Checkpoints, Course
from mftui.core.training.journal import Journal
from mftui.core.training.loop import HeldOut
from mftui.core.training.solvers import Solver
from mftui.core.training.solvers.base import Arrays, Sweep
from mftui.core.training.stopping import StopRequest


class Scripted(Solver):
    """Predicts every rating 0 wrong by the square root of the loss that the script has for the epoch."""

    def __init__(self, held_out: list[float], train: list[float] | None = None) -> None:
        self.script, self.train, self.epoch = held_out, train or held_out, 0

    def sweep(self, epoch: int) -> Sweep:
        self.epoch = epoch
        return Sweep(self.train[epoch - 1], {"epoch": float(epoch)})

    def factors(self) -> Factors:
        one, row = np.zeros(1, np.float32), np.ones((1, 2), np.float32)
        count = np.ones(1, np.int32)
        return Factors(float(self.epoch), one, one, row, row, count, count, Scale(1.0, 5.0, 1.0))

    def predict(self, users, items):
        return np.full(len(users), math.sqrt(self.script[self.epoch - 1]), np.float32)

    def state(self) -> Arrays:
        return {"epoch": np.array([self.epoch], np.float64)}

    def restore(self, state: Arrays) -> None:
        self.epoch = int(state["epoch"][0])

    def parameters(self) -> dict[str, tuple[int, ...]]:
        return {"user_factors": (1, 2)}


ZERO = np.zeros(1, np.int32)


def held_out(kind: str = "validation") -> HeldOut:
    return HeldOut(kind, ZERO, ZERO, np.zeros(1, np.float32))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def trained(
    run: Run,
    solver: Solver,
    *,
    watched: HeldOut | None = None,
    stop: Callable[[], bool] = lambda: False,
    **settings: object,
) -> tuple[loop.Ending, History, Course]:
    """Train a scripted solver from the run's checkpoint on."""
    journal = Journal(run)
    course = checkpoints.restore(run, solver)
    config = Config(epochs=len(solver.script), **settings)
    try:
        ending = loop.train(config, solver, 1, watched, course, journal, Checkpoints(run, journal), stop)
    finally:
        journal.close()
    history = History(run)
    history.poll()
    return ending, history, course


def test_it_ends_after_all_epochs_and_tells_each(run: Run):
    ending, history, _ = trained(run, Scripted([4.0, 3.0, 2.0]), watched=held_out())
    assert ending.reason == "all 3 epochs"
    assert [e.epoch for e in history.epochs] == [1, 2, 3]
    assert [e.train_mse for e in history.epochs] == [4.0, 3.0, 2.0]
    assert [e.held_out_mse for e in history.epochs] == pytest.approx([4.0, 3.0, 2.0])
    assert history.epochs[2].figures == {"epoch": 3.0}


def test_the_model_is_the_best_by_validation(run: Run):
    _, history, course = trained(run, Scripted([4.0, 1.0, 2.0, 3.0]), watched=held_out())
    assert [e.best for e in history.epochs] == [True, True, False, False]
    assert course.best_epoch == 2
    assert Factors.load(run.model).mean == 2.0


def test_watched_test_rows_never_choose_the_model(run: Run):
    _, history, _ = trained(run, Scripted([4.0, 1.0, 2.0]), watched=held_out("test"))
    assert not any(e.best for e in history.epochs)
    assert history.epochs[0].held_out == "test"
    assert Factors.load(run.model).mean == 3.0


def test_of_a_solver_whose_last_model_is_kept_no_epoch_is_the_best(run: Run):
    solver = Scripted([4.0, 1.0, 2.0])
    solver.can_overfit = False
    _, history, course = trained(run, solver, watched=held_out())
    assert not any(e.best for e in history.epochs)
    assert course.best_epoch == 2, "it is still what patience goes by"
    assert Factors.load(run.model).mean == 3.0


def test_without_held_out_rows_the_model_is_the_last(run: Run):
    _, history, _ = trained(run, Scripted([4.0, 1.0, 2.0]))
    assert history.epochs[0].held_out_mse is None
    assert Factors.load(run.model).mean == 3.0


def test_patience_ends_it_early(run: Run):
    ending, history, _ = trained(run, Scripted([4.0, 1.0, 2.0, 3.0, 0.5, 1.0]), watched=held_out(), patience=2)
    assert ending.reason == "no better validation loss for 2 epochs"
    assert history.epochs[-1].epoch == 4


def test_a_stop_finishes_the_sweep_and_saves_the_state(run: Run):
    ending, history, _ = trained(run, Scripted([4.0, 3.0, 2.0]), stop=lambda: True)
    assert ending.stopped
    assert [e.epoch for e in history.epochs] == [1]
    assert checkpoints.restore(run, Scripted([0.0])).epoch == 1


def test_stopped_after_any_epoch_and_resumed_it_gives_the_same_epochs_best_and_ending(tmp_path: Path):
    script = [4.0, 1.0, 2.0, 0.9, 1.5, 1.4, 1.3, 1.2]

    def told(history: History) -> list[tuple[object, ...]]:
        return [(e.epoch, e.train_mse, e.held_out_mse, e.best, e.figures) for e in history.epochs]

    def fresh(name: str) -> Run:
        (tmp_path / name).mkdir()
        return Run(tmp_path / name)

    straight = fresh("straight")
    ending, history, course = trained(straight, Scripted(script), watched=held_out(), patience=3)
    assert ending.reason == "no better validation loss for 3 epochs"
    for after in range(1, 9):
        run = fresh(f"after {after}")
        looks = iter([False] * (after - 1) + [True])
        trained(run, Scripted(script), watched=held_out(), patience=3, stop=lambda looks=looks: next(looks))
        again, resumed, theirs = trained(run, Scripted(script), watched=held_out(), patience=3)
        assert again.reason == ending.reason
        assert told(resumed) == told(history)
        assert (theirs.best_epoch, theirs.best_cost) == (course.best_epoch, course.best_cost)
        assert run.model.read_bytes() == straight.model.read_bytes()


def test_a_run_that_patience_ended_does_not_sweep_on_when_it_is_resumed_before_it_is_judged(run: Run):
    script = [4.0, 1.0, 2.0, 3.0, 0.5, 1.0]
    ending, history, _ = trained(run, Scripted(script), watched=held_out(), patience=2)
    again, resumed, course = trained(run, Scripted(script), watched=held_out(), patience=2)
    assert again.reason == ending.reason
    assert resumed.epochs[:] == history.epochs[:]
    assert course.epoch == 4


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_it_and_says_where_and_what_to_change(run: Run, bad: float):
    with pytest.raises(loop.Diverged, match=r"epoch 3.*epoch 2, the best.*smaller learning_rate"):
        trained(run, Scripted([4.0, 1.0, bad, 1.0]), watched=held_out())
    history = History(run)
    history.poll()
    assert history.epochs[-1].train_mse is None


def test_overfitting_is_told_once(run: Run):
    _, history, _ = trained(run, Scripted([1.0] + [1.5] * 60), watched=held_out("test"))
    (warning,) = history.warnings
    assert warning.message == (
        "The test loss was best in epoch 1 (1.0000) and has risen to 1.5000: the model overfits. "
        "Fewer epochs, fewer factors or more weight_decay help."
    )


def test_a_plateau_is_told(run: Run):
    _, history, _ = trained(run, Scripted([1.0] + [1.001] * 30), watched=held_out())
    assert "has not been better for 20 epochs" in history.warnings[0].message


def test_a_long_run_that_still_gets_better_now_and_then_is_not_told_of_it_each_time(run: Run):
    losses = [1 - 0.001 * (epoch // 30) for epoch in range(400)]  # better after every 30; a fourth of 121 is as many
    _, history, _ = trained(run, Scripted(losses), watched=held_out())
    told = [warning.message.partition(" (")[0] for warning in history.warnings]
    assert told == [f"The validation loss was best in epoch {best}" for best in (1, 31, 61, 91)]


def test_a_mean_over_samples_that_levels_off_is_not_worth_a_look(run: Run):
    solver = Scripted([1.0] + [1.001] * 30)
    solver.can_overfit = False
    _, history, _ = trained(run, solver, watched=held_out("test"))
    assert history.warnings == []


@pytest.mark.parametrize("losses", [[1.0, 1.0, 50.0, 60.0, 0.1, 70.0], [2.0, 1.0, 5.0, 11.0, 30.0, 90.0]])
def test_a_training_loss_that_explodes_at_once_or_by_and_by_is_told_once_with_what_to_change(
    run: Run, losses: list[float]
):
    _, history, _ = trained(run, Scripted(losses))
    (warning,) = history.warnings
    epoch, loss = next((n, loss) for n, loss in enumerate(losses, 1) if loss > 10)
    assert warning.message == (
        f"The training loss was 1 and has grown to {loss:.0f} in epoch {epoch}: "
        "a smaller learning_rate would keep it down."
    )


def test_a_disk_that_takes_no_checkpoint_is_told_once_and_training_goes_on(run: Run, monkeypatch: pytest.MonkeyPatch):
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checkpoints, "write_tensors", full)
    monkeypatch.setattr(checkpoints, "_SECONDS", 0.0)
    monkeypatch.setattr(checkpoints, "_SHARE", math.inf)
    ending, history, _ = trained(run, Scripted([4.0, 3.0, 2.0]))
    assert ending.reason == "all 3 epochs"
    assert [w.message for w in history.warnings] == [
        "The state can't be saved (No space left on device); training goes on and tries again."
    ]


def test_events_that_could_not_be_written_come_later(run: Run, monkeypatch: pytest.MonkeyPatch, capfd):
    journal, real, room = Journal(run), checkpoints.events.encode, 60

    def short(file: int, data: bytes) -> int:
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = min(len(data), room)
        room -= taken
        return written(file, data[:taken])

    written = os.write
    monkeypatch.setattr("mftui.core.training.journal.os.write", short)
    for name in ("one", "two", "three"):
        journal.write(events.Progress, doing=name)
    assert capfd.readouterr().err.count("can't be written") == 1
    room = 10**6
    journal.write(events.Progress, doing="four")
    lines = run.events.read_bytes().splitlines()
    told = [events.decode(line) for line in lines]
    assert [e.doing for e in told if isinstance(e, events.Progress)] == ["one", "two", "three", "four"]
    assert isinstance(told[-1], events.Warning)
    assert real(told[0]).strip() == lines[0]


def test_a_torn_last_line_is_cut_before_anything_is_appended(run: Run):
    whole = events.encode(events.Progress(time=1.0, doing="loading torch"))
    run.events.write_bytes(whole + b'{"event":"epo')
    journal = Journal(run)
    journal.write(events.Stopped, epoch=0)
    lines = run.events.read_bytes().splitlines(keepends=True)
    assert lines[0] == whole
    assert isinstance(events.decode(lines[1]), events.Stopped)


def test_a_file_that_is_nothing_but_a_torn_line_is_emptied(run: Run):
    run.events.write_bytes(b"x" * 10_000)
    Journal(run).close()
    assert run.events.read_bytes() == b""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("solver.epoch", np.array([np.nan])),
        ("solver.epoch", np.array([1.0], np.float32)),
        ("solver.epoch", np.array([1.0, 2.0])),
        ("solver.more", np.array([1.0])),
        ("epochs", np.array([1, 2], np.int64)),
        ("epochs", np.array([1], np.int64)),
        ("epochs", np.array([np.inf, np.inf])),
        ("losses", np.array(["a"]).view(np.uint8)),
        ("best.user_factors", np.zeros((3, 3), np.float32)),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused_in_a_sentence(run: Run, name: str, value: np.ndarray):
    trained(run, Scripted([4.0, 3.0]), watched=held_out())
    write_tensors(run.checkpoint, {**read_tensors(run.checkpoint), name: value})
    with pytest.raises(ModelError):
        checkpoints.restore(run, Scripted([4.0, 3.0]))
    checkpoints.saved_epoch(run)


def test_two_hundred_damaged_checkpoints_are_refused_or_still_make_sense(run: Run):
    import random

    trained(run, Scripted([4.0, 3.0]), watched=held_out())
    whole, draw = run.checkpoint.read_bytes(), random.Random(0)
    for _ in range(200):
        damaged = bytearray(whole[: draw.randrange(1, len(whole))] if draw.random() < 0.3 else whole)
        for _ in range(draw.randrange(1, 8)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        run.checkpoint.write_bytes(damaged)
        try:
            course = checkpoints.restore(run, Scripted([4.0, 3.0]))
        except ModelError:
            continue
        assert course.epoch >= course.best_epoch >= 0


def test_events_that_are_removed_meanwhile_go_on_in_a_new_file(run: Run):
    (run.path / "run.json").touch()
    journal = Journal(run)
    journal.write(events.Progress, doing="one")
    run.events.unlink()
    journal.write(events.Progress, doing="two")
    journal.write(events.Progress, doing="three")
    assert [event.doing for event in History(run).read()] == ["two", "three"]
    assert journal.is_whole
    journal.close()


def test_a_run_whose_lock_was_removed_is_still_known_to_be_trained_and_no_second_process_writes_it(run: Run):
    first = Journal(run)
    for start in (Journal, take):
        with pytest.raises(RunError, match="being trained already"):
            start(run)
    assert holder(run)
    first.close()
    Journal(run).close()
    os.close(take(run))


@pytest.mark.parametrize(
    ("error", "is_asked"), [(errno.ENOENT, True), (errno.ESTALE, False), (errno.EIO, False)], ids=errno.errorcode.get
)
def test_a_directory_that_is_removed_asks_for_a_stop_and_a_disk_that_is_away_does_not(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: int, is_asked: bool
):
    assert not StopRequest(run).is_asked()

    def away(path: Path) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr("mftui.core.training.stopping.os.stat", away)
    asked = StopRequest(run).is_asked()
    monkeypatch.undo()
    assert asked is is_asked
