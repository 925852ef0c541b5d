"""Parquet files: one, or all of a folder that hold ratings, as tools that work in parallel write them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray
from pyarrow import parquet

from mftui.core.data.ratings import Ratings
from mftui.core.data.readers.assemble import assemble
from mftui.core.data.readers.columns import choose
from mftui.core.data.readers.faults import LARGEST_RATING, MISSING, shown
from mftui.core.data.readers.ids import Ids
from mftui.core.data.readers.layout import Rows
from mftui.core.data.readers.numbering import Titles
from mftui.core.data.readers.sniff import Table
from mftui.core.data.readers.sources import Source
from mftui.core.data.readers.tables import levels_of
from mftui.core.data.roles import FORM
from mftui.core.errors import DataError

NAME = "Parquet"

_ENDINGS = (".parquet", ".pq")
_MAGIC = b"PAR1"
_MOST_ROWS = 200
_MOST_RATINGS = 2**31 - 1


def find(source: Source, wanted: Mapping[str, str] | None = None) -> list[str]:
    """The first file with users, items and ratings, which stands for all of its kind; or the single one given."""
    if len(source.members) == 1:
        return [member for member in source.members if _is_parquet(source, member)]
    return [member for member in source.members if _is_complete(source, member, wanted or {})][:1]


def read(source: Source, member: str, name: str, wanted: Mapping[str, str] | None = None) -> Ratings:
    """The ratings in a file, and in all others of the folder that have the same columns.

    Raises:
        DataError: a column is missing, the file is damaged, or a row of it is no rating.
    """
    where = source.where(member)
    table = table_of(source, member, wanted or {})
    if table is None or not table.is_complete:
        has = ", ".join(shown(column)[1:-1] for column in (table.header if table else ())[:12])
        lacks = (
            f"column {shown(table.missing)}" if table and table.missing else "user, item and rating that can be told"
        )
        raise DataError(f"{where} has no {lacks}; it has {has}.", f"Say which is which: columns as {FORM}.")
    fields = {role: table.header[field] for role, field in table.roles.items()}
    members = [other for other in source.members if _is_parquet(source, other) and _has(source, other, fields)]
    users, items, titles = Ids(), Ids(), Titles()
    parts = [_part(source, other, fields, users, items, titles) for other in members]
    user, item, values, times = map(np.concatenate, zip(*parts, strict=True))
    rows = Rows(
        users=user,
        items=item,
        values=values.astype(np.float32),
        levels=levels_of(values),
        timestamps=times if "timestamp" in fields else None,
        user_ids=users.finish(user),
        item_ids=items.finish(item),
        where=where,
        titles=titles.finish(),
        notes=_taken(fields, len(members)),
    )
    if not len(values):
        raise DataError(f"{where} holds no ratings.")
    return assemble(name, rows)


def table_of(source: Source, member: str, wanted: Mapping[str, str]) -> Table | None:
    """The names of the columns, the first rows as text, and what each column is taken for; None where it is no Parquet.

    Raises:
        DataError: the file is damaged.
    """
    if not _is_parquet(source, member):
        return None
    with _opened(source, member) as file:
        header = tuple(file.schema_arrow.names)
        first = next(file.iter_batches(_MOST_ROWS), None)
        if first is not None:
            first.validate(full=True)
    columns = [[_cell(value) for value in column.to_pylist()] for column in first.columns] if first is not None else []
    rows = tuple(zip(*columns, strict=True))
    try:
        roles, missing = choose(header, rows, wanted), ""
    except LookupError as error:
        roles, missing = {}, str(error.args[0])
    return Table(",", False, 1, header, rows, roles, missing)


def _part(
    source: Source, member: str, fields: Mapping[str, str], users: Ids, items: Ids, titles: Titles
) -> tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]], NDArray[np.float64], NDArray[np.float64]]:
    """Users and items by position, ratings and times of one file."""
    where = source.where(member)
    with _opened(source, member) as file:
        if file.metadata.num_rows > _MOST_RATINGS:
            raise DataError(
                f"{where} has {file.metadata.num_rows:,} rows, more than can be read.", "Take a part of it."
            )
        table = file.read(columns=list(dict.fromkeys(fields.values())))
        table.validate(full=True)  # a damaged file may point outside its own texts
    role = "user"
    try:
        user = users.number(_plain(table[fields["user"]]))
        role = "item"
        item = items.number(_plain(table[fields["item"]]))
        role = "rating"
        values = _numbers(_plain(table[fields["rating"]]))
        role = "timestamp"
        times = _times(_plain(table[fields["timestamp"]])) if "timestamp" in fields else np.full(len(values), np.nan)
    except (ValueError, OverflowError, pa.ArrowException) as error:
        raise DataError(f"{where}, column {shown(fields[role])}: not every row is a {role}.", "Mend it.") from error
    for wrong, fault in (
        (user < 0, "it has no user"),
        (item < 0, "it has no item"),
        (np.abs(values) > LARGEST_RATING, "its rating is beyond all bounds"),
        (np.isinf(times), "its time is beyond all bounds"),
    ):
        if wrong.any():
            raise DataError(f"{where}, row {int(wrong.argmax()) + 1:,}: {fault}.", "Mend or remove that row.")
    if "title" in fields:
        title = _plain(table[fields["title"]])
        titles.add([_cell(text) for text in title.take(pa.array(titles.news(item))).to_pylist()])
    return user, item, values, times


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column without a dictionary; text as one that all of Arrow's functions take, which views are not."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pa.large_string()) if pa.types.is_string_view(column.type) else column


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Numbers, or texts of them; NaN where there is none."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        missing = pa.compute.is_in(column, value_set=pa.array(MISSING, column.type))
        column = pa.compute.if_else(missing, pa.scalar(None, column.type), column)
    # Whole numbers beyond 2^53 lose digits in a float, which Arrow calls unsafe.
    numbers: NDArray[np.float64] = column.cast(pa.float64(), safe=False).to_numpy()
    return numbers


def _times(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Seconds since 1970, or parts of them where they are plain numbers; NaN where there is none."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        moments = pd.to_datetime(pd.Series(column.to_pylist(), dtype=object), format="ISO8601", utc=True)
        column = pa.chunked_array([pa.Array.from_pandas(moments.dt.as_unit("us"))])
    if pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("us"))
    if pa.types.is_timestamp(column.type):
        per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[column.type.unit]
        return np.floor(_numbers(column.cast(pa.int64())) / per_second)
    return _numbers(column)


@contextmanager
def _opened(source: Source, member: str) -> Iterator[parquet.ParquetFile]:
    """The file, to be read from; whatever Arrow stumbles over is damage."""
    try:
        with parquet.ParquetFile(source.seekable(member)) as file:
            yield file
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(f"{source.where(member)} is a damaged Parquet file.", "Fetch or make it again.") from error


def _is_parquet(source: Source, member: str) -> bool:
    return source.start(member, len(_MAGIC)) == _MAGIC


def _is_complete(source: Source, member: str, wanted: Mapping[str, str]) -> bool:
    if not member.lower().endswith(_ENDINGS):
        return False
    table = table_of(source, member, wanted)
    return table is not None and table.is_complete


def _has(source: Source, member: str, fields: Mapping[str, str]) -> bool:
    with _opened(source, member) as file:
        return set(fields.values()) <= set(file.schema_arrow.names)


def _cell(value: object) -> str:
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)


def _taken(fields: Mapping[str, str], n_files: int) -> tuple[str, ...]:
    """What each column was taken for, and how many files were put together."""
    taken = f"Read as Parquet: {', '.join(f'{role} = {shown(column)[1:-1]}' for role, column in fields.items())}."
    return (taken, f"{n_files:,} files were put together.") if n_files > 1 else (taken,)
