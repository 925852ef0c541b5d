"""What every command stands on: output, exit codes, errors."""

import json

import pytest

import mftui
from tests.cli.says import mftui_says


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


def test_escape_sequences_in_titles_reach_nobody(capsys):
    from mftui.cli.output import print_json, print_table

    print_table(["title"], [["\x1b[2Jgone\x9b31m"]])
    table = capsys.readouterr().out
    print_json({"title": "\x1b[2J \x9b \u202e"})
    printed = capsys.readouterr().out
    assert not set(table + printed) & {"\x1b", "\x9b", "\u202e"}
    assert json.loads(printed)["title"] == "\x1b[2J \x9b \u202e"


def test_the_version_is_printed():
    said = mftui_says("--version")
    assert (said.exit_code, said.stdout) == (0, f"mftui {mftui.__version__}\n")


def test_progress_goes_to_the_app_as_lines_of_json_that_bring_news(capsys, monkeypatch):
    from mftui.cli.output import progress_bar

    monkeypatch.setenv("MFTUI_PROGRESS", "json")
    with progress_bar() as progress:
        for fraction in (None, 0.5, 0.501, 0.51):
            progress("ranking", fraction)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [{"doing": "ranking", "fraction": fraction} for fraction in (None, 0.5, 0.51)]
