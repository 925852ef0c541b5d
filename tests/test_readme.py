"""What the README tells people to type: its Python runs, and its commands exist with the options it gives them."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from mftui.cli.main import app

ROOT = Path(__file__).parents[1]


def blocks(language: str) -> list[str]:
    """The README's code in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)


COMMANDS = [
    command.strip()
    for block in blocks("sh")
    for line in block.splitlines()
    for command in line.partition(" #")[0].split(";")
    if command.strip().startswith("mftui ")
]


@pytest.mark.ml100k
@pytest.mark.parametrize("code", blocks("python"), ids=["python"])
def test_the_python_of_the_readme_runs(code: str, ml100k_home: Path) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Empire Strikes Back" in done.stdout


def test_there_are_commands_in_the_readme() -> None:
    assert len(COMMANDS) > 20


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_is_understood(command: str) -> None:
    _, *arguments = shlex.split(command)
    understood = typer.main.get_command(app).make_context("mftui", arguments)
    while isinstance(understood.command, typer.core.TyperGroup):
        name, inner, rest = understood.command.resolve_command(understood, understood._protected_args + understood.args)
        assert inner is not None
        understood = inner.make_context(name, rest, parent=understood)
