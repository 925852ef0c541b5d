"""The app as a person meets it: on a terminal, training for real, left alone, found again, hung up on."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from mftui.core.data import load
from mftui.core.paths import data_dir
from mftui.core.runs import launch
from mftui.core.runs.directory import Run, all_runs, create
from mftui.core.runs.history import History, State, told_by
from mftui.core.runs.lock import hold, holder
from mftui.core.runs.presets import preset
from tests.app.conftest import ScriptedRun
from tests.end_to_end.terminal import GONE_WITHIN, Terminal
from tests.waiting import until


@pytest.fixture
def dataset(home: Path, ratings_folder: Path) -> str:
    """A small dataset that was opened before."""
    load(str(ratings_folder))
    return str(ratings_folder)


@pytest.fixture
def long_run(dataset: str) -> Iterator[Run]:
    """A run that goes on until it is stopped, past its first epoch."""
    run = create(preset("notebook").with_changes({"data": dataset, "epochs": 10_000_000}))
    launch.start(run)
    try:
        history = History(run)
        while not history.epochs:
            history.poll()
            assert history.state() in (State.WAITING, State.RUNNING)
        yield run
    finally:
        if held := holder(run):
            launch.request_stop(run)
            while psutil.pid_exists(held.pid) and holder(run):
                pass


def test_the_first_screen_shows_the_figures(dataset: str) -> None:
    with Terminal("open", dataset) as terminal:
        terminal.until("1 Data", "Users", "60")
        terminal.press("q")
        assert terminal.until_ended() == 0


def test_a_model_is_trained_with_two_keys(dataset: str) -> None:
    with Terminal("open", dataset) as terminal:
        terminal.until("1 Data")
        terminal.press("2")
        terminal.until("Settings")
        terminal.press("s")
        terminal.until("Finished: all 128 epochs", "finished")
        terminal.press("q")
        assert terminal.until_ended() == 0
    (run,) = all_runs()
    assert run.model.exists()


def test_a_run_goes_on_when_the_app_is_quit_and_is_found_again_by_two_at_once_and_stopped(long_run: Run) -> None:
    with Terminal() as terminal:
        terminal.until("running", "Step: ")
        terminal.press("q")
        terminal.until("leave it running")
        terminal.press("l")
        assert terminal.until_ended() == 0
    assert holder(long_run)
    with Terminal() as terminal, Terminal() as another:
        for one in (terminal, another):
            one.until("running", "Step: ")
        terminal.press("x")
        for one in (terminal, another):
            one.until("Stopped after epoch", "stopped")
            one.press("q")
            assert one.until_ended() == 0
    assert not holder(long_run)


def test_a_run_goes_on_when_the_app_is_killed(long_run: Run) -> None:
    with Terminal() as terminal:
        terminal.until("running", "Step: ")
        terminal.program.kill(signal.SIGKILL)
        terminal.until_ended()
    assert holder(long_run)


def test_a_run_is_stopped_and_saved_when_the_person_who_quits_says_so(long_run: Run) -> None:
    with Terminal() as terminal:
        terminal.until("running", "Step: ")
        terminal.press("q")
        terminal.until("stop it; it can be resumed")
        terminal.press("s")
        assert terminal.until_ended() == 0
    until(lambda: not holder(long_run), "it goes on")
    assert told_by(long_run).state() is State.STOPPED
    assert long_run.checkpoint.exists()


@pytest.mark.parametrize(("keys", "words"), [("", "running"), ("q", "leave it running")], ids=["at rest", "asked"])
def test_a_run_goes_on_when_the_terminal_is_hung_up(long_run: Run, keys: str, words: str) -> None:
    with Terminal() as terminal:
        terminal.until("running", "Step: ")
        terminal.press(keys)
        terminal.until(words)
        terminal.program.kill(signal.SIGHUP)
        terminal.until_ended(GONE_WITHIN)
    assert holder(long_run)


def test_news_of_a_run_repaint_only_what_differs(home: Path) -> None:
    run = ScriptedRun(data_dir(), "ml-100k-notebook-1", preset("notebook")).begin().epochs(1, 40)
    with hold(run.run), Terminal() as terminal:
        terminal.until("running", "Step: 39 ")
        terminal.until_quiet()
        before = len(terminal.received)
        run.epochs(41, 41)
        terminal.until("Step: 40 ", "epoch 41/128")
        terminal.until_quiet()
        # A screen that is painted anew takes 5,000 bytes and more.
        assert len(terminal.received) - before < 4_000
