"""Delimited text into columns, fast."""

import csv
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mftui.core.data.readers.arrow import read_regular
from mftui.core.data.readers.comments import WithoutComments, count_comments
from mftui.core.data.readers.faults import LARGEST_RATING, MISSING, blame_a_line
from mftui.core.data.readers.layout import Layout, Rows
from mftui.core.data.readers.lines import pass_over
from mftui.core.data.readers.numbering import Texts, Titles, Whole
from mftui.core.data.readers.sources import Source
from mftui.core.errors import DataError

_AT_ONCE = 1 << 18
"""Rows in a part: few enough that their ids as text fit into memory."""


def read_rows(source: Source, member: str, layout: Layout) -> Rows:
    """The ratings in a delimited file.

    Raises:
        DataError: the file is empty, or a line of it is no rating; it names the file and the line.
    """
    if (rows := read_regular(source, member, layout)) is not None:
        return rows
    if not (n_comments := count_comments(source, member, layout)):
        return read_carefully(source, member, layout)
    plain = WithoutComments(source, layout)
    rows = read_regular(plain, member, layout) or read_carefully(plain, member, layout)
    note = f"{n_comments:,} lines of comments were" if n_comments > 1 else "A line of comment was"
    return replace(rows, notes=(*rows.notes, f"{note} passed over."))


def read_carefully(source: Source, member: str, layout: Layout) -> Rows:
    """The same, row by row as pandas takes them, with a closer look at whatever it won't take."""
    users, items = (Whole(), Whole()) if layout.whole_ids else (Texts(), Texts())
    titles = Titles()
    parts: list[tuple[NDArray[Any], ...]] = []
    try:
        # pandas warns of a first line that is too long, and casts a whole number beyond int64 to any other.
        # Text as objects, as it comes where pandas finds no pyarrow: a field too many is only then seen to be empty.
        with (
            warnings.catch_warnings(),
            np.errstate(invalid="raise"),
            pd.option_context("mode.string_storage", "python"),
        ):
            warnings.simplefilter("error", pd.errors.ParserWarning)
            for table in _tables(source, member, layout):
                times = _times(table["timestamp"], layout) if "timestamp" in table else np.empty(0)
                part = users.number(table["user"]), items.number(table["item"]), _values(table), times
                parts.append(_allowed(part, layout))
                if "title" in table:
                    # Rows that are left out for being blank have no item: they are passed over.
                    titles.add(table["title"].iloc[titles.news(part[1])].map(_text).tolist())
        if not parts:
            raise DataError(f"{source.where(member)} holds no ratings.")
        user, item, values, timestamps = map(np.concatenate, zip(*parts, strict=True))
        (user, user_ids), (item, item_ids) = users.finish(user), items.finish(item)
    except pd.errors.EmptyDataError:
        raise DataError(f"{source.where(member)} holds no ratings.") from None
    except (ValueError, ArithmeticError, pd.errors.ParserWarning) as error:
        blame_a_line(source, member, layout, error)
    if not len(values):
        raise DataError(f"{source.where(member)} holds no ratings.")
    return Rows(
        users=user,
        items=item,
        values=values.astype(np.float32),
        levels=levels_of(values),
        timestamps=None if layout.timestamp is None else timestamps,
        user_ids=user_ids,
        item_ids=item_ids,
        where=source.where(member),
        titles=titles.finish(),
    )


def _tables(source: Source, member: str, layout: Layout) -> Iterator[pd.DataFrame]:
    """The fields that count, by name, so many rows at a time."""
    names = layout.names(source, member)
    numbers = ["rating"] if layout.timestamp is None or layout.dates else ["rating", "timestamp"]
    ids = np.int64 if layout.whole_ids else object
    with (
        pass_over(source.open(member, watched=True), layout.header_lines) as file,
        pd.read_csv(
            file,
            sep=layout.separator,
            header=None,
            names=names,
            usecols=None
            if layout.n_fields
            else list(layout.roles.values()),  # only all of them show that a line is too long
            index_col=False,
            dtype={
                name: np.float64 if name in numbers else ids if name in ("user", "item") else object for name in names
            },
            keep_default_na=False,
            na_values=dict.fromkeys(numbers, MISSING),
            quoting=csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE,
            skipinitialspace=layout.quoted,
            encoding=layout.encoding,
            chunksize=_AT_ONCE,
        ) as tables,
    ):
        yield from tables


def _values(table: pd.DataFrame) -> NDArray[np.float64]:
    """The ratings; one for each click."""
    return table["rating"].to_numpy() if "rating" in table else np.ones(len(table))


def _text(cell: object) -> str:
    """A cell; empty where its row ends before it."""
    return cell if isinstance(cell, str) else ""


def levels_of(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Every rating that occurs, once."""
    levels = pd.unique(values)
    return levels[~np.isnan(levels)]


def read_text(source: Source, member: str, encoding: str = "utf-8") -> list[str]:
    """The lines of a small file, without their ends; blank ones left out.

    Raises:
        DataError: it is not text in this encoding.
    """
    with source.unpacked(member) as file:
        content = file.read()
    end = b"\n" if b"\n" in content else b"\r"  # in a file with LFs, a lone CR is part of a text
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(end, 0, error.start) + 1
        raise DataError(f"{source.where(member)}, line {line:,}: this is not {encoding} text.") from error
    lines = text.removeprefix("\ufeff").split(end.decode())
    return [line.removesuffix("\r") for line in lines if line.strip()]


def columns_of(lines: Iterable[Sequence[str]], names: Sequence[str]) -> dict[str, list[str]]:
    """Fields by column, each as long as there are lines; fields that a line lacks are empty.

    Of several columns of the same name the first counts.
    """
    columns: dict[str, list[str]] = {name: [] for name in names}
    places = [(names.index(name), name) for name in columns]
    for fields in lines:
        for i, name in places:
            columns[name].append(fields[i] if i < len(fields) else "")
    return columns


def _times(column: "pd.Series[Any]", layout: Layout) -> NDArray[np.float64]:
    """Seconds since 1970; NaN where there is none."""
    if not layout.dates:
        return column.to_numpy(np.float64)
    codes, texts = pd.factorize(column.to_numpy())
    seconds = np.full(len(texts) + 1, np.nan)  # the last stands for a field that is not there: code -1
    there = [i for i, text in enumerate(texts.tolist()) if text not in MISSING]
    moments = pd.to_datetime(pd.Series(texts[there], dtype=object), format="ISO8601", utc=True)
    seconds[there] = moments.dt.as_unit("s").astype(np.int64)
    return seconds[codes]


def _allowed(part: tuple[NDArray[Any], ...], layout: Layout) -> tuple[NDArray[Any], ...]:
    """The rows without those that are blank (`,,,`).

    Raises:
        ValueError: the columns could be read, but a line of them is no rating.
    """
    users, items, values, times = part
    if np.isinf(times).any() or (np.abs(values) > LARGEST_RATING).any():
        raise ValueError("a value that is not allowed")
    if layout.whole_ids:
        return part
    blank = (users < 0) & (items < 0) & (np.isnan(values) | (layout.rating is None))
    if (((users < 0) | (items < 0)) & ~blank).any():
        raise ValueError("a row without a user or an item")
    return tuple(array[~blank] if len(array) else array for array in part) if blank.any() else part
