"""How a delimited file is written, by looking at its first lines: separator, quotation marks, comments, header."""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mftui.core.data.readers.columns import are_numbers, cells_of, choose
from mftui.core.data.readers.comments import COMMENTS, REMARK, lacks_a_rating
from mftui.core.data.readers.faults import is_date, is_number
from mftui.core.data.roles import NEEDED

_SEPARATORS = ("\t", ";", "|", "::", ",", " ")
_JSON = re.compile(r'\s*(?:\[\s*)?\{\s*"')
_MOST_ROWS = 200
_CONSISTENT = 0.5
"""Share of the lines that have the usual number of fields, in a table; the others are told of when they are read."""


@dataclass(frozen=True)
class Table:
    """The beginning of a file, taken as a table."""

    separator: str
    quoted: bool
    n_header_lines: int
    """Lines before the first row: comments, blank ones, the header."""
    header: tuple[str, ...]
    """Names of the columns; empty where the file has none."""
    rows: tuple[tuple[str, ...], ...]
    """The first rows."""
    roles: Mapping[str, int]
    """The fields that were found, counted from 0."""
    missing: str = ""
    """A column that was asked for and is not there."""

    @property
    def is_complete(self) -> bool:
        """Whether user, item and rating were found."""
        return not self.missing and all(role in self.roles for role in NEEDED)

    @property
    def has_clicks(self) -> bool:
        """Whether users, items and perhaps times are all it has, by name: who took what, without ratings."""
        known = {"user", "item"} <= self.roles.keys() and "rating" not in self.roles
        return not self.missing and known and set(self.roles.values()) == set(range(len(self.header)))

    @property
    def n_fields(self) -> int:
        """How many fields a line has."""
        usual = len(self.header) or max(map(len, self.rows))
        return max(usual, 1 + max(self.roles.values(), default=0))


def sniff(lines: Sequence[str], wanted: Mapping[str, str]) -> Table | None:
    """The first lines of a file as a table, by the separator that shows a user, an item and a rating; None for prose.

    Args:
        lines: the first lines of the file.
        wanted: columns as the person says them (see `columns.choose`).
    """
    n_above = _lines_above(lines)
    if n_above is None or any("\0" in line for line in lines) or is_json(lines):
        return None
    above, below = lines[:n_above], lines[n_above : n_above + _MOST_ROWS]
    found = [table for separator in _SEPARATORS if (table := _table(above, below, separator, wanted))]
    complete = (table for table in found if table.is_complete)
    return next(complete, next((table for table in found if _looks_meant(table)), None))


def is_json(lines: Sequence[str]) -> bool:
    """Whether a file that begins with these lines holds JSON: objects, one a line, or an array of them."""
    return _JSON.match("\n".join(lines[:3])) is not None


def _looks_meant(table: Table) -> bool:
    """Whether this is a table that lacks something, rather than prose with commas in it."""
    columns = [cells_of(table.rows, i) for i in range(table.n_fields)]
    return bool(table.header or table.missing or any(cells and are_numbers(cells) for cells in columns))


def _lines_above(lines: Sequence[str]) -> int | None:
    """How many lines stand above the first that is no comment; above the first that need not be one, if all may be."""
    written = [(i, line) for i, line in enumerate(lines) if line.strip() and not REMARK.match(line)]
    plain = (i for i, line in written if not line.startswith(COMMENTS))
    return next(plain, written[0][0] if written else None)


def _table(above: Sequence[str], lines: Sequence[str], separator: str, wanted: Mapping[str, str]) -> Table | None:
    """Lines as a table, with what stands above them."""
    quoted = separator in ",;" or (separator in "\t|" and _has_quoted_fields(lines, separator))
    rows = _rows(lines, separator, quoted)
    if not rows:
        return None
    usual, n_usual = Counter(map(len, rows)).most_common(1)[0]
    if usual < 2 or n_usual < _CONSISTENT * len(rows):
        return None
    rows = [row for row in rows if len(row) == usual or not row[0].startswith(COMMENTS)]
    header = rows[0] if _is_header(rows, wanted) else ()
    body = rows[1:] if header else rows
    n_header_lines = len(above) + bool(header) + sum(name.count("\n") for name in header)
    try:
        roles, missing = choose(header, body, wanted), ""
    except LookupError as error:
        roles, missing = {}, str(error.args[0])
    if not header and roles:  # what stands above a header is a comment; above rows, it may be a row that begins so
        ids_above = [i for i, line in enumerate(above) if _is_row(line, separator, quoted, roles)]
        n_header_lines = min(ids_above, default=n_header_lines)
        body = [*_rows([above[i] for i in ids_above], separator, quoted), *body]
    return Table(separator, quoted, n_header_lines, header, tuple(body), roles, missing)


def _is_row(line: str, separator: str, quoted: bool, roles: Mapping[str, int]) -> bool:
    """Whether a line that begins as comments do is a row of this table all the same."""
    rows = _rows([line], separator, quoted)
    return bool(rows) and not REMARK.match(line) and not lacks_a_rating(rows[0], roles)


def _rows(lines: Sequence[str], separator: str, quoted: bool) -> list[tuple[str, ...]]:
    """The fields of the lines that aren't blank."""
    if separator == " ":
        return [tuple(line.split()) for line in lines if line.strip()]
    if separator == "::" or not quoted:
        return [tuple(line.split(separator)) for line in lines if line.strip()]
    try:
        fields = list(csv.reader((f"{line}\n" for line in lines), delimiter=separator, skipinitialspace=True))
    except csv.Error:
        return []
    return [tuple(row) for row in fields if any(row)]


def _has_quoted_fields(lines: Sequence[str], separator: str) -> bool:
    """Whether a field of some line stands in quotation marks, rather than holding some."""
    field = re.compile(rf'(^|{re.escape(separator)})"[^"]*"({re.escape(separator)}|$)')
    return any('"' in line and field.search(line) for line in lines)


def _is_header(rows: Sequence[tuple[str, ...]], wanted: Mapping[str, str]) -> bool:
    """Whether the first row names the columns: no number or date in it, but known names, or numbers below."""
    first, others = rows[0], rows[1:]
    if any(name in first and not name.isdecimal() for name in wanted.values()):
        return True
    if any(is_number(cell) or is_date(cell) for cell in first):
        return False
    try:
        known = choose(first, (), {})
    except LookupError:
        return False
    numbers_below = any(others and are_numbers(cells_of(others, i)) for i in range(len(first)))
    return sum(role in known for role in NEEDED) >= 2 or numbers_below
