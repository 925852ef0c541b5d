"""`mftui compare`: runs side by side, or a sentence that says why not."""

import json

import pytest

from mftui.core.runs.directory import create
from mftui.core.runs.parts import plan
from tests.cli.conftest import finished_run
from tests.cli.says import mftui_says


@pytest.fixture
def weaker(run, data, ratings_folder):
    return finished_run(data, ratings_folder, strength=0.5)


def test_each_run_is_told_better_or_worse_than_the_first(run, weaker):
    said = mftui_says("compare", run.name, weaker.name)
    assert said.exit_code == 0, said.stderr
    assert f"{weaker.name}: worse than {run.name} by" in said.stdout
    assert "same for every run" in said.stdout
    assert "no clear difference from" in said.stdout  # Both rank alike.
    assert f"{run.name}: better than {weaker.name} by" in mftui_says("compare", weaker.name, run.name).stdout


def test_a_comparison_as_one_json_document(run, weaker):
    found = json.loads(mftui_says("compare", run.name, weaker.name, "--json").stdout)
    assert [model["name"] for model in found["models"]] == [run.name, weaker.name]
    assert found["models"][0]["beside"] == []
    assert found["models"][1]["beside"][0]["verdict"] == "worse"
    assert (
        found["test_fingerprint"]
        == json.loads(mftui_says("evaluate", run.name, "--json").stdout)["protocol"]["test_fingerprint"]
    )


def test_runs_with_other_test_rows_are_refused(run, data, ratings_folder):
    other = finished_run(data, ratings_folder, split="fold:1")
    said = mftui_says("compare", run.name, other.name)
    assert (said.exit_code, said.stdout) == (1, "")
    assert "were tested on different rows" in said.stderr


def test_runs_of_other_ratings_are_refused(run, weaker):
    record = weaker.path / "run.json"
    record.write_text(record.read_text().replace('"fingerprint": "', '"fingerprint": "0'))
    said = mftui_says("compare", run.name, weaker.name)
    assert (said.exit_code, said.stdout) == (1, "")
    assert "are of different ratings" in said.stderr


def test_a_run_without_a_model_is_refused(run, weaker):
    weaker.model.unlink()
    said = mftui_says("compare", run.name, weaker.name)
    assert (said.exit_code, said.stdout) == (1, "")
    assert "Error: " in said.stderr


def test_one_run_is_nothing_to_compare(run):
    said = mftui_says("compare", run.name, run.name)
    assert said.exit_code == 2
    assert "nothing to compare with" in said.stderr


def test_a_run_in_parts_has_no_model_of_its_own_to_compare(run, data, ratings_folder):
    config = run.record().config
    parts = create(config, parts=plan(config, folds=2))
    said = mftui_says("compare", run.name, parts.name)
    assert (said.exit_code, said.stdout) == (1, "")
    assert "is in 2 parts, each with a model of its own" in said.stderr
