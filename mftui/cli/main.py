"""The command line: one module per group of commands, and one place where every failure becomes a sentence."""

import errno
import sys
from importlib import import_module
from typing import Annotated, Any

import typer

from mftui import __version__
from mftui.cli.listed import Listed
from mftui.cli.output import FAILED, say, tell_error
from mftui.core.errors import MftuiError

_GROUPS = (
    "data", "train", "tune", "presets", "runs", "evaluate", "compare", "report", "clusters", "similar", "recommend",
    "export", "notebook", "doctor",
)  # fmt: skip


class Commands(Listed):
    """All commands; what they raise ends as one sentence and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except MftuiError as error:
            raise typer.Exit(tell_error(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE or not error.strerror:
                raise
            say(f"Error: {f'{error.filename}: ' if error.filename else ''}{error.strerror}.")
            raise typer.Exit(FAILED) from error


app = typer.Typer(
    name="mftui",
    cls=Commands,
    help="A terminal workbench for matrix-factorization recommenders. With no arguments, opens the app.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"mftui {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command("open")
def open_app(
    path: Annotated[
        str, typer.Argument(metavar="PATH|NAME", help="A path to ratings, a dataset's name, or a run's name or path.")
    ] = "",
) -> None:
    """Open the app, on a dataset or a run if one is given."""
    from mftui.app import run

    raise typer.Exit(run(path or None))


for _group in _GROUPS:
    import_module(f"mftui.cli.{_group}").register(app)


def main() -> None:
    """Run the command line on `sys.argv`."""
    for stream in (sys.stdout, sys.stderr):
        # A title must not end a command because the terminal's encoding lacks a letter.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    app()
