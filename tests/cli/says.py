"""Run a command as a person would, and see what it says."""

from typer.testing import CliRunner, Result

from mftui.cli.main import app


def mftui_says(*arguments: str) -> Result:
    """What `mftui ARGUMENTS` prints, and its exit code."""
    return CliRunner().invoke(app, arguments)
