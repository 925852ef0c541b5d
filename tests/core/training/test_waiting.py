"""A run that waits for another one: told while it waits, begun however the other ends, taken back when asked."""

import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from mftui.core.runs import directory, events, launch
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Run
from mftui.core.runs.history import State, told_by
from mftui.core.runs.lock import hold
from mftui.core.training.journal import Journal
from mftui.core.training.stopping import StopAsked, StopRequest
from mftui.core.training.waiting import wait_for
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def plan(ratings_folder: Path) -> Callable[..., Run]:
    def make(epochs: int, after: Run | None = None) -> Run:
        changes = {"data": str(ratings_folder), "device": "cpu", "threads": 1, "epochs": epochs}
        return directory.create(Config().with_changes(changes), after=after)

    return make


def test_runs_in_line_begin_one_after_another_whatever_becomes_of_those_before(plan: Callable[..., Run]):
    first = plan(10**6)
    pid = launch.start(first)
    second = plan(10**6, launch.last_in_line(first))
    launch.start(second)
    until(lambda: told_by(second).awaited, "it doesn't wait")
    third = plan(2, launch.last_in_line(first))
    assert third.record().after == str(second.path)
    launch.start(third)
    until(lambda: told_by(third).awaited and told_by(first).epochs, "they don't wait")
    assert [told_by(run).state() for run in (first, second, third)] == [State.RUNNING, State.WAITING, State.WAITING]
    assert launch.live_runs()[0] == first, "the one that trains is the one to show"

    os.kill(pid, signal.SIGKILL)
    until(lambda: told_by(second).epochs, "it doesn't begin")
    assert f"{first.name}, which this run waited for, ended interrupted" in told_by(second).warnings[0].message
    assert told_by(second).state() is State.RUNNING
    assert told_by(third).state() is State.WAITING
    launch.request_stop(second)
    until(lambda: told_by(third).state() is State.FINISHED, "it doesn't finish")
    assert "ended stopped" in told_by(third).warnings[0].message
    assert len(told_by(third).epochs) == 2


def test_whoever_waits_can_be_asked_to_stop_and_goes_on_later(plan: Callable[..., Run]):
    awaited = plan(1)
    with hold(awaited):
        waiting = plan(2, awaited)
        pid = launch.start(waiting)
        until(lambda: told_by(waiting).awaited == awaited.name, "it doesn't wait")
        launch.request_stop(waiting)
        until(lambda: not psutil.pid_exists(pid), "it goes on waiting")
        assert told_by(waiting).closing == events.Stopped(time=told_by(waiting).last_time, epoch=0)
        assert not waiting.stop.exists()
    launch.resume(waiting)
    until(lambda: told_by(waiting).state() is State.FINISHED, "it doesn't finish")


def test_one_that_is_taken_out_of_the_line_leaves_its_place_to_the_next(plan: Callable[..., Run]):
    first = plan(1)
    with hold(first):
        second = plan(1, first)
        launch.start(second)
        third = plan(2, second)
        launch.start(third)
        until(lambda: told_by(second).awaited and told_by(third).awaited == second.name, "they don't wait")
        launch.request_stop(second)
        until(lambda: told_by(third).awaited == first.name, "it doesn't wait for the first")
        assert not told_by(third).warnings
        assert launch.last_in_line(first) == third
    until(lambda: told_by(third).state() is State.FINISHED, "it doesn't finish")
    assert "ended interrupted" in told_by(third).warnings[0].message
    assert told_by(second).state() is State.STOPPED


@pytest.mark.parametrize(
    "first_word",
    [
        events.Searching(time=1.0, spent=0.0, ends=None),
        events.Progress(time=1.0, doing="fold-1, 1 of 5"),
        events.Progress(time=1.0, doing="loading torch"),
    ],
    ids=["a study", "a run in parts", "a run of its own"],
)
def test_one_that_has_begun_does_not_wait_again_nor_hand_on_what_it_waited_for(
    plan: Callable[..., Run], first_word: events.Event
):
    first = plan(1)
    begun = plan(2, first)
    following = plan(2, begun)
    begun.events.write_bytes(events.encode(first_word))

    class Ends(StopRequest):
        """When it is first asked whether to stop, the other run does."""

        def is_asked(self) -> bool:
            assert not told_by(begun).closing, "it waits for the first as well"
            with contextlib.closing(Journal(begun)) as journal:
                journal.write(events.Stopped, epoch=0)
            return False

    with hold(first):
        with hold(begun):
            wait_for(begun, Journal(following), Ends(following))
        launch.start(begun)
        until(lambda: told_by(begun).state() is State.FINISHED, "it waits again")


@pytest.mark.parametrize(
    ("closing", "words"),
    [
        (events.Finished(time=1.0, epoch=1, reason=""), None),
        (events.Failed(time=1.0, message="The loss is no number."), "ended failed: The loss is no number."),
        (events.Stopped(time=1.0, epoch=1), "ended stopped."),
        (None, "ended interrupted."),
    ],
)
def test_an_end_that_was_no_success_is_told(plan: Callable[..., Run], closing: events.Event | None, words: str | None):
    awaited, run = plan(1), plan(1)
    journal = Journal(run)
    with hold(awaited):
        awaited.events.write_bytes(events.encode(events.Progress(time=1.0, doing="reading ratings")))

        class Ends(StopRequest):
            """When it is first asked whether to stop, the other run ends."""

            def is_asked(self) -> bool:
                if closing is not None:
                    awaited.events.write_bytes(awaited.events.read_bytes() + events.encode(closing))
                else:
                    os.rename(awaited.lock, awaited.path / "gone")
                return False

        wait_for(awaited, journal, Ends(run))
    told = [warning.message for warning in told_by(run).warnings]
    assert [words in message for message in told] == ([True] if words else [])


def test_a_run_whose_awaited_one_is_over_or_removed_begins_at_once(plan: Callable[..., Run], tmp_path: Path):
    run = plan(1)
    with hold(run):
        journal = Journal(run)
        awaited = Run(tmp_path / "removed")
        wait_for(awaited, journal, StopRequest(run))
        assert not told_by(run).awaited

        run.stop.touch()
        with pytest.raises(StopAsked):
            wait_for(run, journal, StopRequest(run))
