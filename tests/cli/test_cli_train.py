"""`train`, `resume`, `stop`, `runs`, `watch` and `doctor`, with the real training process on small ratings."""

import json
from pathlib import Path

import pytest

from mftui.core.runs import directory
from mftui.core.runs.history import State
from tests.cli.says import mftui_says
from tests.waiting import latest, until

QUICK = ("--set", "device=cpu", "--set", "threads=1", "--set", "learning_rate=0.02")
LONG = ("--set", "epochs=1000000")


def until_it_sweeps(after: int = 0) -> None:
    until(lambda: len(latest().epochs) > after, "no epoch")


def until_it_has_stopped() -> None:
    until(lambda: latest().state() is State.STOPPED, "it did not stop")


@pytest.fixture
def folder(home: Path, ratings_folder: Path) -> str:
    return str(ratings_folder)


def test_training_prints_a_line_an_epoch_as_the_notebook_did(folder: str):
    said = mftui_says("train", folder, *QUICK, "--set", "epochs=3")
    assert said.exit_code == 0
    lines = said.stdout.splitlines()
    assert [line.rpartition(" ")[0] for line in lines] == ["Step: 0 Loss:", "Step: 1 Loss:", "Step: 2 Loss:"]
    assert float(lines[0].rpartition(" ")[2]) > float(lines[2].rpartition(" ")[2])
    assert "is finished: all 3 epochs" in said.stderr


def test_with_json_it_prints_the_events_as_lines(folder: str):
    said = mftui_says("train", folder, *QUICK, "--set", "epochs=2", "--json")
    assert said.exit_code == 0
    kinds = [json.loads(line)["event"] for line in said.stdout.splitlines()]
    assert kinds.count("epoch") == 2
    assert kinds[-1] == "finished"


@pytest.mark.parametrize(
    ("command", "words"),
    [(name, "as JSON lines") for name in ("train", "tune", "resume", "watch")] + [("stop", "one JSON document")],
)
def test_the_help_says_which_json_it_prints(command: str, words: str):
    assert words in " ".join(mftui_says(command, "--help").stdout.split())


def test_a_detached_run_is_stopped_resumed_and_watched_from_elsewhere(folder: str):
    started = json.loads(mftui_says("train", folder, *QUICK, *LONG, "--detach", "--json").stdout)
    until_it_sweeps()
    assert mftui_says("stop", started["run"]).exit_code == 0
    until_it_has_stopped()
    stopped_after = latest().closing.epoch
    assert mftui_says("watch", "latest").exit_code == 130
    before = len(mftui_says("watch", "latest", "--json").stdout.splitlines())

    assert mftui_says("resume", "latest", "--detach").stdout.strip() == started["run"]
    until_it_sweeps(stopped_after)
    again = mftui_says("resume", "latest")
    assert again.exit_code == 1
    assert "being trained already" in again.stderr
    assert mftui_says("stop", "latest").exit_code == 0
    until_it_has_stopped()
    watched = [json.loads(line)["event"] for line in mftui_says("watch", "latest", "--json").stdout.splitlines()]
    assert len(watched) > before
    assert watched.count("resumed") == 1


@pytest.mark.parametrize(
    ("data", "settings", "words"),
    [
        ("", ("--set", "device=cuda:7"), "There is no device 'cuda:7' here. Present:"),
        ("nowhere.csv", (), "There is no dataset and no file called nowhere.csv."),
        ("prose.csv", (), "prose.csv"),
    ],
)
def test_a_wrong_path_or_device_is_one_sentence_and_leaves_no_run(
    folder: str, tmp_path: Path, data: str, settings: tuple[str, ...], words: str
):
    prose = tmp_path / "prose.csv"
    prose.write_text("It was a dark and stormy night.\n")
    said = mftui_says("train", str(prose) if data == prose.name else data or folder, *settings)
    assert said.exit_code == 1
    assert words in said.stderr.replace("\n", " ")
    assert "Traceback" not in said.output
    assert directory.all_runs() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "epochz=3"), "There is no setting 'epochz'."),
        (("--set", "epochs=none"), "epochs can't be none."),
        (("--set", "epochs"), "has no value"),
        (("--preset", "worst"), "There is no preset 'worst'."),
        (("--config", "/nowhere.toml"), "can't be read"),
    ],
)
def test_a_wrong_setting_is_exit_code_2_and_makes_no_run(folder: str, arguments: tuple[str, ...], words: str):
    said = mftui_says("train", folder, *arguments)
    assert said.exit_code == 2
    assert words in said.stderr
    assert directory.all_runs() == []


def test_a_run_that_waits_for_another_is_told_and_begins_when_that_is_stopped(folder: str):
    first = mftui_says("train", folder, *QUICK, *LONG, "--detach").stdout.strip()
    until_it_sweeps()
    second = mftui_says("train", folder, *QUICK, "--set", "epochs=2", "--after", first, "--detach").stdout.strip()
    until(lambda: latest().awaited == first, "it doesn't wait")
    states = {run["run"]: run["state"] for run in json.loads(mftui_says("runs", "--json").stdout)}
    assert states == {first: "running", second: "waiting"}
    assert f"waiting for {first}" in mftui_says("runs").stdout
    third = mftui_says("train", folder, *QUICK, "--after", second, "--detach").stdout.strip()
    until(lambda: latest().awaited == second, "it doesn't wait")
    assert "will stop waiting" in mftui_says("stop", third).stderr
    until_it_has_stopped()
    mftui_says("stop", first)
    watched = mftui_says("watch", second)
    assert watched.exit_code == 0
    assert f"Waiting until {first} has ended" in watched.stderr
    assert "ended stopped. This run begins all the same." in watched.stderr
    assert "Step: 1 Loss: " in watched.stdout
    assert "There is no run 'nobody'" in mftui_says("train", folder, "--after", "nobody").stderr
    assert len(directory.all_runs()) == 3


def test_a_file_of_settings_counts_less_than_the_command_line(folder: str, tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text(f'data = "{folder}"\nepochs = 2\nn_factors = 3\ndevice = "cpu"\n')
    said = mftui_says("train", "--config", str(file), "--set", "n_factors=4", "--run", str(tmp_path / "here"))
    assert said.exit_code == 0
    config = directory.find(str(tmp_path / "here")).record().config
    assert (config.epochs, config.solver.n_factors) == (2, 4)


def test_a_file_that_is_no_toml_is_named(folder: str, tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text("epochs: 2\n")
    said = mftui_says("train", folder, "--config", str(file))
    assert said.exit_code == 2
    assert "mine.toml is not TOML" in said.stderr


def test_runs_are_listed_newest_first_with_their_figures(folder: str):
    assert mftui_says("runs").stderr.startswith("There are no runs yet")
    mftui_says("train", folder, *QUICK, "--set", "epochs=2")
    (run,) = json.loads(mftui_says("runs", "--json").stdout)
    assert (run["state"], run["epoch"], run["epochs"], run["preset"]) == ("finished", 2, 2, "notebook")
    assert run["test_rmse"] > 0
    assert run["run"] in mftui_says("runs").stdout


def test_runs_of_another_place_are_listed_by_its_path(folder: str, tmp_path: Path):
    mftui_says("train", folder, *QUICK, "--set", "epochs=1", "--run", str(tmp_path / "elsewhere" / "mine"))
    assert json.loads(mftui_says("runs", "--json").stdout) == []
    for place in ("elsewhere", "elsewhere/mine"):
        (run,) = json.loads(mftui_says("runs", str(tmp_path / place), "--json").stdout)
        assert (run["run"], run["state"]) == ("mine", "finished")
    assert "There is no run in" in mftui_says("runs", folder).stderr


def test_a_run_that_only_ranks_has_no_rmse(folder: str):
    mftui_says("train", folder, "--set", "solver=ials", "--set", "epochs=1", "--set", "device=cpu")
    (run,) = json.loads(mftui_says("runs", "--json").stdout)
    assert run["state"] == "finished"
    assert run["test_rmse"] is None


def test_a_damaged_run_is_told_and_the_others_are_listed(folder: str, home: Path):
    mftui_says("train", folder, *QUICK, "--set", "epochs=1")
    damaged = home / "data" / "runs" / "damaged"
    damaged.mkdir()
    (damaged / "run.json").write_text("{")
    said = mftui_says("runs", "--json")
    assert len(json.loads(said.stdout)) == 1
    assert "damaged" in said.stderr


def test_the_doctor_tells_versions_paths_devices_and_room(home: Path):
    found = json.loads(mftui_says("doctor", "--json").stdout)
    assert found["paths"]["data"] == str(home / "data")
    assert "cpu" in found["devices"]
    assert found["versions"]["torch"]
    assert all(free > 0 for free in found["free"].values())
    assert "cpu" in mftui_says("doctor").stdout
