"""What is wrong with a file that could not be read: the line that is to blame, in a sentence."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, NoReturn

from mftui.core.data.readers.lines import pass_over
from mftui.core.data.readers.sources import Source
from mftui.core.errors import DataError
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.data.readers.layout import Layout

MISSING = ("", "NaN", "nan", "NA", "N/A", "null", "NULL", "None")
"""What stands for a number that is not there."""
LARGEST_RATING = 1e9
LONGEST_ID = 256
"""Characters; ids are kept in arrays as wide as the longest."""

_DATE = re.compile(r"\d{4}-?\d\d-?\d\d(?:[T ][\d:.]+(?: ?(?:Z|[+-]\d\d(?::?\d\d)?))?)?", re.ASCII)
"""Python takes more than that, weeks among it, which pandas does not."""
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+", re.ASCII)
_MOST_SHOWN = 40
_MEND = "Mend or remove that line."


class NotUtf8(DataError):
    """A file has bytes that are no UTF-8."""


def is_latin_1(source: Source, member: str) -> bool:
    """Whether a file that is not UTF-8 may be Latin-1: no line of it makes sense in UTF-8 beyond ASCII."""
    with source.open(member) as file:
        return not any(_is_text(line, "utf-8") for line in file if not line.isascii())


def _is_text(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def blame_a_line(source: Source, member: str, layout: "Layout", error: Exception) -> NoReturn:
    """Find the first line that can't be read as a rating and say what is wrong with it.

    Raises:
        DataError: always.
    """
    where = source.where(member)
    first = last = layout.header_lines
    with pass_over(source.open(member), layout.header_lines) as file:
        text = io.TextIOWrapper(file, layout.encoding, newline="")
        try:
            for first, last, fields in _lines(text, layout):  # noqa: B007 (`last` is for when csv gives up)
                if any(fields) and (fault := _fault(fields, layout)):
                    raise DataError(f"{where}, line {first:,}: {fault}.", _MEND)
        except UnicodeDecodeError:
            raise _not_text(source, member, layout) from error
        except csv.Error as fault:
            raise DataError(f"{where}, line {last + 1:,}: {fault}.", _MEND) from error
    if "EOF inside string" in str(error):
        raise DataError(f"{where}, line {first:,} or after: a quotation mark is never closed.", _MEND) from error
    raise DataError(f"{where} can't be read: {clean(str(error)).rstrip('.')}.") from error


def _not_text(source: Source, member: str, layout: "Layout") -> DataError:
    with pass_over(source.open(member), layout.header_lines) as file:
        lines = enumerate(file, layout.header_lines + 1)
        number = next(number for number, line in lines if not _is_text(line, layout.encoding))
    fault = f"{source.where(member)}, line {number:,}: this is not {layout.encoding.upper()} text"
    return NotUtf8(f"{fault}.", "Convert the file to UTF-8.")


def is_number(text: str) -> bool:
    """Whether the text is a finite number as files write them."""
    try:
        return text.isascii() and "_" not in text and isfinite(float(text))
    except ValueError:
        return False


def is_date(text: str) -> bool:
    """Whether the text is a date or a moment in the form of ISO 8601."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _DATE.fullmatch(text) is not None


def shown(text: str) -> str:
    """A few characters of text from outside, in quotation marks, safe to show."""
    text = clean(text)
    return f'"{text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"}"'


def _lines(text: io.TextIOWrapper, layout: "Layout") -> Iterator[tuple[int, int, list[str]]]:
    """Fields of each record behind the header, with the numbers of its first and last line."""
    if layout.separator == r"\s+":
        yield from ((number, number, line.split()) for number, line in enumerate(text, layout.header_lines + 1))
        return
    lines = csv.reader(
        text,
        delimiter=layout.separator,
        quoting=csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE,
        skipinitialspace=layout.quoted,
    )
    last = layout.header_lines
    for fields in lines:
        yield last + 1, layout.header_lines + lines.line_num, fields
        last = layout.header_lines + lines.line_num


def _fault(fields: Sequence[str], layout: "Layout") -> str | None:
    """What is wrong with a line, in words."""
    if layout.header and tuple(fields) == layout.header:
        return "here the header comes again, as where files were put together"
    needed = max(layout.user, layout.item) + 1
    if len(fields) < needed:
        return f"it has {len(fields)} field{'s' * (len(fields) != 1)} where {needed} are needed"
    if layout.n_fields and any(fields[layout.n_fields :]):
        return f"it has {len(fields)} fields where {layout.n_fields} are expected"
    for role, field in (("user", fields[layout.user]), ("item", fields[layout.item])):
        if fault := _fault_of_id(role, field, layout):
            return fault
    has_rating = layout.rating is not None and layout.rating < len(fields)
    rating = fields[layout.rating or 0] if has_rating else ""  # counted as a row without one
    if rating not in MISSING and not (is_number(rating) and abs(float(rating)) <= LARGEST_RATING):
        remedy = ": its decimals stand behind a comma, not a point" if _DECIMAL_COMMA.fullmatch(rating) else ""
        return f"{shown(rating)} is not a rating{remedy}"
    has_time = layout.timestamp is not None and layout.timestamp < len(fields)
    if has_time and (time := fields[layout.timestamp or 0]) not in MISSING:
        if layout.dates and not is_date(time):
            return f"{shown(time)} is not a date like 2003-05-17"
        if not layout.dates and not is_number(time):
            return f"{shown(time)} is not a time in seconds"
    return None


def _fault_of_id(role: str, field: str, layout: "Layout") -> str | None:
    if not field:
        return f"it has no {role}"
    if layout.whole_ids and not _is_whole(field):
        return f"{shown(field)} is not a {role}'s number"
    if "\n" in field or "\r" in field:
        return f"the {role} reaches over the end of the line, so a quotation mark is not closed"
    if "\0" in field:
        return f"{shown(field)} holds a NUL character"
    if len(field) > LONGEST_ID:
        return f"the {role} {shown(field)} has more than {LONGEST_ID} characters"
    return None


def _is_whole(text: str) -> bool:
    try:
        return text.isascii() and "_" not in text and -(2**63) <= int(text) < 2**63
    except ValueError:
        return False
