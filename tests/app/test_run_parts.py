"""A run in parts as the app tells it: one row of the list, and a line of its log for each part."""

import time
from pathlib import Path

import pytest

from mftui.app import comparison
from mftui.app.run_list import RunList
from mftui.app.screens.train.run_log import RunLog
from mftui.core.runs import events
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Run, create
from mftui.core.runs.history import History, State
from mftui.core.runs.parts import plan
from tests.app.conftest import tell

FIGURES = {"rmse": 0.9144, "ndcg@10": 0.1}


@pytest.fixture
def run(home: Path) -> Run:
    config = Config()
    return create(config, parts=plan(config, folds=5))


def part(number: int) -> events.Part:
    return events.Part(time=time.time(), name=f"fold-{number}", part=number, parts=5, figures=FIGURES, seconds=1.5)


def test_it_is_one_row_that_counts_its_parts(run: Run):
    create(Config(), run.part("fold-1").path)
    listed = RunList()
    (row,) = listed.look()
    assert comparison.epochs(row) == "part 0/5"
    tell(run, *map(part, (1, 2)))
    (row,) = listed.look()
    assert comparison.epochs(row) == "part 2/5"
    assert row.seconds == 3.0
    tell(run, *map(part, (3, 4, 5)), events.Finished(time=time.time(), epoch=5, reason="all 5 parts"))
    (row,) = listed.look()
    assert (comparison.epochs(row), row.state) == ("5 parts", State.FINISHED)


def test_its_log_tells_each_part_once(run: Run):
    history = History(run)
    log = RunLog(history)
    tell(run, part(1))
    history.poll()
    assert log.news(State.RUNNING) == [("1 of 5: fold-1: rmse 0.9144, ndcg@10 0.1000", "line")]
    tell(run, events.Stopped(time=time.time(), epoch=1))
    history.poll()
    assert log.news(State.STOPPED) == [("Stopped after part 1; r resumes", "warning")]
