"""`evaluate`, `clusters`, `similar` and the ground they stand on: output, exit codes, errors."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import mftui
from mftui.cli.main import app
from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import split
from mftui.core.model import Factors
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Dataset, Run, create


def mftui_says(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def data(home: Path, ratings_folder: Path) -> Ratings:
    return load(str(ratings_folder))


@pytest.fixture
def run(data: Ratings, ratings_folder: Path) -> Run:
    """A run whose model predicts 4.5 and 1.5 as planted, and never trained on the last movie."""
    run = create(Config(data=str(ratings_folder), held_out="test"))
    record = run.record()
    dataset = Dataset(data.name, str(ratings_folder), data.fingerprint)
    run.write_record(type(record)(**{f: getattr(record, f) for f in record.__struct_fields__} | {"dataset": dataset}))
    train = split(data, "random").train
    counts = np.bincount(data.items[train], minlength=data.n_items).astype(np.int32)
    counts[-1] = 0
    odd_users, odd_items = (np.array([int(i) % 2 for i in ids]) for ids in (data.user_ids, data.item_ids))
    users = np.zeros((data.n_users, 2), np.float32)
    users[:, 0] = np.where(odd_users, 1.5, -1.5)
    items = np.stack([np.where(odd_items, 1, -1), np.linspace(-0.1, 0.1, data.n_items)], 1).astype(np.float32)
    Factors(
        mean=3.0,
        user_bias=np.zeros(data.n_users, np.float32),
        item_bias=np.zeros(data.n_items, np.float32),
        user_factors=users,
        item_factors=items,
        user_counts=np.bincount(data.users[train], minlength=data.n_users).astype(np.int32),
        item_counts=counts,
        scale=data.scale,
    ).save(run.model)
    return run


def test_evaluate_prints_one_json_document_and_keeps_it(run):
    said = mftui_says("evaluate", "latest", "--json")
    assert said.exit_code == 0
    evaluation = json.loads(said.stdout)
    assert evaluation["ratings"]["mae"] == pytest.approx(0.5)
    assert evaluation == json.loads((run.path / "evaluation.json").read_text())


def test_evaluate_says_how_every_number_was_made_and_what_stands_beside_it(run):
    said = mftui_says("evaluate", run.name)
    assert said.exit_code == 0
    for words in ("random: 20% of the rows, seed 42", "clipped to 1 to 5", "global mean", "user and movie bias"):
        assert words in said.stdout
    assert "RMSE over all test rows is" in said.stdout


def test_an_evaluation_is_read_again_until_asked_anew_or_older_than_the_model(run):
    mftui_says("evaluate", "latest")
    path = run.path / "evaluation.json"
    path.write_text(path.read_text().replace('"model": "last"', '"model": "as written"'))
    assert '"as written"' in mftui_says("evaluate", "latest", "--json").stdout
    assert '"as written"' not in mftui_says("evaluate", "latest", "--again", "--json").stdout
    path.write_text(path.read_text().replace('"model": "last"', '"model": "as written"'))
    later = time.time() + 10
    os.utime(run.model, (later, later))
    assert '"as written"' not in mftui_says("evaluate", "latest", "--json").stdout


def test_a_damaged_evaluation_is_made_anew(run):
    (run.path / "evaluation.json").write_text("{")
    said = mftui_says("evaluate", "latest", "--json")
    assert said.exit_code == 0
    assert json.loads(said.stdout)["ratings"]["mae"] == pytest.approx(0.5)
    assert "damaged" in said.stderr


def test_clusters_are_listed_as_the_notebook_did(run):
    said = mftui_says("clusters", "latest", "-k", "2")
    lines = said.stdout.splitlines()
    assert [line for line in lines if not line.startswith("\t")] == ["Cluster #0", "Cluster #1"]
    assert len(lines) == 22
    assert lines[1].startswith("\t Movie ")
    assert "never trained on" in said.stderr
    even = [int(line.split()[1].rstrip(",")) % 2 for line in lines[1:11]]
    assert len(set(even)) == 1


def test_clusters_as_json_count_all_trained_movies(run):
    found = json.loads(mftui_says("clusters", "latest", "-k", "3", "--seed", "1", "--json").stdout)
    assert (found["k"], found["seed"]) == (3, 1)
    assert sum(group["size"] for group in found["clusters"]) == 39
    assert len(found["untrained"]) == 1


@pytest.mark.parametrize("title", ["Movie 7, The (1967)", "the movie 7", "MOVIE 7"])
def test_similar_finds_a_movie_by_its_title_and_lists_its_own_kind(run, title):
    said = mftui_says("similar", "latest", title, "-n", "5", "--json")
    assert said.exit_code == 0, said.stderr
    found = json.loads(said.stdout)
    assert found["item_id"] == "7"
    assert len(found["similar"]) == 5
    assert all(int(movie["item_id"]) % 2 for movie in found["similar"])
    assert "Closest to Movie 7, The (1967)" in mftui_says("similar", "latest", title).stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("evaluate", "nothing-of-the-kind"), "There is no run 'nothing-of-the-kind'."),
        (("similar", "latest", "Casablanca"), "has no title like 'Casablanca'"),
        (("similar", "latest", "Movie"), "fits 40 titles"),
    ],
)
def test_what_is_not_there_is_a_sentence_and_exit_code_1(run, arguments, words):
    said = mftui_says(*arguments)
    assert said.exit_code == 1
    assert said.stdout == ""
    assert words in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    "arguments",
    [("evaluate",), ("no-such-command",), ("clusters", "latest", "-k", "ten"), ("clusters", "latest", "-k", "400")],
)
def test_wrong_usage_is_exit_code_2(run, arguments):
    said = mftui_says(*arguments)
    assert said.exit_code == 2
    assert said.stdout == ""


def test_ratings_that_changed_since_are_refused(run, ratings_folder):
    u_data = ratings_folder / "u.data"
    u_data.write_text("\n".join(u_data.read_text().splitlines()[:-1]) + "\n")
    said = mftui_says("evaluate", "latest")
    assert said.exit_code == 1
    assert "has changed since" in said.stderr


def test_escape_sequences_in_titles_reach_nobody(capsys):
    from mftui.cli.output import print_json, print_table

    print_table(["title"], [["\x1b[2Jgone\x9b31m"]])
    table = capsys.readouterr().out
    print_json({"title": "\x1b[2J \x9b \u202e"})
    printed = capsys.readouterr().out
    assert not set(table + printed) & {"\x1b", "\x9b", "\u202e"}
    assert json.loads(printed)["title"] == "\x1b[2J \x9b \u202e"


def test_a_reader_that_stops_reading_ends_the_command_quietly(run):
    command = f"{sys.executable} -m mftui clusters latest -k 30 | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout == "Cluster #0\n"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_the_version_is_printed():
    said = mftui_says("--version")
    assert (said.exit_code, said.stdout) == (0, f"mftui {mftui.__version__}\n")
