"""The real training process on small planted ratings: started, stopped, killed, resumed, and failing in sentences."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import psutil
import pytest

from mftui.core.clusters import report as clusters_report
from mftui.core.errors import RunError
from mftui.core.evaluation import report as evaluation_report
from mftui.core.model import Factors
from mftui.core.runs import directory, events, launch
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Run
from mftui.core.runs.history import History, State, told_by
from mftui.core.training.process import train_run
from tests.waiting import until

LONG = 10**6


def config(folder: Path, **changes: object) -> Config:
    return Config().with_changes(
        {"data": str(folder), "device": "cpu", "threads": 1, "epochs": 30, "learning_rate": 0.02, "batch_size": 32}
        | changes
    )


def started(run: Run, epochs: int = 1) -> int:
    """Start the process, and wait for its first epochs."""
    before = len(told_by(run).epochs)
    pid = launch.start(run)
    until(lambda: len(told_by(run).epochs) >= before + epochs, "no epoch")
    return pid


def gone(pid: int) -> None:
    until(lambda: not psutil.pid_exists(pid), "the process lives on")


def told(run: Run) -> list[tuple[object, ...]]:
    """The epochs without their time fields."""
    return [(e.epoch, e.epochs, e.train_mse, e.held_out_mse, e.held_out, e.best) for e in told_by(run).epochs]


here = pytest.mark.usefixtures("home")


@here
def test_a_run_tells_what_it_does_from_the_first_word_to_the_last(ratings_folder: Path):
    run = directory.create(config(ratings_folder))
    assert train_run(run) == 0
    history, kinds = History(run), []
    for event in history.read():
        kinds.append(event.doing if isinstance(event, events.Progress) else type(event).__name__)
    assert history.state() is State.FINISHED
    assert kinds[:2] == ["loading torch", "reading ratings"]
    assert kinds.index("Started") < kinds.index("Epoch") < kinds.index("evaluating") < kinds.index("Evaluated")
    assert kinds[-1] == "Finished"
    assert kinds.count("Epoch") == 30
    assert history.started.validation_rows > 0
    assert history.started.parameters == {"user_factors": [60, 8], "item_factors": [40, 8]}


@here
def test_a_finished_run_has_its_model_evaluation_and_clusters(ratings_folder: Path):
    run = directory.create(config(ratings_folder))
    train_run(run)
    record, evaluation, clusters = run.record(), evaluation_report.read(run.path), clusters_report.read(run.path)
    assert (record.device, record.threads) == ("cpu", 1)
    assert record.dataset is not None
    assert Factors.load(run.model).n_users == 60
    assert evaluation is not None
    assert evaluation.ratings.mse < evaluation.baselines["global_mean"].mse
    assert "best by validation loss" in evaluation.protocol.model
    assert clusters is not None
    assert sum(cluster.size for cluster in clusters.clusters) + len(clusters.untrained) == 40
    assert told_by(run).evaluated.figures["rmse"] == pytest.approx(evaluation.ratings.rmse)


@here
def test_it_is_the_same_run_twice(ratings_folder: Path):
    runs = [directory.create(config(ratings_folder, epochs=5)) for _ in range(2)]
    for run in runs:
        train_run(run)
    assert told(runs[0]) == told(runs[1])
    assert runs[0].model.read_bytes() == runs[1].model.read_bytes()


@here
@pytest.mark.parametrize(
    ("changes", "message"),
    [({"device": "cuda:7"}, "no device 'cuda:7'"), ({"data": "nowhere.csv"}, "nowhere.csv")],
)
def test_what_is_gone_since_the_run_was_made_is_told_in_a_sentence(
    ratings_folder: Path, changes: dict[str, object], message: str
):
    run = directory.create(config(ratings_folder))
    run.write_record(msgspec.structs.replace(run.record(), config=run.record().config.with_changes(changes)))
    assert train_run(run) == 1
    closing = told_by(run).closing
    assert isinstance(closing, events.Failed)
    assert message in closing.message
    assert closing.hint
    assert not told_by(run).epochs


@here
def test_a_run_whose_device_is_gone_goes_on_on_another_and_says_what_that_costs(ratings_folder: Path):
    run = directory.create(config(ratings_folder, epochs=2, device="auto"))
    run.write_record(msgspec.structs.replace(run.record(), device="cuda:7"))
    assert train_run(run) == 0
    (warning,) = told_by(run).warnings
    assert warning.message.startswith("The run began on cuda:7, which is not here")
    assert "equal to rounding, no longer to the bit" in warning.message


@here
def test_a_run_that_goes_on_with_other_versions_or_on_other_hardware_says_what_that_costs(ratings_folder: Path):
    run = directory.create(config(ratings_folder, epochs=2))
    assert train_run(run) == 0
    run.events.write_bytes(b"".join(run.events.read_bytes().splitlines(keepends=True)[:-1]))  # as if it were killed
    assert train_run(run) == 0
    assert not told_by(run).warnings

    record = run.record()
    run.write_record(msgspec.structs.replace(record, versions=record.versions | {"torch": "1.0"}))
    began = msgspec.structs.replace(told_by(run).started, device_name="Abacus")
    run.events.write_bytes(msgspec.json.encode(began) + b"\n")
    assert train_run(run) == 0
    (warning,) = told_by(run).warnings
    assert warning.message.startswith("The run began with torch 1.0, Abacus and goes on with torch 2.")
    assert warning.message.endswith("equal to rounding, no longer to the bit.")


@here
def test_it_leaves_signals_as_they_were_and_trains_in_any_thread(ratings_folder: Path):
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    assert train_run(directory.create(config(ratings_folder, epochs=1))) == 0
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)] == before
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(train_run, directory.create(config(ratings_folder, epochs=1))).result() == 0


@here
def test_a_solver_compiled_for_the_cpu_computes_there_also_where_there_is_a_gpu(ratings_folder: Path, monkeypatch):
    from mftui.core.training import devices

    monkeypatch.setattr(devices, "present", lambda: ["cuda:0", "cpu"])
    run = directory.create(Config().with_changes({"data": str(ratings_folder), "solver": "sgd", "epochs": 1}))
    assert train_run(run) == 0
    assert run.record().device == "cpu"


@here
@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("OutOfMemoryError", "CUDA out of memory. Tried to allocate 2.00 GiB."),
        ("RuntimeError", "DefaultCPUAllocator: not enough memory: you tried to allocate 1 bytes."),
        ("RuntimeError", "MPS backend out of memory (MPS allocated: 1.00 GB, max allowed: 9.07 GB)."),
        ("RuntimeError", "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    ],
)
def test_memory_that_does_not_suffice_says_what_to_change(ratings_folder: Path, monkeypatch, error: str, words: str):
    import torch

    from mftui.core.training.solvers.gradient import GradientSolver

    def exhausted(self: object, epoch: int) -> None:
        raise (torch.OutOfMemoryError if error == "OutOfMemoryError" else RuntimeError)(words)

    monkeypatch.setattr(GradientSolver, "sweep", exhausted)
    run = directory.create(config(ratings_folder))
    assert train_run(run) == 1
    closing = told_by(run).closing
    assert closing.message == "There is not enough memory for this model in epoch 1."
    assert "batch_size" in closing.hint
    assert closing.out_of_memory


@here
@pytest.mark.parametrize(
    ("place", "where"),
    [
        ("mftui.core.training.solvers.gradient.GradientSolver.__init__", "while preparing the solver"),
        ("mftui.core.training.loop.HeldOut.loss", "in epoch 1"),
        ("mftui.core.evaluation.judge.fit_biases", "while evaluating: fitting baselines"),
        ("mftui.core.clusters.cluster", "while clustering"),
    ],
)
def test_where_memory_runs_out_is_told_and_the_run_can_be_resumed(
    ratings_folder: Path, monkeypatch: pytest.MonkeyPatch, place: str, where: str
):
    import torch

    def exhausted(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    run = directory.create(config(ratings_folder, epochs=3))
    with monkeypatch.context() as patch:
        patch.setattr(place, exhausted)
        assert train_run(run) == 1
    assert told_by(run).closing.message == f"There is not enough memory for this model {where}."
    assert train_run(run) == 0
    assert told_by(run).state() is State.FINISHED


@here
def test_what_nobody_foresaw_is_one_sentence_and_its_traceback_only_in_the_log(
    ratings_folder: Path, monkeypatch, capfd
):
    from mftui.core.training.solvers.gradient import GradientSolver

    def broken(self: object, epoch: int) -> None:
        raise RuntimeError("mat1 and mat2\nshapes")

    monkeypatch.setattr(GradientSolver, "sweep", broken)
    run = directory.create(config(ratings_folder))
    assert train_run(run) == 1
    closing = told_by(run).closing
    assert closing.message.endswith("RuntimeError: mat1 and mat2 shapes")
    assert str(run.log) in closing.hint
    assert "Traceback" in capfd.readouterr().err


@here
def test_a_diverged_run_keeps_its_best_model(ratings_folder: Path, monkeypatch):
    from mftui.core.training.solvers.base import Sweep
    from mftui.core.training.solvers.gradient import GradientSolver

    real = GradientSolver.sweep
    monkeypatch.setattr(
        GradientSolver, "sweep", lambda self, epoch: real(self, epoch) if epoch < 4 else Sweep(float("nan"))
    )
    run = directory.create(config(ratings_folder))
    assert train_run(run) == 1
    assert "epoch 4" in told_by(run).closing.message
    assert "learning_rate" in told_by(run).closing.hint
    assert Factors.load(run.model).n_users == 60


@here
def test_a_run_that_memory_does_not_suffice_for_keeps_its_best_model(ratings_folder: Path, monkeypatch):
    import torch

    from mftui.core.training.solvers.gradient import GradientSolver

    real = GradientSolver.sweep

    def exhausted(self: GradientSolver, epoch: int) -> object:
        if epoch == 4:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return real(self, epoch)

    monkeypatch.setattr(GradientSolver, "sweep", exhausted)
    run = directory.create(config(ratings_folder))
    assert train_run(run) == 1
    assert "in epoch 4" in told_by(run).closing.message
    assert Factors.load(run.model).n_users == 60


@here
def test_ratings_that_have_changed_are_not_trained_on(ratings_folder: Path):
    run = directory.create(config(ratings_folder, epochs=LONG))
    run.stop.touch()
    train_run(run)
    record = run.record()
    other = msgspec.structs.replace(
        record, dataset=directory.Dataset("planted", str(ratings_folder), "another"), device="cpu", threads=1
    )
    run.write_record(other)
    assert train_run(run) == 1
    assert "no longer what the run began with" in told_by(run).closing.message


@here
def test_a_run_stopped_again_before_it_went_on_is_still_where_it_was(ratings_folder: Path, monkeypatch):
    from mftui.core.training.stopping import StopRequest

    run = directory.create(config(ratings_folder))
    with monkeypatch.context() as patch:
        patch.setattr(StopRequest, "is_asked", lambda self: len(told_by(run).epochs) == 5)
        train_run(run)
    run.stop.touch()
    train_run(run)
    assert told_by(run).closing.epoch == 5
    assert len(told_by(run).epochs) == 5
    train_run(run)
    assert [e.epoch for e in told_by(run).epochs] == list(range(1, 31))


@here
def test_a_damaged_checkpoint_is_one_sentence(ratings_folder: Path):
    run = directory.create(config(ratings_folder))
    run.checkpoint.write_bytes(b"no tensors")
    assert train_run(run) == 1
    assert str(run.checkpoint) in told_by(run).closing.message


@here
@pytest.mark.parametrize("file", ["lock", "events.jsonl"])
def test_a_directory_that_can_not_be_written_is_one_sentence(ratings_folder: Path, capfd, file: str):
    run = directory.create(config(ratings_folder))
    (run.path / file).mkdir()
    assert train_run(run) == 1
    (sentence,) = capfd.readouterr().err.strip().splitlines()
    assert "can't be written" in sentence


@pytest.mark.usefixtures("home")
def test_a_stop_file_stops_the_process_with_its_state_saved_and_is_taken_away(ratings_folder: Path):
    run = directory.create(config(ratings_folder, epochs=LONG))
    pid = started(run)
    launch.request_stop(run)
    gone(pid)
    history = told_by(run)
    assert history.state() is State.STOPPED
    assert history.closing.epoch == history.epochs[-1].epoch
    assert not run.stop.exists()
    assert run.checkpoint.exists()
    assert run.model.exists()


@pytest.mark.usefixtures("home")
def test_files_that_somebody_removes_while_it_trains_are_all_that_is_lost(ratings_folder: Path):
    run = directory.create(config(ratings_folder, epochs=LONG))
    pid = started(run)
    for file in (run.events, run.lock, run.log):
        file.unlink()
    until(lambda: len(told_by(run).epochs) > 2, "no news")
    assert told_by(run).state() is State.RUNNING
    with pytest.raises(RunError, match="being trained already"):
        launch.resume(run)
    launch.request_stop(run)
    gone(pid)
    assert told_by(run).state() is State.STOPPED
    assert run.checkpoint.exists()

    pid = started(run)
    away = Run(run.path.rename(run.path.with_name("away")))
    gone(pid)
    assert not run.path.exists()
    assert "whose state can't be saved" in told_by(away).closing.message


@pytest.mark.usefixtures("home")
def test_sigterm_stops_the_process_with_its_state_saved(ratings_folder: Path):
    run = directory.create(config(ratings_folder, epochs=LONG))
    pid = started(run)
    os.kill(pid, signal.SIGTERM)
    gone(pid)
    assert told_by(run).state() is State.STOPPED


STUBBORN = """
import sys, time
from pathlib import Path
from mftui.core.runs.directory import Run
from mftui.core.training.parts import train
from mftui.core.training.solvers.gradient import GradientSolver

real = GradientSolver.sweep
GradientSolver.sweep = lambda self, epoch: time.sleep(600) if epoch == 4 else real(self, epoch)
sys.exit(train(Run(Path(sys.argv[1]))))
"""
"""A process whose fourth sweep doesn't end."""


def heeds(pid: int, number: int) -> bool:
    """Whether a process has a handler of its own for a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (number - 1) & 1)


@pytest.mark.usefixtures("home")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells which signals a process heeds")
def test_a_second_signal_ends_it_at_once_and_damages_nothing(ratings_folder: Path):
    run = directory.create(config(ratings_folder, epochs=6))
    process = subprocess.Popen([sys.executable, "-c", STUBBORN, str(run.path)])
    until(lambda: len(told_by(run).epochs) == 3, "no epoch")
    process.send_signal(signal.SIGTERM)
    until(lambda: not heeds(process.pid, signal.SIGINT), "it doesn't hear")
    assert process.poll() is None, "the first one lets it finish its sweep"
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == -signal.SIGINT
    assert told_by(run).state() is State.INTERRUPTED
    gone(launch.resume(run))
    assert told_by(run).state() is State.FINISHED
    assert [epoch.epoch for epoch in told_by(run).epochs] == [1, 2, 3, 4, 5, 6]


@pytest.mark.usefixtures("home")
def test_a_hang_up_is_none_of_its_business(ratings_folder: Path):
    run = directory.create(config(ratings_folder, epochs=LONG))
    pid = started(run)
    os.kill(pid, signal.SIGHUP)
    seen = len(told_by(run).epochs)
    until(lambda: len(told_by(run).epochs) > seen + 2, "no further epoch")
    launch.request_stop(run)
    gone(pid)


@pytest.mark.usefixtures("home")
def test_killed_and_resumed_it_tells_the_same_epochs_and_ends_in_the_same_factors(ratings_folder: Path):
    straight = directory.create(config(ratings_folder, epochs=150, n_factors=4))
    killed = directory.create(config(ratings_folder, epochs=150, n_factors=4))
    gone(launch.start(straight))
    pid = started(killed)
    launch.request_stop(killed)
    gone(pid)
    saved = len(told_by(killed).epochs)
    pid = started(killed, epochs=3)
    os.kill(pid, signal.SIGKILL)
    gone(pid)
    assert told_by(killed).state() is State.INTERRUPTED
    with killed.events.open("ab") as file:
        file.write(b'{"event":"epoch","time":17')
    gone(launch.resume(killed))

    assert told_by(killed).state() is State.FINISHED
    resumed = [e for e in map(events.decode, killed.events.read_bytes().splitlines()) if isinstance(e, events.Resumed)]
    assert [e.epoch for e in resumed] == [saved, saved]
    assert told(killed) == told(straight)
    assert killed.model.read_bytes() == straight.model.read_bytes()


@here
@pytest.mark.parametrize(
    "changes",
    [
        {"solver": "bayes", "n_factors": 4, "burn_in": 2, "epochs": 300},
        {"solver": "als", "n_factors": 8, "epochs": 1500},
        {"solver": "ials", "n_factors": 8, "epochs": 1500},
        {"solver": "sgd", "n_factors": 8, "epochs": 1500},
    ],
    ids=lambda changes: changes["solver"],
)
def test_whatever_the_solver_a_run_stopped_and_killed_ends_as_one_never_interrupted(
    changes: dict[str, object], ratings_folder: Path
):
    plan = Config().with_changes(
        {"data": str(ratings_folder), "device": "cpu", "threads": 1, "held_out": "test", **changes}
    )
    straight, killed = directory.create(plan), directory.create(plan)
    train_run(straight)
    pid = started(killed)
    os.kill(pid, signal.SIGTERM)  # so that there is a checkpoint to go on from
    gone(pid)
    assert told_by(killed).state() is State.STOPPED
    pid = started(killed)
    os.kill(pid, signal.SIGKILL)
    gone(pid)
    assert told_by(killed).state() is State.INTERRUPTED
    train_run(killed)
    assert told_by(killed).state() is State.FINISHED
    assert told(killed) == told(straight)
    assert killed.model.read_bytes() == straight.model.read_bytes()


@pytest.mark.usefixtures("home")
def test_a_second_process_for_the_same_run_ends_with_one_sentence(ratings_folder: Path):
    run = directory.create(config(ratings_folder, epochs=LONG))
    pid = started(run)
    second = subprocess.run(
        [sys.executable, "-m", "mftui.core.training", str(run.path)], capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert f"being trained already by process {pid}" in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1
    launch.request_stop(run)
    gone(pid)


@pytest.mark.usefixtures("home")
def test_the_process_has_a_session_of_its_own_and_leaves_no_zombie(ratings_folder: Path):
    run = directory.create(config(ratings_folder, epochs=LONG))
    pid = started(run)
    assert os.getsid(pid) == pid
    os.kill(pid, signal.SIGKILL)
    gone(pid)


@here
@pytest.mark.parametrize("name", ["als", "bayes", "gradient", "ials", "sgd"])
def test_stopped_and_resumed_every_solver_gives_the_run_that_was_never_stopped(
    ratings_folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    from mftui.core.training.stopping import StopRequest

    settings = Config().with_changes(
        {"data": str(ratings_folder), "solver": name, "epochs": 8, "device": "cpu", "threads": 1}
    )
    straight, stopped = directory.create(settings), directory.create(settings)
    assert train_run(straight) == 0
    with monkeypatch.context() as patch:
        patch.setattr(StopRequest, "is_asked", lambda self: len(told_by(stopped).epochs) == 5)
        assert train_run(stopped) == 0
    assert told_by(stopped).state() is State.STOPPED
    assert len(told_by(stopped).epochs) == 5
    assert train_run(stopped) == 0
    assert told(stopped) == told(straight)
    assert stopped.model.read_bytes() == straight.model.read_bytes()
