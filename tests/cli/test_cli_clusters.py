"""`mftui clusters` and `mftui similar`."""

import json
import subprocess
import sys
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from mftui.core.model import Factors
from tests.cli.says import mftui_says


def test_clusters_are_listed_as_the_notebook_did(run, data):
    """Its last cell: `Cluster #0`, then the ten titles of most ratings, printed with a tab before them."""
    said = mftui_says("clusters", "latest", "-k", "2")
    counts = np.bincount(data.items)
    found = json.loads(mftui_says("clusters", "latest", "-k", "2", "--json").stdout)["clusters"]
    expected = ""
    for number, group in enumerate(found):
        members = [data.item_ids.tolist().index(int(movie["item_id"])) for movie in group["movies"]]
        top = sorted(members, key=lambda item: (-counts[item], item))[:10]
        expected += f"Cluster #{number}\n" + "".join(f"\t {data.titles[item]}\n" for item in top)
    assert said.stdout == expected
    lines = said.stdout.splitlines()
    assert [line for line in lines if not line.startswith("\t")] == ["Cluster #0", "Cluster #1"]
    assert len(lines) == 22
    assert lines[1].startswith("\t Movie ")
    assert "never trained on" in said.stderr
    even = [int(line.split()[1].rstrip(",")) % 2 for line in lines[1:11]]
    assert len(set(even)) == 1


def test_a_run_that_has_no_clusters_keeps_those_that_it_would_have_left(run):
    kept = run.path / "clusters.json"
    assert mftui_says("clusters", "latest", "-k", "3").exit_code == 0
    assert not kept.exists()
    made = json.loads(mftui_says("clusters", "latest", "--json").stdout)
    assert json.loads(kept.read_bytes()) == made
    assert made["k"] == 10


def test_clusters_as_json_count_all_trained_movies(run):
    found = json.loads(mftui_says("clusters", "latest", "-k", "3", "--seed", "1", "--json").stdout)
    assert (found["k"], found["seed"]) == (3, 1)
    assert sum(group["size"] for group in found["clusters"]) == 39
    assert len(found["untrained"]) == 1
    labels = [group["label"] for group in found["clusters"]]
    assert len(set(labels)) == 3
    assert any(any(genre in label for genre in ("Action", "Sci-Fi", "Drama", "Romance")) for label in labels)


@pytest.mark.parametrize("title", ["Movie 7, The (1967)", "the movie 7", "MOVIE 7"])
def test_similar_finds_a_movie_by_its_title_and_lists_its_own_kind(run, title):
    said = mftui_says("similar", "latest", title, "-n", "5", "--json")
    assert said.exit_code == 0, said.stderr
    found = json.loads(said.stdout)
    assert found["item_id"] == "7"
    assert len(found["similar"]) == 5
    assert all(int(movie["item_id"]) % 2 for movie in found["similar"])
    assert "Closest to Movie 7, The (1967)" in mftui_says("similar", "latest", title).stdout


def test_a_reader_that_stops_reading_ends_the_command_quietly(run):
    command = f"{sys.executable} -m mftui clusters latest -k 30 | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout == "Cluster #0\n"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_a_tsne_is_made_once_and_kept_in_the_run_directory(run, data):
    said = mftui_says("clusters", "latest", "--tsne")
    assert said.exit_code == 0, said.stderr
    assert "39 movies are laid out by t-SNE (seed 0, item factors)" in said.stdout
    kept = (run.path / "map-tsne.json").read_bytes()
    told = json.loads(mftui_says("clusters", "latest", "--tsne", "--json").stdout)
    assert (run.path / "map-tsne.json").read_bytes() == kept
    assert str(data.item_ids[-1]) not in told["item_ids"], "a movie never trained on has no place"


def test_clusters_can_be_made_in_another_space(run):
    raw, product = (
        json.loads(mftui_says("clusters", "latest", "-k", "2", "--json", *more).stdout)
        for more in ((), ("--space", "product", "--unit"))
    )
    assert (raw["space"], raw["unit"]) == ("raw", False)
    assert (product["space"], product["unit"]) == ("product", True)
    assert "There is no space" in mftui_says("clusters", "latest", "--space", "outer").stderr


def test_clusters_by_popularity_say_so(run):
    said = mftui_says("clusters", "latest", "-k", "2", "--weighted")
    assert "KMeans weighted by popularity, seed 0, on the item factors, in its own order; silhouette" in said.stderr
    assert json.loads(mftui_says("clusters", "latest", "-k", "2", "--weighted", "--json").stdout)["weighted"]


def test_a_scan_lists_inertia_and_silhouette_by_k_and_only_suggests(run):
    said = mftui_says("clusters", "latest", "--scan", "1..4")
    assert said.exit_code == 0, said.stderr
    header, *rows = said.stdout.splitlines()
    assert header.split() == ["k", "inertia", "silhouette", "random", "points"]
    assert [row.split()[0] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0].split()[2:] == ["-", "-"]
    assert "A suggestion, never a decision: inertia bends most at k=2" in said.stderr


def test_a_scan_as_json_has_everything(run):
    found = json.loads(mftui_says("clusters", "latest", "--scan", "2..3", "--weighted", "--seed", "4", "--json").stdout)
    assert [trial["k"] for trial in found["trials"]] == [2, 3]
    assert (found["seed"], found["space"], found["weighted"], found["movies"]) == (4, "raw", True, 39)
    assert found["trials"][0]["structure"]["silhouette"] > found["trials"][0]["structure"]["random"]


@pytest.mark.parametrize("words", ["2", "2-5", "5..2", "0..3", "two..five", "2..3.5"])
def test_what_is_no_range_is_refused_in_a_sentence(run, words):
    said = mftui_says("clusters", "latest", "--scan", words)
    assert said.exit_code == 2
    assert "is not a range of numbers of clusters.\nWrite it as 2..20." in said.stderr


@pytest.mark.usefixtures("run")
def test_a_scan_and_a_map_are_not_made_at_once():
    said = mftui_says("clusters", "latest", "--scan", "2..3", "--tsne")
    assert (said.exit_code, "--scan and --tsne are two different things" in said.stderr) == (2, True), said.stderr


def test_similar_compares_by_what_the_predictions_say_unless_told_otherwise(run, data):
    """Turned factors predict the same, so the list stays; raw ones are another matter, and the notebook's preset."""
    factors = Factors.load(run.model)
    matrix = np.array([[1.0, 40.0], [0.0, 1.0]])
    turned = replace(
        factors,
        item_factors=(factors.item_factors @ matrix).astype(np.float32),
        user_factors=(factors.user_factors @ np.linalg.inv(matrix).T).astype(np.float32),
    )
    title = str(data.titles[0])

    def listed(model, *more):
        model.save(run.model)
        found = json.loads(mftui_says("similar", "latest", title, "--json", *more).stdout)
        return found["space"], [movie["item_id"] for movie in found["similar"]]

    kind, product = listed(factors, "--space", "product")
    assert kind == "product"
    assert listed(turned, "--space", "product") == ("product", product)
    assert listed(turned, "--space", "raw")[1] != listed(factors, "--space", "raw")[1]
    assert listed(factors)[0] == "raw", "the run is the notebook's"
    run.write_record(msgspec.structs.replace(run.record(), config=run.record().config.with_changes({"preset": "best"})))
    assert listed(factors) == ("product", product)
