"""Killed at any step that touches the disk, a run goes on as if it had never been: see `killed.py`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mftui.core.runs.history import State

ROOT = Path(__file__).parents[3]


@pytest.mark.usefixtures("home")
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process that has threads can't be forked")
@pytest.mark.parametrize(("kind", "solver", "every"), [("run", "gradient", 23), ("study", "als", 131)])
def test_killed_at_any_step_it_is_interrupted_and_resumed_it_is_the_run_that_never_was(
    kind: str, solver: str, every: int, ratings_folder: Path
):
    changes = {"data": str(ratings_folder), "solver": solver, "n_factors": "4", "held_out": "validation"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.core.training.killed", kind, str(every), json.dumps(changes)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    tried = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(tried) > 1
    assert [step for step in tried if not step["same"]] == []
    assert [step for step in tried if step["left"]] == []
    assert {step["state"] for step in tried if step["died"]} == {State.INTERRUPTED}
