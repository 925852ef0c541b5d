"""`mftui recommend`."""

import json
from dataclasses import replace

import pytest

from mftui.core.model import Factors
from mftui.core.runs.rows import split_of
from tests.cli.says import mftui_says


def recommended(*arguments: str) -> dict:
    said = mftui_says("recommend", "latest", *arguments, "--json")
    assert said.exit_code == 0, said.stderr
    return json.loads(said.stdout)


def test_a_user_is_shown_their_own_kind_and_nothing_they_have_rated(run, data):
    found = recommended("--user", "7", "-n", "5")
    train = split_of(run.record().config, data).train
    seen = {str(data.item_ids[i]) for i in data.items[train[data.user_ids[data.users[train]] == 7]]}
    shown = [movie["item_id"] for movie in found["recommended"]]
    assert len(shown) == 5
    assert all(int(item) % 2 for item in shown)
    assert not seen & set(shown)
    assert found["rated"] == len(seen)
    assert all(movie["training_ratings"] > 0 for movie in found["recommended"])
    assert all(movie["predicted"] == pytest.approx(4.5, abs=0.2) for movie in found["recommended"])


def test_test_ratings_of_a_user_stand_beside_what_was_predicted(run, data):
    found = recommended("--user", "7", "-n", "40")
    test = split_of(run.record().config, data).test
    own = test[data.user_ids[data.users[test]] == 7]
    gave = {str(data.item_ids[data.items[row]]): float(data.values[row]) for row in own}
    told = {m["item_id"]: m["test_rating"] for m in found["recommended"] if m["test_rating"] is not None}
    assert told
    assert told.items() <= gave.items()
    assert "test rating" in mftui_says("recommend", "latest", "--user", "7").stdout


def test_ratings_of_your_own_bring_their_kind_with_a_reason(run):
    found = recommended("--rate", "movie 7=5", "--rate", "Movie 8, The (1968)=1", "-n", "5")
    assert [(movie["item_id"], movie["rating"]) for movie in found["rated"]] == [("7", 5.0), ("8", 1.0)]
    assert all(int(movie["item_id"]) % 2 for movie in found["recommended"])
    assert {reason["item_id"] for movie in found["recommended"] for reason in movie["because"]} <= {"7", "8"}
    said = mftui_says("recommend", "latest", "--rate", "movie 7=5").stdout
    assert said.startswith("For you, by 1 rating, ")
    assert "Movie 7, The (1967) +" in said


def test_a_movie_never_trained_on_is_not_recommended_and_said_to_tell_nothing(run, data):
    last = str(data.item_ids[-1])
    title = str(data.titles[-1])
    for user in ("7", "8"):
        assert last not in {movie["item_id"] for movie in recommended("--user", user, "-n", "40")["recommended"]}
    said = mftui_says("recommend", "latest", "--rate", f"{title}=5")
    assert said.exit_code == 0
    assert "the model never trained on it" in said.stderr


def test_a_model_that_only_ranks_says_score(run):
    replace(Factors.load(run.model), kind="score").save(run.model)
    table = mftui_says("recommend", "latest", "--user", "7").stdout
    assert "score" in table
    assert "predicted rating" not in table
    assert recommended("--rate", "movie 7=5")["kind"] == "score"


def test_an_ambiguous_title_lists_its_candidates(run):
    said = mftui_says("recommend", "latest", "--rate", "movie=5")
    assert said.exit_code == 1
    assert "fits 40 titles" in said.stderr
    assert "Say which: Movie" in said.stderr


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        ((), "either --user, --rate or --all-users", 2),
        (("--user", "7", "--rate", "movie 7=5"), "either --user, --rate or --all-users", 2),
        (("--rate", "movie 7"), "no rating from 1 to 5", 2),
        (("--rate", "movie 7=9"), "no rating from 1 to 5", 2),
        (("--rate", "=3"), "no rating from 1 to 5", 2),
        (("--user", "nobody"), "has no user 'nobody'", 1),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(run, arguments, words, code):
    said = mftui_says("recommend", "latest", *arguments)
    assert (said.exit_code, words in said.stderr) == (code, True), said.stderr
    assert "Traceback" not in said.stderr


def test_filters_hold_and_what_leaves_nothing_is_said(run):
    found = recommended("--user", "7", "--genre", "romance", "--decade", "1970", "--min-ratings", "1", "-n", "40")
    assert found["recommended"]
    assert all(int(movie["item_id"]) % 2 for movie in found["recommended"])
    assert all(1970 <= int(movie["title"][-5:-1]) <= 1979 for movie in found["recommended"])
    said = mftui_says("recommend", "latest", "--user", "7", "--min-ratings", "9999")
    assert (said.exit_code, "No movie is left" in said.stderr) == (0, True)
    said = mftui_says("recommend", "latest", "--user", "7", "--genre", "Western")
    assert (said.exit_code, "Choose one of: Action, Drama" in said.stderr) == (2, True)


def test_a_list_can_be_made_more_varied(run):
    plain, varied = (
        [movie["item_id"] for movie in recommended("--user", "7", "--diversity", d, "-n", "8")["recommended"]]
        for d in ("0", "0.9")
    )
    assert plain[0] == varied[0]
    assert plain != varied


def test_every_user_goes_into_a_file(run, tmp_path):
    said = mftui_says("recommend", "latest", "--all-users", "-k", "3", "-o", str(tmp_path / "recs.csv"))
    assert said.exit_code == 0, said.stderr
    assert "60 users" in said.stdout
    assert len((tmp_path / "recs.csv").read_text().splitlines()) == 1 + 60 * 3
    assert "go together" in mftui_says("recommend", "latest", "--all-users").stderr
