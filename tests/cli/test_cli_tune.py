"""`mftui tune`, `trials` and `presets`, with the real process on small ratings."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mftui.core.paths import presets_dir
from mftui.core.runs import directory, events, own_presets, planning, presets, study
from mftui.core.runs.directory import create
from mftui.core.runs.history import State
from tests.cli.says import mftui_says
from tests.waiting import latest, until

QUICK = ("--set", "device=cpu", "--set", "threads=1", "--set", "epochs=4", "--set", "n_factors=4")
FROM_BAD = ("--set", "regularization=5", "--range", "regularization=0.02:0.5:log")


@pytest.fixture
def folder(home: Path, ratings_folder: Path) -> str:
    return str(ratings_folder)


def test_a_search_shows_its_trials_and_its_preset_trains_a_model(folder: str):
    said = mftui_says("tune", folder, "--preset", "als", *QUICK, *FROM_BAD, "--trials", "11", "--name", "mine")
    assert said.exit_code == 0
    assert "is finished: all 11 trials." in said.stderr
    for words in ("trial", "rmse", "what mattered", "regularization", "the preset als itself came to"):
        assert words in said.stdout
    best = said.stdout.splitlines()[1].split()
    assert f"Trial {best[0]} is the best: rmse {best[1]}" in said.stdout
    assert "--preset mine" in said.stdout
    assert mftui_says("trials", "latest").stdout == said.stdout

    told, run = json.loads(mftui_says("trials", "latest", "--json").stdout), latest().run.name
    assert (told["best"], told["found"], told["state"]) == (int(best[0]), "mine", "finished")
    figures = [trial["figure"] for trial in told["trials"] if trial["ended"] == "done"]
    assert figures == sorted(figures)
    lines = [json.loads(line) for line in mftui_says("watch", "latest", "--json").stdout.splitlines()]
    assert [line["trial"] for line in lines if line["event"] == "trial"] == list(range(1, 12))
    assert lines[-1]["event"] == "finished"
    assert told["trials"][0]["settings"]["regularization"] == float(best[-1])
    assert sum(told["mattered"]["shares"].values()) == pytest.approx(1)
    (row,) = json.loads(mftui_says("runs", "--json").stdout)
    assert (row["state"], row["trials_done"], row["test_rmse"]) == ("finished", 11, None)
    assert mftui_says("evaluate", told["trials"][0]["path"]).exit_code == 0

    listed = mftui_says("presets").stdout.splitlines()[-1].split()
    assert listed[:3] == ["mine", "als", "you"]
    shown = mftui_says("presets", "mine").stdout
    assert f"by trial {best[0]} of {directory.find('latest').path}" in shown
    assert "0.02 to 0.5, log" in shown
    assert "--preset mine" in create(presets.preset("mine").with_changes({"data": folder})).record().command
    assert (
        "regularization can't be 99"
        in mftui_says("train", folder, "--preset", "mine", "--set", "regularization=99").stderr
    )

    kept = mftui_says("trials", run, "--keep", "first", "--trial", "1")
    assert "Trial 1 is kept as the preset first." in kept.stderr
    assert presets.preset("first").values()["regularization"] == 5
    assert "Give it more: mftui resume" in mftui_says("resume", run).stderr
    said = mftui_says("resume", run, "--trials", "2")
    assert (said.exit_code, "is finished: all 13 trials." in said.stderr) == (0, True)
    told = json.loads(mftui_says("trials", run, "--json").stdout)
    assert (len(told["trials"]), told["search"]["trials"]) == (13, 13)
    assert mftui_says("presets", "mine", "--remove").exit_code == 0
    assert "There is no preset 'mine'" in mftui_says("train", folder, "--preset", "mine").stderr


def test_ctrl_c_stops_and_saves_and_resume_goes_on(folder: str):
    command = [sys.executable, "-m", "mftui", "tune", folder, "--preset", "als", *QUICK, "--trials", "1000"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: directory.all_runs() and latest().trials, "no trial")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Go on with: mftui resume" in err
    assert "the preset als itself" in out
    run = directory.find("latest")
    done = len(latest().trials)
    assert latest().state() is State.STOPPED
    assert f"was stopped after {study.counted(done)}." in err

    assert mftui_says("resume", run.name, "--detach").exit_code == 0
    until(lambda: len(latest().trials) > done, "it did not go on")
    assert mftui_says("stop", run.name).exit_code == 0
    until(lambda: latest().state() is State.STOPPED, "it did not stop")
    assert [trial.trial for trial in latest().trials] == list(range(1, len(latest().trials) + 1))


def test_it_takes_settings_from_a_file_and_its_place_in_line_as_train_does(folder: str, tmp_path: Path):
    file = tmp_path / "settings.toml"
    file.write_text(f'data = "{folder}"\npreset = "als"\nn_factors = 4\nepochs = 2\n')
    first = mftui_says("tune", "--config", str(file), "--trials", "2", "--set", "epochs=3", "--json")
    assert first.exit_code == 0
    record = latest().run.record()
    assert (record.config.preset, record.config.epochs, set(record.search.ranges)) == ("als", 3, {"regularization"})
    second = mftui_says("tune", "--config", str(file), "--trials", "2", "--after", "latest")
    assert second.exit_code == 0
    runs = directory.all_runs()
    assert runs[0].record().after == str(runs[1].path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Nothing ends the search."),
        (("--trials", "5", "--name", "als"), "There is a preset als already."),
        (("--budget", "ages"), "'ages' is no length of time."),
        (("--trials", "5", "--metric", "luck"), "There is no metric 'luck'."),
        (("--trials", "5", "--set", "held_out=test"), "never looks at the test rows"),
        (("--trials", "5", "--range", "n_factors=9"), "is no range."),
    ],
)
def test_what_makes_no_search_is_refused_and_leaves_no_run(folder: str, arguments: tuple[str, ...], words: str):
    said = mftui_says("tune", folder, "--preset", "als", *arguments)
    assert said.exit_code == 2
    assert words in said.stderr
    assert directory.all_runs() == []


def test_the_best_so_far_can_be_kept_by_hand_under_a_free_name(folder: str):
    config, search = planning.plan("als", {"data": folder}, trials=9)
    run = planning.begin(config, search)
    assert "No trial has come to a figure yet." in mftui_says("trials", run.name).stdout
    assert "has no trial with a figure yet" in mftui_says("trials", run.name, "--keep", "mine").stderr
    settings = {"n_factors": 9, "regularization": 0.2}
    trial = events.Trial(
        time=1, trial=1, settings=settings, ending="done", metric="rmse", figure=0.9, best_epoch=3, epoch=4, seconds=1
    )
    run.events.write_bytes(events.encode(trial))
    assert mftui_says("trials", run.name, "--keep", "fast").exit_code == 2
    assert "has no trial 2 that is over" in mftui_says("trials", run.name, "--keep", "mine", "--trial", "2").stderr
    assert "Name the preset: --keep NAME." in mftui_says("trials", run.name, "--trial", "1").stderr
    assert "Trial 1 is kept as the preset mine." in mftui_says("trials", run.name, "--keep", "mine").stderr
    assert json.loads(mftui_says("presets", "mine", "--json").stdout)["settings"]["n_factors"] == 9


def test_a_preset_that_is_damaged_or_gone_is_told_and_the_others_are_listed(home: Path):
    presets_dir().mkdir(parents=True)
    (presets_dir() / "mine.json").write_text("{")
    (presets_dir() / "gone.json").symlink_to("nowhere")
    own_presets.write("by-hand", presets.find("als"))
    said = mftui_says("presets")
    assert (said.exit_code, len(said.stdout.splitlines())) == (0, 7)
    assert said.stdout.splitlines()[-1].split()[:3] == ["by-hand", "als", "you"]
    assert "There is no preset 'gone'." in said.stderr
    assert mftui_says("presets", "gone", "--remove").exit_code == 0
    assert "mine.json is damaged" in said.stderr
    said = mftui_says("train", "--preset", "mine")
    assert said.exit_code == 1
    assert "mine.json is damaged" in said.stderr
    assert directory.all_runs() == []


def test_a_run_that_is_no_study_says_so(folder: str):
    create(planning.plan("als", {"data": folder}, trials=2)[0])
    assert "is no study." in mftui_says("trials", "latest").stderr


def test_one_model_of_a_study_is_asked_for_by_its_trial(folder: str):
    config, search = planning.plan("als", {"data": folder}, trials=9)
    run = planning.begin(config, search)
    assert "is a study" in mftui_says("evaluate", run.name).stderr
