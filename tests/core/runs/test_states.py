"""What a run's events and its lock say of its state, read from outside."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import msgspec
import pytest

from mftui.core.errors import RunError
from mftui.core.runs import directory, events, launch, lock
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Run
from mftui.core.runs.history import History, State, told_by
from mftui.core.training.journal import Journal


@pytest.fixture
def run(home: Path) -> Run:
    return directory.create(Config())


def said(run: Run, *told: events.Event) -> None:
    with run.events.open("ab") as file:
        file.writelines(map(events.encode, told))


def epoch(number: int, at: float = 1.0) -> events.Epoch:
    return events.Epoch(
        time=at, epoch=number, epochs=9, train_mse=1.0, held_out_mse=None, held_out=None,
        seconds=1.0, ratings_per_second=1.0, best=False,
    )  # fmt: skip


def state(run: Run) -> State:
    return told_by(run).state()


def left_by(run: Run, **changes: object) -> None:
    """A lock that nobody holds, with the word of who held it last."""
    holder = lock.Holder(socket.gethostname(), lock.boot_id(), os.getpid(), time.time())
    run.lock.write_bytes(msgspec.json.encode(msgspec.structs.replace(holder, **changes)))


@contextmanager
def held(run: Run) -> Iterator[subprocess.Popen[bytes]]:
    """The lock in the hands of another process."""
    code = (
        "import sys; from pathlib import Path\n"
        "from mftui.core.runs.directory import Run; from mftui.core.runs.lock import hold\n"
        "with hold(Run(Path(sys.argv[1]))): print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(run.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def test_a_run_whose_process_was_never_started_can_be_resumed(run: Run):
    assert state(run) is State.INTERRUPTED


def test_a_run_runs_while_its_lock_is_held_and_is_interrupted_when_its_process_is_killed(run: Run):
    with held(run) as process:
        assert state(run) is State.WAITING
        said(run, epoch(1))
        assert state(run) is State.RUNNING
        assert lock.holder(run).pid == process.pid
        assert launch.live_runs() == [run]
    assert state(run) is State.INTERRUPTED
    assert lock.holder(run) is None
    assert launch.live_runs() == []


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (events.Finished(time=1.0, epoch=1, reason=""), State.FINISHED),
        (events.Stopped(time=1.0, epoch=1), State.STOPPED),
        (events.Failed(time=1.0, message=""), State.FAILED),
    ],
)
def test_a_closing_event_says_how_it_ended(run: Run, event: events.Event, expected: State):
    said(run, epoch(1), event)
    assert state(run) is expected


def test_a_run_that_is_resumed_is_no_longer_stopped(run: Run):
    said(run, epoch(1), events.Stopped(time=1.0, epoch=1), events.Progress(time=2.0, doing="loading torch"))
    with held(run):
        assert state(run) is State.RUNNING
    assert state(run) is State.INTERRUPTED


def test_a_machine_started_anew_has_interrupted_its_runs(run: Run):
    said(run, epoch(1))
    left_by(run, boot_id="an earlier one")
    assert state(run) is State.INTERRUPTED


def test_of_another_host_a_free_lock_proves_nothing(run: Run):
    said(run, epoch(1, at=1000.0))
    left_by(run, host="elsewhere", boot_id="another")
    history = History(run)
    history.poll()
    assert history.state() is State.SILENT
    assert history.silence(1030.0) == 30


def test_what_another_host_may_still_train_is_not_resumed_before_it_has_been_silent_for_long(run: Run, monkeypatch):
    monkeypatch.setattr(launch, "start", lambda run: 42)
    left_by(run, host="elsewhere", boot_id="another")
    said(run, epoch(1, at=time.time() - 200))
    with pytest.raises(RunError, match="may still be going on elsewhere"):
        launch.resume(run)
    said(run, epoch(2, at=time.time() - 400))
    assert launch.resume(run) == 42


def test_a_container_with_a_new_name_on_the_same_kernel_is_here(run: Run):
    said(run, epoch(1))
    left_by(run, host="elsewhere")
    assert state(run) is State.INTERRUPTED


def test_a_clock_that_was_set_back_makes_no_negative_silence(run: Run):
    said(run, epoch(1, at=5000.0))
    history = History(run)
    history.poll()
    assert history.silence(1000.0) == 0


def test_resuming_drops_the_epochs_after_its_checkpoint(run: Run):
    said(run, epoch(1), epoch(2), epoch(3))
    history = History(run)
    history.poll()
    said(run, events.Resumed(time=1.0, epoch=1), epoch(2))
    history.poll()
    assert [e.epoch for e in history.epochs] == [1, 2]
    assert history.rewound == 1


def test_an_unfinished_last_line_waits_for_its_rest(run: Run):
    line = events.encode(epoch(1))
    run.events.write_bytes(line[:20])
    history = History(run)
    assert not history.poll()
    with run.events.open("ab") as file:
        file.write(line[20:])
    assert history.read() == [epoch(1)]


def test_lines_that_are_no_events_are_passed_over(run: Run):
    huge, none = (events.encode(epoch(1)).replace(b'"epochs":9', b'"epochs":' + n) for n in (b"9" * 40, b"0"))
    run.events.write_bytes(
        b'\x00\xff\n{"event":"from the future","time":1}\n[]\n\n' + huge + none + events.encode(epoch(1))
    )
    history = History(run)
    history.poll()
    assert [e.epoch for e in history.epochs] == [1]


def test_two_processes_do_not_train_one_run(run: Run):
    with held(run) as process:
        with pytest.raises(RunError, match=f"being trained already by process {process.pid}"), lock.hold(run):
            pass
        with pytest.raises(RunError, match="being trained already"):
            launch.start(run)


def test_a_reader_that_looks_at_the_lock_does_not_keep_the_process_from_it(run: Run):
    import fcntl

    run.lock.touch()
    with run.lock.open() as reader:
        fcntl.flock(reader, fcntl.LOCK_SH)
        with pytest.raises(RunError), lock.hold(run):
            pass
    with lock.hold(run):
        assert lock.last_holder(run).pid == os.getpid()


def test_a_damaged_lock_note_is_no_matter(run: Run):
    said(run, epoch(1))
    run.lock.write_bytes(b"\xff{")
    assert state(run) is State.INTERRUPTED


def test_only_a_run_that_is_trained_can_be_stopped(run: Run):
    said(run, events.Finished(time=1.0, epoch=1, reason=""))
    with pytest.raises(RunError, match="it is finished"):
        launch.request_stop(run)
    assert not run.stop.exists()


@pytest.mark.usefixtures("mute")
@pytest.mark.parametrize(
    "told",
    [
        [],
        [events.Stopped(time=time.time() + 3600, epoch=1)],
        [epoch(1), events.Failed(time=1.0, message="")],
    ],
    ids=["anew", "stopped, on a clock that was set back since", "failed"],
)
def test_a_run_waits_from_the_moment_it_is_started_and_can_be_stopped_at_once(run: Run, told: list[events.Event]):
    said(run, *told)
    with run.events.open("ab") as file:
        file.write(b'{"event":"epoch","time":17')
    launch.resume(run)
    assert state(run) is State.WAITING
    assert launch.live_runs() == [run]
    launch.request_stop(run)
    assert run.stop.exists()
    with pytest.raises(RunError, match=r"trained already by process \? on"):
        launch.resume(run)


@pytest.mark.usefixtures("mute")
def test_of_many_who_resume_a_run_at_the_same_instant_one_does(run: Run):
    said(run, events.Stopped(time=1.0, epoch=1))
    together = Barrier(8)

    def resume(_: int) -> str:
        together.wait()
        try:
            launch.resume(run)
        except RunError as error:
            return error.message
        return "resumed"

    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(resume, range(8)))
    assert told[-1] == "resumed"
    assert all(message.startswith(f"{run.name} is being trained already") for message in told[:-1])


def test_a_run_whose_process_was_resumed_and_died_without_a_word_is_interrupted_and_no_longer_stopped(run: Run):
    said(run, epoch(1), events.Stopped(time=1.0, epoch=1))
    assert state(run) is State.STOPPED
    with held(run):
        assert state(run) is State.WAITING
    assert state(run) is State.INTERRUPTED


def test_a_closing_word_counts_while_its_process_ends_whatever_was_torn_before_it_began(run: Run):
    said(run, epoch(1))
    with run.events.open("ab") as file:
        file.write(b'{"event":"epoch","time":17' + b" " * 1000)
    with held(run):
        journal = Journal(run)
        journal.write(events.Stopped, epoch=1)
        assert state(run) is State.STOPPED
        journal.close()


def test_a_finished_run_is_not_resumed(run: Run):
    said(run, events.Finished(time=1.0, epoch=1, reason=""))
    with pytest.raises(RunError, match="is finished"):
        launch.resume(run)


def test_a_path_given_for_data_is_kept_whole_for_whoever_resumes(home: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "mine.csv").touch()
    monkeypatch.chdir(tmp_path)
    assert directory.create(Config(data="mine.csv")).record().config.data == str((tmp_path / "mine.csv").resolve())
    assert directory.create(Config(data="ml-100k")).record().config.data == "ml-100k"


@pytest.mark.parametrize("how", ["truncated", "removed", "replaced by a longer one"])
def test_events_that_another_file_took_the_place_of_are_read_anew(run: Run, how: str):
    said(run, epoch(1), epoch(2))
    history = told_by(run)
    if how == "truncated":
        os.truncate(run.events, 0)
    else:
        run.events.rename(run.path / "old")
    assert history.read() == []
    assert len(history.epochs) == (0 if how == "truncated" else 2), "what is known is shown until there is news"
    said(run, *(epoch(number, at=2.0) for number in range(1, 9 if how == "replaced by a longer one" else 2)))
    history.poll()
    assert history.epochs[:] == told_by(run).epochs[:]
    assert history.rewound == 1
