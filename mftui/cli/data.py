"""`mftui data list|fetch|show|convert|synth`: the datasets that have a name, what is in a dataset, and new ones."""

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mftui.cli.listed import Listed
from mftui.cli.output import Json, print_json, print_json_line, print_table, progress_bar, say, tells_the_app
from mftui.cli.summary_text import describe
from mftui.core.data.roles import FORM
from mftui.core.errors import SettingError
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.data.summary import Summary

data = typer.Typer(cls=Listed, help="List, fetch and describe datasets.", no_args_is_help=True)

Columns = Annotated[
    str,
    typer.Option(
        metavar=FORM,
        help="Which column is which, by name or by number from 1, where the file doesn't tell.",
    ),
]
Sample = Annotated[float, typer.Option(min=0, max=1, help="Take this share of the users only, with all their ratings.")]
MinUser = Annotated[int, typer.Option(min=0, help="Leave out users with fewer ratings than this.")]
MinItem = Annotated[int, typer.Option(min=0, help="Leave out items with fewer ratings than this.")]
Output = Annotated[
    Path, typer.Option("-o", "--output", help="A folder for RecBole's files, or a file ending in .parquet or .csv.")
]


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    app.add_typer(data, name="data")


@data.command("list")
def list_datasets(as_json: Json = False) -> None:
    """List the datasets that have a name."""
    from mftui.core.data.catalog import CATALOG, is_fetched

    if as_json:
        fields = ("name", "title", "users", "items", "ratings", "megabytes", "licence", "terms")
        print_json([{f: getattr(e, f) for f in fields} | {"fetched": is_fetched(e.name)} for e in CATALOG.values()])
        return
    rows = [
        (e.name, e.users, e.items, e.ratings, f"{e.megabytes:.1f} MB", e.terms, "yes" if is_fetched(e.name) else "no")
        for e in CATALOG.values()
    ]
    print_table(("name", "users", "items", "ratings", "download", "licence", "fetched"), rows)


@data.command("fetch")
def fetch_dataset(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A dataset's name; see mftui data list.")] = "ml-100k",
    as_json: Json = False,
) -> None:
    """Fetch a named dataset into the cache, and make it ready to open."""
    from mftui.core.data import load
    from mftui.core.data.catalog import CATALOG
    from mftui.core.errors import DataError

    if (entry := CATALOG.get(name)) is None:
        raise DataError(f"There is no dataset called {name}.", f"Choose one of: {', '.join(CATALOG)}.")
    say(f"{entry.title}, {entry.megabytes:.1f} MB. {entry.licence}")
    _log_to_stderr()
    with progress_bar() as progress:
        ratings = load(name, progress, figures=_tell_figures)
    if as_json:
        print_json({"name": name, "ratings": len(ratings), "fingerprint": ratings.fingerprint})
    else:
        print(
            f"{entry.title} is ready: {ratings.n_users:,} users, {ratings.n_items:,} items, {len(ratings):,} ratings."
        )


@data.command("show")
def show(
    data: Annotated[str, typer.Argument(metavar="NAME|PATH", help="A dataset's name, or a path to ratings.")] = (
        "ml-100k"
    ),
    columns: Columns = "",
    sample: Sample = 1.0,
    min_user: MinUser = 0,
    min_item: MinItem = 0,
    as_json: Json = False,
) -> None:
    """Describe the ratings in a dataset, or what is taken of them."""
    from mftui.core.data import load, summary_of
    from mftui.core.data.statistics import summarize

    is_whole = sample == 1 and max(min_user, min_item) <= 1
    summary = summary_of(data, columns) if is_whole else None
    if summary is None and is_whole:
        _log_to_stderr()
        with progress_bar() as progress:
            ratings = load(data, progress, columns, _tell_figures)
        summary = summary_of(data, columns) or summarize(ratings, data)
    if summary is None:
        summary = summarize(_loaded(data, columns, sample, min_user, min_item), data)
    if as_json:
        print_json(summary)
    else:
        describe(summary)


@data.command("convert")
def convert(
    data: Annotated[str, typer.Argument(metavar="NAME|PATH", help="A dataset's name, or a path to ratings.")],
    output: Output,
    columns: Columns = "",
    sample: Sample = 1.0,
    min_user: MinUser = 0,
    min_item: MinItem = 0,
    as_json: Json = False,
) -> None:
    """Write a dataset, or what is taken of it, in another form."""
    _write(_loaded(data, columns, sample, min_user, min_item), output, as_json)


@data.command("synth")
def synth(
    output: Output,
    users: Annotated[int, typer.Option(min=1, max=10**8, help="How many users.")] = 10_000,
    items: Annotated[int, typer.Option(min=1, max=10**8, help="How many items.")] = 5_000,
    ratings: Annotated[int, typer.Option(min=1, max=10**9, help="How many ratings.")] = 1_000_000,
    rank: Annotated[int, typer.Option(min=1, max=1024, help="Factors behind the ratings.")] = 16,
    noise: Annotated[float, typer.Option(min=0, max=100, help="What no model can explain, in stars.")] = 0.75,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="The same seed makes the same ratings.")] = 0,
    as_json: Json = False,
) -> None:
    """Make up ratings with a structure that is known, from half a star to five."""
    from mftui.core.data.synthetic import synthesize

    try:
        made = synthesize(users, items, ratings, rank=rank, noise=noise, seed=seed)
    except ValueError as error:
        raise SettingError("ratings", str(error), "Each needs one, and at most half of all pairs can be had.") from None
    _write(made, output, as_json)


def _loaded(data: str, columns: str, sample: float, min_user: int, min_item: int) -> Any:
    """The ratings, or what is to be taken of them."""
    from mftui.core.runs.config import Config
    from mftui.core.runs.rows import loaded

    asked = {"data": data, "columns": columns, "sample": sample, "min_user": min_user, "min_item": min_item}
    config = Config().with_changes(asked)
    _log_to_stderr()
    with progress_bar() as progress:
        return loaded(config, progress)


def _tell_figures(summary: "Summary") -> None:
    """Tell the app, if it has started this command, what is known so far."""
    if tells_the_app():
        print_json_line({"doing": f"counting {summary.ratings:,} ratings", "fraction": None, "figures": summary})


def _write(ratings: Any, output: Path, as_json: bool) -> None:
    """Write the ratings and say what was made."""
    from mftui.core.data.writing import write

    files = [str(file) for file in write(ratings, output)]
    if as_json:
        print_json({"files": files, "ratings": len(ratings), "fingerprint": ratings.fingerprint})
    else:
        print(f"{len(ratings):,} ratings were written: {', '.join(map(clean, files))}")


def _log_to_stderr() -> None:
    """Show what the core logs, such as mirrors that are passed over."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    for name in ("mftui.fetch", "mftui.data"):
        logging.getLogger(name).handlers = [handler]
