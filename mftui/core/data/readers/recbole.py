"""RecBole's atomic files: `.inter` with typed headings (`user_id:token`), `.item` and `.user` beside it."""

import posixpath
import re

from mftui.core.data.ratings import Ratings
from mftui.core.data.readers.assemble import assemble, year_of
from mftui.core.data.readers.layout import Layout
from mftui.core.data.readers.sources import Source
from mftui.core.data.readers.tables import columns_of, read_rows, read_text
from mftui.core.errors import DataError

NAME = "RecBole (.inter)"

_HEADING = re.compile(r"[^\t:]+:(token|float)(_seq)?$")
_NOT_KNOWN = "unkonwn"
"""RecBole's own spelling of a title or year that MovieLens calls unknown."""
_TITLES = ("movie_title", "title", "name", "item_name")
_YEARS = ("release_year", "year")
_GENRES = ("class", "genre", "genres", "categories")


def find(source: Source) -> list[str]:
    """The `.inter` files, or the single file that was given where its headings are typed."""
    candidates = source.members if len(source.members) == 1 else [m for m in source.members if m.endswith(".inter")]
    return [member for member in candidates if _headings(source, member)]


def read(source: Source, member: str, name: str) -> Ratings:
    """The ratings, with items and users where their files are there.

    Raises:
        DataError: a user, an item or a rating column is missing.
    """
    headings = _headings(source, member)
    for needed in ("user_id", "item_id", "rating"):
        if needed not in headings:
            raise DataError(f"{source.where(member)} has no column {needed}; it has {', '.join(headings)}.")
    user, item, rating = map(headings.index, ("user_id", "item_id", "rating"))
    timestamp = headings.index("timestamp") if "timestamp" in headings else None
    rows = read_rows(source, member, Layout("\t", user, item, rating, timestamp, header_lines=1))
    return assemble(name, rows, users=_users(source, member), items=_items(source, member))


def _headings(source: Source, member: str) -> list[str]:
    """The names of the columns without their types; none where they are not RecBole's."""
    headings = source.first_line(member).split("\t")
    return [heading.partition(":")[0] for heading in headings] if all(map(_HEADING.match, headings)) else []


def _items(source: Source, member: str) -> dict[str, list[str]] | None:
    if (columns := _companion(source, member, "item")) is None:
        return None
    years = _first(columns, _YEARS)
    items = {"id": columns["item_id"]}
    if titles := _first(columns, _TITLES):
        items["title"] = [_title(*pair) for pair in zip(titles, years or [""] * len(titles), strict=True)]
        items["year"] = [str(_year(*pair)) for pair in zip(items["title"], years or titles, strict=True)]
    if genres := _first(columns, _GENRES):
        items["genres"] = ["|".join(of_item.split()) for of_item in genres]
    return items


def _users(source: Source, member: str) -> dict[str, list[str]] | None:
    columns = _companion(source, member, "user")
    return columns and {name.removesuffix("user_") if name != "user_id" else "id": c for name, c in columns.items()}


def _companion(source: Source, member: str, kind: str) -> dict[str, list[str]] | None:
    """The columns of the `.item` or `.user` file; None where there is none that says whom it is about."""
    other = source.beside(member, f"{posixpath.basename(member).removesuffix('.inter')}.{kind}")
    if other is None or f"{kind}_id" not in (headings := _headings(source, other)):
        return None
    return columns_of((line.split("\t") for line in read_text(source, other)[1:]), headings)


def _title(title: str, year: str) -> str:
    """The title as MovieLens has it, from which RecBole cut the last parenthesis."""
    title = "unknown" if title == _NOT_KNOWN else title
    return f"{title} ({year})" if year and year != _NOT_KNOWN and not title.endswith(f"({year})") else title


def _year(title: str, year: str) -> int:
    return int(year) if year.isdecimal() and len(year) == 4 else year_of(title)


def _first(columns: dict[str, list[str]], names: tuple[str, ...]) -> list[str] | None:
    return next((columns[name] for name in names if name in columns), None)
