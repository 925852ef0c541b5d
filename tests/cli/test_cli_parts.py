"""`mftui train --cv` and `--seeds`, with the real training process on small ratings."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from mftui.core.data.ratings import Ratings
from mftui.core.evaluation import report
from mftui.core.runs import directory, launch, presets
from mftui.core.runs.directory import create
from mftui.core.runs.history import State, told_by
from mftui.core.runs.lock import holder
from mftui.core.runs.parts import config_of, plan
from tests.cli.says import mftui_says
from tests.waiting import until

QUICK = ("--set", "device=cpu", "--set", "threads=1", "--set", "learning_rate=0.02")


@pytest.fixture
def folder(home: Path, ratings_folder: Path) -> str:
    return str(ratings_folder)


def test_cross_validation_trains_each_fold_and_tells_the_mean(folder: str):
    said = mftui_says("train", folder, *QUICK, "--set", "epochs=2", "--cv", "2", "--seeds", "2")
    assert said.exit_code == 0
    assert "is finished: all 4 parts" in said.stderr
    run = directory.find("latest")
    parts = [run.part(part.name) for part in run.record().parts]
    assert [part.record().config.split for part in parts] == ["fold:1/2", "fold:1/2", "fold:2/2", "fold:2/2"]
    figures = [report.read(part.path).ratings.rmse for part in parts]
    whole = report.read(run.path)
    assert whole.ratings.rmse == pytest.approx(sum(figures) / 4)
    assert "fold-1-seed-0" in said.stdout
    (row,) = json.loads(mftui_says("runs", "--json").stdout)
    assert (row["state"], row["parts_done"], row["parts"]) == ("finished", 4, 4)
    assert row["test_rmse_deviation"] == pytest.approx(whole.deviations["rmse"])
    assert "--cv 2 --seeds 2" in run.record().command
    assert "Mean ± standard deviation over the parts" in mftui_says("evaluate", "latest").stdout


def test_folds_of_a_file_sorted_by_user_are_warned_of_once(home: Path, tmp_path: Path, ratings: Ratings):
    file, order = tmp_path / "sorted.csv", np.argsort(ratings.users, kind="stable")
    columns = zip(ratings.users[order], ratings.items[order], ratings.values[order], strict=True)
    file.write_text("user,item,rating\n" + "".join(f"{user},{item},{value}\n" for user, item, value in columns))
    said = mftui_says("train", str(file), *QUICK, "--set", "epochs=1", "--cv", "3")
    assert said.exit_code == 0
    assert said.stderr.count("the file seems to be sorted by user") == 1
    assert "--set split=random-fold:1" in said.stderr
    whole = directory.find("latest")
    assert report.read(whole.path).protocol.held_out_share > 0.9
    assert all(part.seconds > 0 for part in told_by(whole).parts)


@pytest.mark.parametrize(
    "command",
    [
        ("recommend", "latest", "--user", "1"),
        ("export", "latest", "-o", "out"),
        ("clusters", "latest"),
        ("evaluate", "latest", "--again"),
        ("similar", "latest", "Movie 1"),
    ],
)
def test_what_needs_one_model_names_the_parts_of_a_run(folder: str, command: tuple[str, ...]):
    config = presets.preset("notebook").with_changes({"data": folder})
    create(config, parts=plan(config, folds=2))
    said = mftui_says(*command)
    assert said.exit_code == 1
    assert "is in 2 parts, each with a model of its own: fold-1, fold-2." in said.stderr


def test_stopped_and_killed_it_goes_on_within_its_part_and_repeats_no_finished_one(folder: str):
    config = presets.preset("notebook").with_changes({"data": folder, "device": "cpu", "threads": 1, "epochs": 2})
    parts = plan(config, seeds=2)
    whole = create(config, parts=parts)
    first, second = (whole.part(part.name) for part in parts)
    create(config_of(parts[1], config).with_changes({"epochs": 1_000_000}), second.path)
    launch.start(whole)
    until(lambda: told_by(second).epochs, "no epoch of the second part")
    finished = first.events.read_bytes()
    assert mftui_says("stop", whole.name).exit_code == 0
    until(lambda: told_by(whole).state() is State.STOPPED, "it did not stop")
    stopped_after = told_by(second).closing.epoch
    assert "was stopped after 1 of 2 parts" in mftui_says("watch", whole.name).stderr

    assert mftui_says("resume", whole.name, "--detach").exit_code == 0
    until(lambda: len(told_by(second).epochs) > stopped_after, "it did not go on")
    assert [epoch.epoch for epoch in told_by(second).epochs[stopped_after - 1 : stopped_after + 1]] == [
        stopped_after,
        stopped_after + 1,
    ]
    os.kill(holder(whole).pid, signal.SIGKILL)
    until(lambda: told_by(whole).state() is State.INTERRUPTED, "it was not seen to be gone")

    second.write_record(replace(second.record(), config=config_of(parts[1], config)))  # its epochs are done already
    assert mftui_says("resume", whole.name).exit_code == 0
    assert told_by(whole).state() is State.FINISHED
    assert [part.name for part in told_by(whole).parts] == ["seed-0", "seed-1"]
    assert first.events.read_bytes() == finished


def test_one_fold_is_refused_and_makes_no_run(folder: str):
    said = mftui_says("train", folder, "--cv", "1")
    assert said.exit_code == 2
    assert directory.all_runs() == []
