"""A run's factors for other programs: `export`."""

from pathlib import Path
from typing import Annotated

import typer

from mftui.cli.output import Json, RunName, print_json, progress_bar
from mftui.core.text import clean


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(export)


def export(
    run: RunName,
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder that the files go to.")],
    form: Annotated[
        str, typer.Option("--format", metavar="npz|parquet|csv|projector", help="What other program will read it.")
    ] = "parquet",
    json: Json = False,
) -> None:
    """Write what a run learnt: the factors and biases of users and movies, with ids, titles and clusters."""
    from mftui.core.export import export as write
    from mftui.core.runs.directory import find

    with progress_bar() as progress:
        files = write(find(run), form, output, progress)
    if json:
        print_json({"files": [str(file) for file in files]})
    else:
        print("\n".join(clean(str(file)) for file in files))
