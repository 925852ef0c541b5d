"""`mftui evaluate`: what it prints, what it keeps, and when it judges anew."""

import json
import os
import time
from dataclasses import replace

import pytest

from mftui.core.model import Factors
from tests.cli.conftest import finished_run
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


def test_the_ranking_is_judged_at_other_lengths_and_from_another_bar(run):
    said = json.loads(mftui_says("evaluate", "latest", "-k", "3", "--liked", "2", "--json").stdout)
    assert {name.partition("@")[2] for name in said["ranking"]} == {"3", "10"}
    assert "test rows rated 2 or more" in said["ranking_protocol"]
    assert said == json.loads((run.path / "evaluation.json").read_text())
    usual = json.loads(mftui_says("evaluate", "latest", "--again", "--json").stdout)
    assert "ndcg@50" in usual["ranking"]
    assert said["ranking"]["recall@10"] != usual["ranking"]["recall@10"]


def test_another_split_is_judged_on_the_rows_that_the_model_never_saw(run):
    said = json.loads(mftui_says("evaluate", "latest", "--split", "temporal", "--json").stdout)
    own = json.loads(mftui_says("evaluate", "latest", "--again", "--json").stdout)
    assert 0 < said["ratings"]["n"] < own["ratings"]["n"]
    assert said["protocol"]["training_rows"] == own["protocol"]["training_rows"]
    assert "that the model never saw" in said["protocol"]["split"]
    assert said["protocol"]["test_fingerprint"] != own["protocol"]["test_fingerprint"]


def test_a_split_that_the_model_has_seen_whole_is_refused_and_the_evaluation_stays(data, ratings_folder):
    seen = finished_run(data, ratings_folder, split="fold:1")
    before = mftui_says("evaluate", seen.name, "--json").stdout
    said = mftui_says("evaluate", seen.name, "--split", "fold:2")
    assert (said.exit_code, said.stdout) == (1, "")
    assert "The model has seen all" in said.stderr
    assert mftui_says("evaluate", seen.name, "--json").stdout == before


@pytest.mark.parametrize("options", [("-k", "201"), ("--liked", "9"), ("--split", "sideways"), ("--split-seed", "-1")])
def test_what_can_not_be_asked_for_is_wrong_usage(run, options):
    said = mftui_says("evaluate", "latest", *options)
    assert (said.exit_code, said.stdout) == (2, "")
    assert "Traceback" not in said.stderr
