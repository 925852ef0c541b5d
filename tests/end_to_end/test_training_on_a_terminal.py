"""`mftui train` on a real terminal: ctrl-c, and a terminal that hangs up."""

import json
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from mftui.core.runs import directory, launch
from mftui.core.runs.history import State
from tests.waiting import latest, until


@pytest.fixture
def attached(home: Path, ratings_folder: Path):
    """`mftui train` on a terminal, its first epochs on the screen; whatever is left of it is ended."""
    settings = ["--set", "epochs=1000000", "--set", "device=cpu", "--set", "threads=1"]
    program = pexpect.spawn(
        sys.executable, ["-m", "mftui", "train", str(ratings_folder), *settings], timeout=60, dimensions=(24, 80)
    )
    program.expect("Step: 2 Loss: ")
    yield program
    program.close(force=True)
    if launch.live_runs():
        launch.request_stop(launch.live_runs()[0])
        until(lambda: not launch.live_runs(), "the process lives on")


def test_ctrl_c_stops_the_run_with_its_state_saved(attached: pexpect.spawn):
    attached.sendintr()
    attached.expect("was stopped after epoch")
    attached.expect(pexpect.EOF)
    attached.close()
    assert attached.exitstatus == 130
    assert latest().state() is State.STOPPED
    assert directory.find("latest").checkpoint.exists()


def test_a_terminal_that_hangs_up_leaves_the_run_going(attached: pexpect.spawn):
    attached.close(force=True)
    seen = len(latest().epochs)
    until(lambda: len(latest().epochs) > seen + 2, "no further epoch")
    assert latest().state() is State.RUNNING
    listed = subprocess.run([sys.executable, "-m", "mftui", "runs", "--json"], capture_output=True, check=True)
    assert json.loads(listed.stdout)[0]["state"] == "running"
