"""Quitting while a run is going leaves it alive, on every Python that mftui says it runs on."""

from pathlib import Path

import pytest

from mftui.core.runs import launch
from mftui.core.runs.history import State
from mftui.core.runs.lock import holder
from tests.end_to_end.interpreters import ROOT, NotHere, interpreter
from tests.end_to_end.terminal import Terminal
from tests.waiting import latest, until

APP = Path(__file__).with_name("app_without_torch.py")


@pytest.mark.timeout(300)  # the first time on a machine, packages are installed
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_quitting_while_training_leaves_the_run_alive(
    version: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        python = interpreter(version)
    except NotHere as reason:
        pytest.skip(str(reason))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    try:
        with Terminal(python=(str(python), str(APP))) as terminal:
            terminal.until("1 Data", "MovieLens 100K")
            terminal.press("2")
            terminal.until("Settings")
            terminal.press("s")
            terminal.until("running", "Step: ")
            terminal.press("q")
            terminal.until("leave it running")
            terminal.press("l")
            assert terminal.until_ended() == 0
        run, seen = latest().run, len(latest().epochs)
        assert run.record().versions["python"].startswith(f"{version}.")
        assert holder(run)
        until(lambda: len(latest().epochs) > seen + 10, "the run died with the app")
    finally:
        for live in launch.live_runs():
            launch.request_stop(live)
        until(lambda: not launch.live_runs(), "it doesn't end")
    assert latest().state() is State.STOPPED
