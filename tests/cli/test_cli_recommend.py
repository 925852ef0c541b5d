"""`mftui recommend`."""

import json
import signal
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from mftui.cli import recommend as commands
from mftui.core.data import load
from mftui.core.model import Factors
from mftui.core.model.tensors import write_tensors
from mftui.core.runs.options import Ials
from mftui.core.runs.rows import split_of
from tests.cli.conftest import finished_run
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


def test_of_a_user_it_says_why_and_how_well_the_model_reproduces_them(run, data):
    found = recommended("--user", "7", "-n", "5")
    train = split_of(run.record().config, data).train
    theirs = {str(data.item_ids[i]) for i in data.items[train[data.user_ids[data.users[train]] == 7]]}
    assert all(movie["because"] for movie in found["recommended"])
    assert {reason["item_id"] for movie in found["recommended"] for reason in movie["because"]} <= theirs
    assert all(movie["predicted_by_ratings"] == pytest.approx(4.5, abs=0.5) for movie in found["recommended"])
    assert [(one["part"], one["figure"]) for one in found["reproduced"]] == [("training", "RMSE"), ("test", "RMSE")]
    assert found["reproduced"][0]["n"] == found["rated"]
    said = mftui_says("recommend", "latest", "--user", "7").stdout
    assert "The model beside what they gave: RMSE 0." in said
    assert "by their ratings" in said
    assert "because of" in said


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


def test_of_movies_that_begin_alike_the_whole_title_names_one(run):
    """Movie 4 is the beginning of no more than itself, once its year is given."""
    said = mftui_says("recommend", "latest", "--rate", "Movie 4=5")
    assert (said.exit_code, said.stderr.count("Movie 4")) == (0, 0)
    found = recommended("--rate", "Movie 4, The (1964)=5", "--rate", "movie 40=4")
    assert [movie["item_id"] for movie in found["rated"]] == ["4", "40"]
    ambiguous = mftui_says("recommend", "latest", "--rate", "(196=5")
    assert (ambiguous.exit_code, "fits 10 titles" in ambiguous.stderr) == (1, True)
    assert "and 5 more" in ambiguous.stderr


@pytest.fixture
def sampled(run, data):
    """The same run with two samples of its items, which agree but for those of odd position."""
    factors = Factors.load(run.model)
    rows = np.concatenate([factors.item_bias[:, None], factors.item_factors], axis=1)
    off = (np.arange(data.n_items) % 2)[:, None] * [0.5, 0, 0]
    samples = {
        "mean": np.array(3.0), "noise_shape": np.array(np.inf),
        "item_rows": np.stack([rows + off, rows - off]), "item_noise": np.ones((2, len(rows))),
        "noise": np.full(2, 2.0), "user_mean": np.zeros((2, 3)), "user_precision": np.tile(np.eye(3), (2, 1, 1)),
        "attribute_basis": np.empty((0, 0)), "attribute_weights": np.empty((2, 0, 3)),
        "rated_basis": np.empty((len(rows), 0)), "rated_weights": np.empty((2, 0, 3)),
        "user_attributes": np.empty((data.n_users, 0)),
    }  # fmt: skip
    write_tensors(run.posterior, {name: array.astype(np.float32) for name, array in samples.items()})


@pytest.mark.usefixtures("sampled")
@pytest.mark.parametrize("person", [("--user", "7"), ("--rate", "movie 7=5")])
def test_a_model_that_knows_how_sure_it_is_says_its_order_and_can_be_asked_for_another(person):
    found = recommended(*person, "-n", "30")
    assert found["order"] == "cautious"
    bounds = [movie["predicted"] - movie["spread"] for movie in found["recommended"] if movie["predicted"] < 4.99]
    assert bounds == sorted(bounds, reverse=True)
    assert all(movie["spread"] < movie["deviation"] for movie in found["recommended"])
    plain = recommended(*person, "-n", "30", "--order", "mean")
    assert plain["order"] == "mean"
    predicted = [movie["predicted"] for movie in plain["recommended"]]
    assert predicted == sorted(predicted, reverse=True)
    assert [m["item_id"] for m in plain["recommended"]] != [m["item_id"] for m in found["recommended"]]
    words = "by the rating less one deviation of what the model doesn't know"
    assert words in mftui_says("recommend", "latest", *person).stdout
    assert words not in mftui_says("recommend", "latest", *person, "--order", "mean").stdout


def test_a_model_that_does_not_know_how_sure_it_is_orders_by_what_it_predicts(run):
    assert recommended("--user", "7")["order"] == "mean"


@pytest.fixture
def clicks(home, data, tmp_path):
    """A finished run of a model of the two tastes, learnt from who liked what."""
    liked = np.flatnonzero(data.values >= 4)
    pairs = zip(data.users[liked].tolist(), data.items[liked].tolist(), strict=True)
    rows = [f"{data.user_ids[user]},{data.item_ids[item]}" for user, item in pairs]
    (tmp_path / "clicks.csv").write_text("\n".join(["user_id,item_id", *rows]))
    chosen = load(str(tmp_path / "clicks.csv"))
    run = finished_run(chosen, tmp_path / "clicks.csv", solver=Ials())
    tastes = (ids[:, None].astype(int) % 2 == [0, 1] for ids in (chosen.user_ids, chosen.item_ids))
    users, items = (taste.astype(np.float32) for taste in tastes)
    factors = Factors.load(run.model)
    replace(factors, mean=0.0, user_factors=users, item_factors=items, kind="score").save(run.model)
    return run


@pytest.mark.usefixtures("clicks")
def test_where_there_are_clicks_a_dislike_lets_its_kind_sink_and_is_not_shown():
    both = ("--rate", "22=1", "--rate", "33=1", "--min-ratings", "1", "-n", "12")
    assert {int(movie["item_id"]) % 2 for movie in recommended(*both)["recommended"]} == {0, 1}
    found = recommended(*both, "--dislike", "35")
    assert {int(movie["item_id"]) % 2 for movie in found["recommended"]} == {0}
    assert [movie["item_id"] for movie in found["disliked"]] == ["35"]
    only = recommended("--dislike", "35", "--min-ratings", "1")["recommended"]
    assert {int(movie["item_id"]) % 2 for movie in only} == {0}
    assert "For you, by 3 ratings" in mftui_says("recommend", "latest", *both, "--dislike", "35").stdout


@pytest.mark.usefixtures("clicks")
def test_a_movie_is_disliked_once_and_not_liked_at_once():
    found = recommended("--dislike", "35", "--dislike", "35", "--min-ratings", "1")
    assert [movie["item_id"] for movie in found["disliked"]] == ["35"]
    assert found["recommended"] == recommended("--dislike", "35", "--min-ratings", "1")["recommended"]
    both = mftui_says("recommend", "latest", "--rate", "35=1", "--dislike", "35")
    assert (both.exit_code, "35 is liked and disliked at once." in both.stderr) == (2, True), both.stderr


@pytest.mark.usefixtures("clicks")
def test_where_there_are_clicks_it_is_said_which_rating_there_is():
    said = mftui_says("recommend", "latest", "--rate", "35=3")
    assert "has no rating of 1, as all of clicks." in said.stderr
    assert '--rate "Star Wars=1"' in said.stderr


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (("--dislike", "movie 7"), "has a scale from 1 to 5", 2),
        (("--user", "7", "--decade", "-10"), "greater than or equal to 0", 2),
        (("--user", "7", "--order", "boldly"), "Choose one of: cautious, mean", 2),
        ((), "either --user, --rate (or --dislike) or --all-users", 2),
        (("--user", "7", "--rate", "movie 7=5"), "either --user, --rate (or --dislike) or --all-users", 2),
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


def test_the_file_of_every_user_is_in_the_order_of_the_predictions_and_says_so(run, tmp_path):
    file = tmp_path / "recs.jsonl"
    said = mftui_says("recommend", "latest", "--all-users", "-k", "5", "-o", str(file), "--json")
    assert json.loads(said.stdout) == {"file": str(file), "users": 60, "order": "mean"}
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    theirs = [row["predicted"] for row in rows if row["user_id"] == "7"]
    assert len(theirs) == 5
    assert theirs == sorted(theirs, reverse=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "cancelled by the app"])
def test_an_interrupted_file_is_not_there_and_an_old_one_stays(run, tmp_path, monkeypatch, number):
    old = tmp_path / "recs.csv"
    old.write_text("old")
    told = []

    @contextmanager
    def interrupted():
        def progress(words, fraction):
            told.append(fraction)
            if fraction is not None and words == "recommending":
                signal.raise_signal(number)

        yield progress

    monkeypatch.setattr(commands, "progress_bar", interrupted)
    said = mftui_says("recommend", "latest", "--all-users", "-o", str(old))
    assert (said.exit_code, told[-1]) == (130, 1.0)
    assert old.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir() if "recs" in file.name] == ["recs.csv"]
