"""Ratings in any delimited text, with or without a header; says what it took each column for."""

import posixpath
from collections.abc import Mapping
from dataclasses import replace

from mftui.core.data.ratings import Ratings
from mftui.core.data.readers.assemble import assemble
from mftui.core.data.readers.columns import are_dates, cells_of, unread_time
from mftui.core.data.readers.faults import NotUtf8, is_latin_1, shown
from mftui.core.data.readers.layout import Layout
from mftui.core.data.readers.sniff import Table, sniff
from mftui.core.data.readers.sources import Source
from mftui.core.data.readers.streams import plain_name
from mftui.core.data.readers.tables import read_rows
from mftui.core.data.roles import FORM, NEEDED
from mftui.core.errors import DataError

NAME = "delimited text (CSV, TSV and the like)"

_ENDINGS = (".csv", ".tsv", ".tab", ".psv", ".txt", ".dat", ".data", ".inter", "")

_IN_WORDS = {"\t": "tabs", ";": "semicolons", "|": "bars", "::": "double colons", ",": "commas", " ": "spaces"}


def find(source: Source, wanted: Mapping[str, str] | None = None) -> list[str]:
    """The single file that was given where it is a table; of several those with users, items and ratings by name.

    Args:
        source: where to look.
        wanted: columns as the person says them (see `columns.parse`).
    """
    if len(source.members) == 1:
        return [member for member in source.members if sniff(source.sample(member), wanted or {})]
    found = []
    for member in source.members:
        stem, ending = posixpath.splitext(plain_name(posixpath.basename(member)))
        if ending.lower() in _ENDINGS:
            table = sniff(source.sample(member), wanted or {})
            telling = table is not None and bool(table.header or wanted or "rating" in stem.lower())
            if table is not None and table.is_complete and telling:
                found.append(member)
    by_name = [member for member in found if posixpath.basename(member).lower().startswith("ratings.")]
    return by_name if len(by_name) == 1 else found


def read(source: Source, member: str, name: str, wanted: Mapping[str, str] | None = None) -> Ratings:
    """The ratings in a table.

    Raises:
        DataError: a column is missing, or a line can't be read.
    """
    table = sniff(source.sample(member), wanted or {})
    where = source.where(member)
    if table is None or not (table.is_complete or table.has_clicks):
        raise _incomplete(where, table)
    if table.header and table.rows and all(any(row[len(table.header) :]) for row in table.rows):
        n_named, n_there = len(table.header), len(table.rows[0])
        fault = f"{where} has names for {n_named} columns but rows of {n_there}"
        raise DataError(f"{fault}.", "Name them all in its first line.")
    layout, notes = layout_of(table), [_taken(table)]
    if (time := unread_time(table.header, table.roles)) is not None:
        notes.append(f"Column {shown(time)} was not read: it holds neither seconds nor dates like 2003-05-17.")
    try:
        rows = read_rows(source, member, layout)
    except NotUtf8:
        if not is_latin_1(source, member):
            raise
        rows = read_rows(source, member, replace(layout, encoding="latin-1"))
        notes.append("It is not UTF-8: its letters beyond ASCII were taken for Latin-1.")
    return assemble(name, replace(rows, notes=(*notes, *rows.notes)))


def layout_of(table: Table) -> Layout:
    """How to read the whole of a file that begins like this."""
    # "::" between fields is ":" with an empty field between, and only one character is read fast.
    width = 2 if table.separator == "::" else 1
    user, item = table.roles["user"] * width, table.roles["item"] * width
    rating, timestamp = table.roles.get("rating"), table.roles.get("timestamp")
    return Layout(
        {"::": ":", " ": r"\s+"}.get(table.separator, table.separator),
        user,
        item,
        None if rating is None else rating * width,
        None if timestamp is None else timestamp * width,
        title=None if (title := table.roles.get("title")) is None else title * width,
        header_lines=table.n_header_lines,
        header=table.header,
        n_fields=table.n_fields * width - width + 1,
        quoted=table.quoted,
        dates=timestamp is not None and are_dates(cells_of(table.rows, timestamp)),
    )


def _taken(table: Table) -> str:
    """What each column was taken for, in a sentence."""
    taken = [f"{role} = {_column(table, field)}" for role, field in table.roles.items()]
    clicks = " It has no ratings: each row counts as one click." if table.has_clicks else ""
    return f"Read as columns between {_IN_WORDS[table.separator]}: {', '.join(taken)}.{clicks}"


def _column(table: Table, field: int) -> str:
    return shown(table.header[field])[1:-1] if field < len(table.header) else f"column {field + 1}"


def _incomplete(where: str, table: Table | None) -> DataError:
    """What keeps a table from being ratings, and what the person can say about it."""
    hint = f"Say which is which: columns as {FORM}."
    if table is None:
        return DataError(f"{where} is not a table of ratings.")
    if table.header:
        names = [_column(table, i) for i in range(len(table.header))]
        has = f"it has {', '.join(names[:12])}{' and more' * (len(names) > 12)}"
    else:
        has = f"it has {table.n_fields} columns without names"
    if table.missing:
        return DataError(f"{where} has no column {shown(table.missing)}; {has}.", hint)
    lacks = " and no ".join(role for role in NEEDED if role not in table.roles)
    return DataError(f"{where} has no {lacks} column that can be told; {has}.", hint)
