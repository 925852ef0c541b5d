"""A run's evaluation as a page to send to somebody: `report`."""

import getpass
import os
import shlex
import socket
from pathlib import Path
from typing import Annotated

import typer

from mftui.cli.output import Json, RunName, print_json, say
from mftui.cli.reports import evaluation_of
from mftui.core.errors import MftuiError


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(report)


def report(
    run: RunName,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write it; else RUN.html here.")
    ] = None,
    json: Json = False,
) -> None:
    """Write how good a run's model is as one HTML page, charts included, that needs nothing from outside itself."""
    from mftui.core.documents import write_text
    from mftui.core.evaluation.page import page
    from mftui.core.runs.directory import find

    found = find(run)
    path = (output or Path(f"{found.name}.html")).absolute()
    written = page(evaluation_of(found), found.note().name or found.name)
    try:
        write_text(path, written)
    except OSError as error:
        raise MftuiError(f"{path} can't be written: {error.strerror}.", "Choose another place with -o.") from error
    if json:
        print_json({"run": found.name, "path": str(path)})
        return
    print(path)
    if os.environ.get("SSH_CONNECTION"):
        place = f"{getpass.getuser()}@{socket.gethostname()}:{path}"
        say(f"Fetch it with: scp {shlex.quote(place)} .")
