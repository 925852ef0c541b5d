"""`mftui data list|fetch|show`: the datasets that have a name, and what is in a dataset."""

import logging
import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from mftui.cli.output import Json, print_json, print_table, progress_bar, say

data = typer.Typer(help="List, fetch and describe datasets.", no_args_is_help=True)

_MOST_NAMED = 10
_COLUMNS_HELP = "Which column is which, by name or by number from 1, where the file doesn't tell."


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    app.add_typer(data, name="data")


@data.command("list")
def list_datasets(as_json: Json = False) -> None:
    """List the datasets that have a name."""
    from mftui.core.data.catalog import CATALOG, is_fetched

    if as_json:
        fields = ("name", "title", "users", "items", "ratings", "megabytes", "licence")
        print_json([{f: getattr(e, f) for f in fields} | {"fetched": is_fetched(e.name)} for e in CATALOG.values()])
        return
    rows = [
        (e.name, e.users, e.items, e.ratings, f"{e.megabytes:.1f} MB", "yes" if is_fetched(e.name) else "no")
        for e in CATALOG.values()
    ]
    print_table(("name", "users", "items", "ratings", "download", "fetched"), rows)


@data.command("fetch")
def fetch_dataset(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="A dataset's name; see mftui data list.")] = "ml-100k",
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
        ratings = load(name, progress)
    if as_json:
        print_json({"name": name, "ratings": len(ratings), "fingerprint": ratings.fingerprint})
    else:
        print(
            f"{entry.title} is ready: {ratings.n_users:,} users, {ratings.n_items:,} items, {len(ratings):,} ratings."
        )


@data.command("show")
def show(
    data: Annotated[str, typer.Argument(metavar="[NAME|PATH]", help="A dataset's name, or a path to ratings.")] = (
        "ml-100k"
    ),
    columns: Annotated[
        str, typer.Option("--columns", metavar="user=…,item=…,rating=…,timestamp=…", help=_COLUMNS_HELP)
    ] = "",
    as_json: Json = False,
) -> None:
    """Describe the ratings in a dataset."""
    from mftui.core.data import load, summary_of
    from mftui.core.data.statistics import summarize

    summary = summary_of(data, columns)
    if summary is None:
        _log_to_stderr()
        with progress_bar() as progress:
            ratings = load(data, progress, columns)
        summary = summary_of(data, columns) or summarize(ratings, data)
    if as_json:
        print_json(summary)
    else:
        _describe(summary)


def _describe(summary: Any) -> None:
    """Print a summary for people."""
    lowest, highest, step = summary.scale
    facts = [
        ("source", summary.source),
        ("users", f"{summary.users:,}"),
        ("items", f"{summary.items:,}"),
        ("ratings", f"{summary.ratings:,}"),
        ("matrix", f"{summary.cells:,} cells, {summary.filled:.2%} filled"),
        ("mean", f"{summary.mean:.4f} on {lowest:g} to {highest:g} in steps of {step:g}"),
    ]
    if summary.first is not None:
        facts.append(("period", f"{_day(summary.first)} to {_day(summary.last)}"))
    if summary.n_unrated_items:
        facts.append(("left out", f"{summary.n_unrated_items:,} items that nobody rated"))
    print_table((summary.name, ""), facts)
    print()
    print_table(("rating", "how many"), [(f"{value:g}", count) for value, count in summary.histogram])
    print()
    print_table(("most rated", "ratings"), summary.most_rated[:_MOST_NAMED])
    for note in summary.notes:
        say(f"Note: {note}")


def _day(seconds: int) -> str:
    """The date of a moment (UTC); the bare number where it is outside of what calendars know."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (OverflowError, ValueError, OSError):
        return str(seconds)


def _log_to_stderr() -> None:
    """Show what the core logs, such as mirrors that are passed over."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    for name in ("mftui.fetch", "mftui.data"):
        logging.getLogger(name).handlers = [handler]
