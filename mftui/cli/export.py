"""A run's factors for other programs: `export`."""

from pathlib import Path
from typing import Annotated

import typer

from mftui.cli.output import Json, RunName, print_json, progress_bar
from mftui.core.errors import SettingError
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
    k: Annotated[int | None, typer.Option("-k", min=1, help="Write other clusters, so many of them, made now.")] = None,
    weighted: Annotated[
        bool, typer.Option("--weighted", help="With -k: count each movie as often as it was rated in training.")
    ] = False,
    json: Json = False,
) -> None:
    """Write what a run learnt: the factors and biases of users and movies, with ids, titles and clusters."""
    from mftui.core.export import export as write
    from mftui.core.runs.directory import find

    if weighted and k is None:
        raise SettingError("weighted", "--weighted says how to cluster, but not into how many.", "Add -k 10.")
    with progress_bar() as progress:
        files = write(find(run), form, output, progress, k, weighted)
    if json:
        print_json({"files": [str(file) for file in files]})
    else:
        print("\n".join(clean(str(file)) for file in files))
