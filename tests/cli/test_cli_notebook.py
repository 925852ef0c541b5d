"""`mftui notebook`: the whole job, headless, on planted ratings."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mftui.core.runs.directory import Run, find
from mftui.core.runs.history import History, State


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mftui", "notebook", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def state_of(run: Run) -> State:
    history = History(run)
    history.poll()
    return history.state()


@pytest.fixture
def data(home: Path, ratings_folder: Path) -> str:
    return f"data={ratings_folder}"


def test_it_prints_what_the_notebook_printed_cell_by_cell(data):
    process = start("--set", data, "--set", "epochs=3", "--set", "learning_rate=0.05")
    out, err = process.communicate()
    assert process.returncode == 0, err
    in_order = [
        r"user_id +movie_id +rating +timestamp",
        r"\[\d+ rows x 4 columns\]",
        r"movie_id +title",
        r"^\(40, \d+\)$",
        r"^Number of distinct users: 60$",
        r"^Number of distinct movies: 40$",
        r"^The complete rating matrix consists of: 2400 elements\.$",
        r"^-{10}$",
        r"^Total number of ratings recorded: \d+$",
        r"^As a result, approximately \d+\.\d\d% of the matrix is populated\.$",
        r"^Is running on GPU: (True|False)$",
        r"^MatrixFactorization\($",
        r"^  \(user_factors\): Embedding\(60, 8\)$",
        r"^user_factors.weight tensor\(",
        r"^item_factors.weight tensor\(",
        r"^Step: 0 Loss: \d+\.\d+$",
        r"^Step: 2 Loss: \d+\.\d+$",
        r"^Average Test Loss: \d+\.\d+ .*random: 20% of the rows, seed 42; last, epoch 3; one id map",
        r"^user_factors.weight tensor\(",
        r"^40$",
        r"^Cluster #0$",
        r"^\t Movie \d+, The \(\d{4}\)$",
        r"^Cluster #9$",
    ]
    place = 0
    for pattern in in_order:
        found = re.compile(pattern, re.MULTILINE).search(out, place)
        assert found, f"{pattern} is not where it should be in:\n{out}"
        place = found.end()
    assert state_of(find("latest")) is State.FINISHED


def test_ctrl_c_stops_the_run_and_keeps_it(data):
    process = start("--set", data, "--set", "epochs=1000000")
    assert process.stdout is not None
    assert any(line.startswith("Step: 0 ") for line in process.stdout)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in err
    assert state_of(find("latest")) is State.STOPPED


def test_a_setting_without_a_value_is_wrong_usage(data):
    process = start("--set", data, "--set", "epochs")
    _, err = process.communicate()
    assert process.returncode == 2
    assert "--set epochs has no value" in err
