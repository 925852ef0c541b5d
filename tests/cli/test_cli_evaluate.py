"""`mftui evaluate`: what it prints, what it keeps, and when it judges anew."""

import json
import os
import time
from dataclasses import replace

import pytest

from mftui.core.model import Factors
from tests.cli.says import mftui_says


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
    assert "Better than the user and movie bias model by" in said.stdout
    assert "within half a star" in said.stdout
    for heading in ("true rating", "predicted rating", "ratings of the user", "ratings of the movie", "genre", "time"):
        assert heading in said.stdout


def test_a_model_that_only_ranks_is_said_to_have_no_error(run):
    model = Factors.load(run.model)
    replace(model, kind="score").save(run.model)
    said = mftui_says("evaluate", run.name)
    assert said.exit_code == 0
    assert "predicts no ratings" in said.stdout
    assert "ndcg@10" in said.stdout
    assert "rmse" not in said.stdout


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


def test_ratings_that_changed_since_are_refused(run, ratings_folder):
    u_data = ratings_folder / "u.data"
    u_data.write_text("\n".join(u_data.read_text().splitlines()[:-1]) + "\n")
    said = mftui_says("evaluate", "latest")
    assert said.exit_code == 1
    assert "is no longer what the run began with" in said.stderr
