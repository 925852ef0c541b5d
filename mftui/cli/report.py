"""A run's evaluation as a file to send to somebody: `report`."""

import getpass
import os
import shlex
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from mftui.cli.output import Json, RunName, print_json, say
from mftui.cli.reports import evaluation_of
from mftui.core.errors import MftuiError, SettingError

if TYPE_CHECKING:
    from mftui.core.evaluation.report import Evaluation

    _Write = Callable[[Evaluation, str, str], bytes]
    """Makes a file's content of an evaluation, what the run is called, and the command that repeats it."""


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(report)


def report(
    run: RunName,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Where to write it: .html, .json, or .csv (tables, in a .csv.zip)."),
    ] = None,
    json: Json = False,
) -> None:
    """Write how good a run's model is: one HTML page that needs nothing from outside itself, JSON, or CSV tables."""
    from mftui.core.documents import landing
    from mftui.core.runs.directory import find

    found = find(run)
    path, write = _form((output or Path(f"{found.full_name}.html")).absolute())
    written = write(evaluation_of(found), found.note().name or found.full_name, found.record().command)
    try:
        with landing(path) as partial:
            partial.write_bytes(written)
    except OSError as error:
        raise MftuiError(f"{path} can't be written: {error.strerror}.", "Choose another place with -o.") from error
    if json:
        print_json({"run": found.name, "path": str(path)})
        return
    print(path)
    if os.environ.get("SSH_CONNECTION"):
        place = f"{getpass.getuser()}@{socket.gethostname()}:{path}"
        say(f"Fetch it with: scp {shlex.quote(place)} .")


def _form(path: Path) -> "tuple[Path, _Write]":
    """What the suffix asks for, and the file: tables are several, so that `report.csv` becomes `report.csv.zip`.

    Raises:
        SettingError: nothing is written with this suffix.
    """
    match path.suffix.lower():
        case ".html" | ".htm":
            return path, _html
        case ".json":
            return path, _json
        case ".csv":
            return path.with_name(f"{path.name}.zip"), _zip
        case ".zip":
            return path, _zip
    raise SettingError(
        "output",
        f"A report can't be written as {path.name!r}: its suffix says no format.",
        "Choose .html, .json, or .csv for tables in a .csv.zip.",
    )


def _html(evaluation: "Evaluation", name: str, command: str) -> bytes:
    from mftui.core.evaluation.page import page

    return page(evaluation, name, command).encode()


def _json(evaluation: "Evaluation", name: str, command: str) -> bytes:
    document = {"run": name, "command": command, **msgspec.to_builtins(evaluation)}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _zip(evaluation: "Evaluation", name: str, command: str) -> bytes:
    from mftui.core.evaluation.tables import zipped

    return zipped(evaluation, name, command)
