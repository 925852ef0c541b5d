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


KEYS = {
    ("runs",): {
        "run", "path", "name", "state", "waits_for", "data", "preset", "epoch", "epochs", "parts_done", "parts",
        "trials_done", "test_rmse", "test_rmse_deviation", "created",
    },
    ("doctor",): {"versions", "paths", "devices", "free", "warnings"},
    ("evaluate", "latest"): {"protocol", "ratings", "known", "baselines", "ranking"},
    ("clusters", "latest"): {"k", "seed", "clusters", "untrained"},
    ("presets",): {"preset", "summary"},
}  # fmt: skip
"""What scripts rely on: more may come, none of these may go."""


@pytest.mark.parametrize("command", KEYS, ids=" ".join)
def test_the_json_of_a_command_keeps_the_keys_that_scripts_rely_on(run, command):
    said = mftui_says(*command, "--json")
    found = json.loads(said.stdout)
    assert said.exit_code == 0
    assert set(found[0] if isinstance(found, list) else found) >= KEYS[command]


def test_a_table_without_headings_begins_with_its_first_row(capsys):
    from mftui.cli.output import print_table

    print_table(("", ""), [("a", 1)])
    assert capsys.readouterr().out == "a  1\n"


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
