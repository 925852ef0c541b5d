"""`mftui data`: what it prints where, and its exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner
from wcwidth import wcwidth

from mftui.cli.main import app
from mftui.core.text import clean
from tests.hostile import HOSTILE as HOSTILES
from tests.hostile import speaks

pytestmark = pytest.mark.usefixtures("home")


def test_the_list_says_what_there_is_and_that_nothing_is_fetched() -> None:
    listed = json.loads(CliRunner().invoke(app, ["data", "list", "--json"]).stdout)
    assert listed[0]["name"] == "ml-100k"
    assert not any(entry["fetched"] for entry in listed)
    assert all("GroupLens" in entry["licence"] for entry in listed)


def test_show_describes_a_path_twice_the_same(ratings_folder: Path, ratings) -> None:
    first, again = (CliRunner().invoke(app, ["data", "show", str(ratings_folder), "--json"]) for _ in range(2))
    assert first.exit_code == 0
    assert json.loads(first.stdout) == json.loads(again.stdout)
    assert json.loads(first.stdout)["ratings"] == len(ratings)


def test_the_app_is_told_figures_while_the_others_are_counted(
    ratings_folder: Path, ratings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MFTUI_PROGRESS", "json")
    lines = CliRunner().invoke(app, ["data", "show", str(ratings_folder), "--json"]).stdout.splitlines()
    news = [json.loads(line) for line in lines if line.startswith('{"doing"')]
    assert news[0] == {"doing": "reading planted", "fraction": None}
    assert {"doing": "reading planted", "fraction": 1.0} in news
    told = [each["figures"] for each in news if "figures" in each]
    assert [each["ratings"] for each in told] == [len(ratings)] * len(told)
    assert told[0]["per_user"] is None
    assert told[-1]["best_rated"]
    document = json.loads("\n".join(line for line in lines if not line.startswith('{"doing"')))
    assert document["best_rated"] == told[-1]["best_rated"]


def test_show_prints_figures_for_people(ratings_folder: Path) -> None:
    printed = CliRunner().invoke(app, ["data", "show", str(ratings_folder)]).stdout
    assert "2,400 cells" in printed
    assert "on 1 to 5 in steps of 1" in printed
    for said in ("new users", "a month over", "rated together", "Gini", "best rated", "Action"):
        assert said in printed


@pytest.mark.parametrize("command", [["show", "nowhere.csv"], ["fetch", "ml-7"]])
def test_what_is_not_there_ends_in_a_sentence_and_exit_code_one(command: list[str]) -> None:
    result = CliRunner().invoke(app, ["data", *command])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: There is no dataset")


def test_show_takes_columns_and_says_what_it_took_them_for(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("who,what,stars\na,b,4\nc,d,2\n")
    refused = CliRunner().invoke(app, ["data", "show", str(tmp_path / "x.csv")])
    assert refused.exit_code == 1
    assert "it has who, what, stars" in refused.stderr
    shown = CliRunner().invoke(app, ["data", "show", str(tmp_path / "x.csv"), "--columns", "user=who,item=what"])
    assert shown.exit_code == 0
    assert "Read as columns between commas: user = who, item = what, rating = stars." in shown.stderr
    assert CliRunner().invoke(app, ["data", "show", str(tmp_path / "x.csv"), "--columns", "who"]).exit_code == 2
    named = CliRunner().invoke(app, ["data", "show", "ml-100k", "--columns", "user=1"])
    assert (named.exit_code, "The columns of ml-100k are known." in named.stderr) == (2, True)


SEPARATING = "\t\n\r"
HOSTILE = "\x1b]0;owned\x07\x1b[31m[bold]evil[/]\u202e\u200b\x9b2J"


def test_hostile_ids_and_column_names_are_shown_as_text(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(f"user,item,rating {HOSTILE},rating\n{HOSTILE},{HOSTILE},9,4\n{HOSTILE}2,i,8,2\n")
    for command in (["--json"], [], ["--columns", "rating=3"], ["--columns", f"rating={HOSTILE}"]):
        result = CliRunner().invoke(app, ["data", "show", str(tmp_path / "x.csv"), *command])
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u200b"}.intersection(result.output)
        assert "evil" in result.output


def test_hostile_titles_are_as_wide_in_a_table_as_they_look_and_the_same_in_json(tmp_path: Path) -> None:
    rows = "".join(
        f"u{user}\t{item}\t{title.translate(dict.fromkeys(map(ord, SEPARATING), ' '))}\t{user % 5 + 1}\n"
        for item, title in enumerate(HOSTILES)
        for user in range(item + 2)
    )
    (tmp_path / "x.tsv").write_text(f"user\titem\ttitle\trating\n{rows}", "utf-8")
    shown = CliRunner().invoke(app, ["data", "show", str(tmp_path / "x.tsv")])
    assert not speaks(shown.output.replace("\n", ""))
    table = shown.stdout.partition("most rated")[2].partition("\n\n")[0].splitlines()[1:]
    assert len(table) == 10
    assert len({sum(map(wcwidth, line)) for line in table}) == 1
    told = CliRunner().invoke(app, ["data", "show", str(tmp_path / "x.tsv"), "--json"]).stdout
    assert not speaks(told.replace("\n", ""))
    titles = [title for title, _ in json.loads(told)["most_rated"]]
    assert titles == [clean(title) for title in reversed(HOSTILES)][:10]
    assert {clean(title) for title in titles} == set(titles)


def test_made_up_ratings_are_written_converted_and_the_same(tmp_path: Path) -> None:
    size = ["--users", "50", "--items", "40", "--ratings", "600", "--seed", "3", "--json"]
    made = CliRunner().invoke(app, ["data", "synth", "-o", str(tmp_path / "x.csv"), *size])
    assert made.exit_code == 0
    turned = CliRunner().invoke(app, ["data", "convert", str(tmp_path / "x.csv"), "-o", str(tmp_path / "r"), "--json"])
    assert json.loads(turned.stdout)["fingerprint"] == json.loads(made.stdout)["fingerprint"]
    shown = json.loads(CliRunner().invoke(app, ["data", "show", str(tmp_path / "r"), "--json"]).stdout)
    assert (shown["users"], shown["items"], shown["ratings"]) == (50, 40, 600)
    again = CliRunner().invoke(app, ["data", "synth", "-o", str(tmp_path / "x.csv"), *size])
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)
    few = CliRunner().invoke(app, ["data", "synth", "-o", str(tmp_path / "y"), "--users", "50", "--ratings", "10"])
    assert few.exit_code == 2


def test_show_and_convert_take_a_part(ratings_folder: Path, tmp_path: Path) -> None:
    part = str(tmp_path / "part.csv")
    asked = ["--sample", "0.5", "--min-user", "10", "--min-item", "10"]
    shown = json.loads(CliRunner().invoke(app, ["data", "show", str(ratings_folder), *asked, "--json"]).stdout)
    assert shown["name"].endswith("(0.5 of the users, 10-core)")
    assert shown["per_user"]["fewest"] >= 10
    assert shown["users"] <= 30
    CliRunner().invoke(app, ["data", "convert", str(ratings_folder), *asked, "-o", part])
    written = json.loads(CliRunner().invoke(app, ["data", "show", part, "--json"]).stdout)
    assert (written["users"], written["ratings"]) == (shown["users"], shown["ratings"])
