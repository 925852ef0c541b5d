"""What a shell sees of the commands: their help at 80 columns, and what it completes."""

import os
import subprocess
import sys

import pytest
import typer

from mftui.cli.main import app
from mftui.core.runs.config import Config
from mftui.core.runs.directory import create
from tests.cli.says import mftui_says


def commands() -> list[tuple[str, ...]]:
    root = typer.main.get_command(app)
    subcommands = [("data", name) for name in root.commands["data"].commands]
    return [(name,) for name in root.commands] + subcommands


@pytest.fixture(autouse=True)
def columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_all_commands_are_listed_with_a_whole_phrase_for_each() -> None:
    lines = mftui_says("--help").stdout.splitlines()
    lines = lines[lines.index("Commands:") + 1 :]
    assert not any(line.endswith("...") for line in lines)
    assert [line.split()[0] for line in lines if line[2] != " "] == list(typer.main.get_command(app).commands)


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_the_help_of_a_command_explains_every_option_within_80_columns(command: tuple[str, ...]) -> None:
    said = mftui_says(*command, "--help")
    assert said.exit_code == 0
    assert all(len(line) <= 80 for line in said.stdout.splitlines())
    found = typer.main.get_command(app)
    for name in command:
        found = found.commands[name]
    assert len(found.help) > 20
    assert [parameter.name for parameter in found.params if not getattr(parameter, "help", None)] == []


def completed(words: str) -> list[str]:
    """What bash is told that this line can go on with."""
    environment = {
        "_MFTUI_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv = ['mftui']; from mftui.__main__ import main; main()"],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split()


def test_commands_runs_and_presets_are_completed(home: object) -> None:
    run = create(Config())
    assert completed("mftui ru") == ["runs"]
    assert completed("mftui watch ml") == [run.name]
    assert completed("mftui compare latest ml") == [run.name]
    assert completed("mftui train ml-100k --preset no") == ["notebook"]
