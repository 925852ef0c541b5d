"""Delimited text into columns, fast; and when that fails, the line that is to blame."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mftui.core.data.readers.sources import Source
from mftui.core.errors import DataError

_MISSING = ["", "NaN", "nan", "NA", "N/A", "null", "NULL", "None"]
_MOST_SHOWN = 40


@dataclass(frozen=True)
class Layout:
    """How a file of ratings is written."""

    separator: str
    user: int
    """Which field holds the user, counted from 0; and so on."""
    item: int
    rating: int
    timestamp: int | None
    header_lines: int = 0
    quoted: bool = False
    whole_ids: bool = False
    """Ids are whole numbers by the layout's definition, so that anything else is a fault."""


@dataclass(frozen=True, eq=False)
class Rows:
    """The ratings of a file as they stand there, each array `[n]`."""

    users: NDArray[Any]
    """Ids: int64 where every id of the file is a whole number as one would write it, else text."""
    items: NDArray[Any]
    values: NDArray[np.float64]
    """NaN where a row has no rating."""
    timestamps: NDArray[np.float64] | None
    """Seconds since 1970; NaN where a row has no time."""
    where: str
    """What to call the file in a message."""


def read_rows(source: Source, member: str, layout: Layout) -> Rows:
    """The ratings in a delimited file.

    Raises:
        DataError: the file is empty, or a line of it is no rating; it names the file and the line.
    """
    fields = {layout.user: "user", layout.item: "item", layout.rating: "rating"}
    if layout.timestamp is not None:
        fields[layout.timestamp] = "timestamp"
    n_fields = max(len(source.first_line(member).split(layout.separator)), max(fields) + 1)
    numbers = [name for name in ("rating", "timestamp") if name in fields.values()]
    ids = np.int64 if layout.whole_ids else str
    try:
        with source.open(member) as file:
            table = pd.read_csv(
                file,
                sep=layout.separator,
                header=None,
                names=[fields.get(i, f"field {i}") for i in range(n_fields)],
                usecols=list(fields.values()),
                index_col=False,
                skiprows=layout.header_lines,
                dtype={"user": ids, "item": ids, **dict.fromkeys(numbers, np.float64)},
                keep_default_na=False,
                na_values=dict.fromkeys(numbers, _MISSING),
                quoting=csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE,
            )
    except pd.errors.EmptyDataError:
        raise DataError(f"{source.where(member)} is empty.") from None
    except (ValueError, OverflowError) as error:
        _blame_a_line(source, member, layout, error)
    if table.empty:
        raise DataError(f"{source.where(member)} holds no ratings.")
    values = table["rating"].to_numpy()
    nameless = not layout.whole_ids and bool(
        (table["user"].isin(["", np.nan]) | table["item"].isin(["", np.nan])).any()
    )
    if nameless or np.isinf(values).any():
        _blame_a_line(source, member, layout, ValueError("a value that is not allowed"))
    return Rows(
        users=_ids(table["user"]),
        items=_ids(table["item"]),
        values=values,
        timestamps=table["timestamp"].to_numpy() if "timestamp" in table else None,
        where=source.where(member),
    )


def read_text(source: Source, member: str, encoding: str = "utf-8") -> list[str]:
    """The lines of a small file, without their ends; blank ones left out.

    Raises:
        DataError: it is not text in this encoding.
    """
    try:
        with source.open(member) as file:
            text = file.read().decode(encoding)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise DataError(f"{source.where(member)}, line {line:,}: this is not {encoding} text.") from error
    return [line for line in text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n") if line.strip()]


def columns_of(lines: Iterable[Sequence[str]], names: Sequence[str]) -> dict[str, list[str]]:
    """Fields by column, each as long as there are lines; fields that a line lacks are empty."""
    columns: dict[str, list[str]] = {name: [] for name in names}
    for fields in lines:
        for i, name in enumerate(names):
            columns[name].append(fields[i] if i < len(fields) else "")
    return columns


def _ids(column: "pd.Series[Any]") -> NDArray[Any]:
    """Ids as int64 where each is written as a whole number is (no leading zero or plus), else as text."""
    if column.dtype == np.int64:
        return column.to_numpy()
    codes, distinct = pd.factorize(column.to_numpy(object))
    try:
        whole = distinct.astype(np.int64)
    except (ValueError, OverflowError):
        return distinct.astype(np.str_)[codes]
    as_written = all(str(number) == text for number, text in zip(whole.tolist(), distinct, strict=True))
    return whole[codes] if as_written else distinct.astype(np.str_)[codes]


def _blame_a_line(source: Source, member: str, layout: Layout, error: Exception) -> NoReturn:
    """Find the first line that can't be read as a rating and say what is wrong with it."""
    where = source.where(member)
    with source.open(member) as file:
        text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        lines = csv.reader(
            text, delimiter=layout.separator, quoting=csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE
        )
        try:
            for fields in lines:
                if lines.line_num > layout.header_lines and any(fields) and (fault := _fault(fields, layout)):
                    raise DataError(f"{where}, line {lines.line_num:,}: {fault}.", "Mend or remove that line.")
        except UnicodeDecodeError:
            fault = "this is not UTF-8 text"
            raise DataError(f"{where}, line {lines.line_num + 1:,}: {fault}.", "Convert the file to UTF-8.") from error
        except csv.Error as fault:
            raise DataError(f"{where}, line {lines.line_num:,}: {fault}.") from error
    raise DataError(f"{where} can't be read: {' '.join(str(error).split())}.") from error


def _fault(fields: Sequence[str], layout: Layout) -> str | None:
    """What is wrong with a line, in words."""
    needed = max(layout.user, layout.item) + 1
    if len(fields) < needed:
        return f"it has {len(fields)} field{'s' * (len(fields) != 1)} where {needed} are needed"
    for role, field in (("user", fields[layout.user]), ("item", fields[layout.item])):
        if not field:
            return f"it has no {role}"
        if layout.whole_ids and not _is_whole(field):
            return f"{_shown(field)} is not a {role}'s number"
    rating = fields[layout.rating] if layout.rating < len(fields) else ""  # counted as a row without one
    if rating not in _MISSING and not _is_number(rating):
        return f"{_shown(rating)} is not a rating"
    has_time = layout.timestamp is not None and layout.timestamp < len(fields)
    if has_time and (time := fields[layout.timestamp or 0]) not in _MISSING and not _is_number(time):
        return f"{_shown(time)} is not a time in seconds"
    return None


def _is_whole(text: str) -> bool:
    try:
        return abs(int(text)) < 2**63
    except ValueError:
        return False


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _shown(text: str) -> str:
    from mftui.core.text import clean

    text = clean(text)
    return f'"{text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"}"'
