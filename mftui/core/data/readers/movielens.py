"""MovieLens after 100K: `ratings.dat` and `movies.dat` (1M, 10M), `ratings.csv` and `movies.csv` (20M and later)."""

import csv
import posixpath
import re
from dataclasses import replace

from mftui.core.data.ratings import Ratings
from mftui.core.data.readers.assemble import assemble, year_of
from mftui.core.data.readers.columns import are_dates
from mftui.core.data.readers.layout import Layout
from mftui.core.data.readers.sources import Source
from mftui.core.data.readers.tables import columns_of, read_rows, read_text
from mftui.core.errors import DataError

NAME = "MovieLens 1M to 32M (ratings.dat, ratings.csv)"

_CSV = Layout(",", user=0, item=1, rating=2, timestamp=3, header_lines=1, whole_ids=True)
# "::" between fields is ":" with an empty field between, and only one character is read fast.
_DAT = Layout(":", user=0, item=2, rating=4, timestamp=6, whole_ids=True)
_HEADER = "userId,movieId,rating,timestamp"
_LINE = re.compile(r"\d+::\d+::[^:]*::\d+$")
_CSV_ROW = re.compile(r"\d+,\d+,")
_NO_GENRES = "(no genres listed)"
_AGES = {
    "1": "under 18",
    "18": "18-24",
    "25": "25-34",
    "35": "35-44",
    "45": "45-49",
    "50": "50-55",
    "56": "56 and over",
}


def find(source: Source) -> list[str]:
    """`ratings.csv` or `ratings.dat`, or the single file that was given where its first line is such a one."""
    candidates = source.members if len(source.members) == 1 else source.named("ratings.csv", "ratings.dat")
    return [member for member in candidates if _layout(source, member)][:1]


def read(source: Source, member: str, name: str) -> Ratings:
    """The ratings, with the movies, and in 1M the users, where their files are there."""
    layout = _layout(source, member) or _CSV
    rows = read_rows(source, member, layout)
    suffix = "csv" if layout.separator == "," else "dat"
    return assemble(name, rows, users=_users(source, member), items=_movies(source, member, f"movies.{suffix}"))


def _layout(source: Source, member: str) -> Layout | None:
    line, *others = source.sample(member)
    if line == _HEADER and others and _CSV_ROW.match(others[0]):  # others write this header over ids that are text
        return replace(_CSV, dates=are_dates([others[0].rpartition(",")[2]]))  # as a table program may save them
    return _DAT if _LINE.match(line) else None


def _movies(source: Source, member: str, file_name: str) -> dict[str, list[str]] | None:
    if (movie_file := source.beside(member, file_name)) is None:
        return None
    lines = _text(source, movie_file)
    if file_name.endswith("csv"):
        fields = _csv_fields(lines[1:], source.where(movie_file))
    else:
        fields = [line.split("::") for line in lines]
    columns = columns_of(fields, ("id", "title", "genres"))
    columns["genres"] = ["" if genres == _NO_GENRES else genres for genres in columns["genres"]]
    return {**columns, "year": [str(year_of(title)) for title in columns["title"]]}


def _csv_fields(lines: list[str], where: str) -> list[list[str]]:
    rows = csv.reader(line.replace("\r", " ") for line in lines)
    try:
        return list(rows)
    except csv.Error as fault:
        raise DataError(f"{where}, line {rows.line_num + 1}: {fault}.", "Mend the line, or take it out.") from None


def _users(source: Source, member: str) -> dict[str, list[str]] | None:
    """The users of 1M, whose ages are codes for ranges."""
    if posixpath.basename(member) != "ratings.dat" or (user_file := source.beside(member, "users.dat")) is None:
        return None
    fields = (line.split("::") for line in _text(source, user_file))
    columns = columns_of(fields, ("id", "gender", "age_range", "occupation_code", "zip_code"))
    return {**columns, "age_range": [_AGES.get(code, code) for code in columns["age_range"]]}


def _text(source: Source, member: str) -> list[str]:
    """The lines; 1M is in latin-1, the others in UTF-8."""
    try:
        return read_text(source, member)
    except DataError:
        return read_text(source, member, "latin-1")
