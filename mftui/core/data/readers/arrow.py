"""Delimited text into rows as fast as Arrow reads it, where nothing in it is out of the ordinary."""

import lzma
import os
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from mftui.core.data.readers.blocks import Block, Irregular, blocks_of, looked_at
from mftui.core.data.readers.faults import LARGEST_RATING, MISSING
from mftui.core.data.readers.growing import Distinct, Growing
from mftui.core.data.readers.ids import Ids
from mftui.core.data.readers.layout import Layout, Rows
from mftui.core.data.readers.numbering import Titles
from mftui.core.data.readers.sources import Source
from mftui.core.errors import DataError

_THREADS = min(4, os.cpu_count() or 1)
_ROW_BYTES = 10
"""Few rows are shorter."""
_AHEAD = 2 * _THREADS
"""Blocks that may wait to be numbered: they are numbered in order, and parsed in any."""


def read_regular(source: Source, member: str, layout: Layout) -> Rows | None:
    """What `tables.read_rows` makes of the file, or None where it must look closely.

    That is so wherever the two could differ: strange quotation marks, lines of other lengths, rare forms of dates, an
    id that is missing. So every warning and error is made in one place, the careful one.
    """
    if len(layout.separator) != 1:
        return None
    try:
        with source.open(member, watched=True) as file:
            room = source.size(member) // _ROW_BYTES
            return _rows(blocks_of(file, layout), layout, layout.names(source, member), source.where(member), room)
    except (ValueError, OSError, EOFError, zlib.error, lzma.LZMAError, pa.ArrowException, DataError):
        return None


def _rows(blocks: Iterable[bytes], layout: Layout, names: list[str], where: str, room: int) -> Rows:
    users, items, titles = Ids(), Ids(), Titles()
    user, item, values = Growing(np.int32, room), Growing(np.int32, room), Growing(np.float32, room)
    times, distinct = Growing(np.int64, room), Distinct()
    for table in _in_order(_Parser(layout, names), blocks):
        user.add(users.number(table["user"]))
        item.add(items.number(table["item"]))
        rating = _ratings(table)
        if (np.abs(distinct.add(rating)) > LARGEST_RATING).any():
            raise Irregular("a rating that is not allowed")
        values.add(rating)
        if "timestamp" in names:
            time = table["timestamp"]
            times.add((time.cast(pa.int64()) if layout.dates else time).to_numpy())
        if "title" in names:
            titles.add(table["title"].take(pa.array(titles.news(item.last))).to_pylist())
    levels = distinct.array
    if not len(levels) or min(user.array.min(), item.array.min()) < 0:
        raise Irregular("no rows, or one without a user or an item")
    if times.array.dtype.kind == "f" and np.isinf(times.array).any():
        raise Irregular("a time that is not allowed")
    user_ids, item_ids = users.finish(user.array), items.finish(item.array)
    if layout.whole_ids and {user_ids.dtype.kind, item_ids.dtype.kind} != {"i"}:
        raise Irregular("an id that is not a number")
    return Rows(
        users=user.array,
        items=item.array,
        values=values.array,
        levels=levels[~np.isnan(levels)],
        timestamps=None if layout.timestamp is None else times.array,
        user_ids=user_ids,
        item_ids=item_ids,
        where=where,
        titles=titles.finish(),
    )


def _ratings(table: pa.Table) -> NDArray[np.float64]:
    """The ratings of a block; NaN where there is none, and only there. One for each click."""
    if "rating" not in table.schema.names:
        return np.ones(len(table))
    column = table["rating"]
    values: NDArray[np.float64] = column.to_numpy()
    if int(np.isnan(values).sum()) != column.null_count:
        raise Irregular("a rating that is not allowed")
    return values


class _Parser:
    """Looks at blocks and parses them, in any thread, in the fastest way that has not failed for a block so far."""

    def __init__(self, layout: Layout, names: list[str]) -> None:
        self._layout = layout
        self._roles = list(layout.roles.values())
        self._read = pyarrow.csv.ReadOptions(use_threads=False, block_size=1 << 30, column_names=names)
        self._parse = pyarrow.csv.ParseOptions(
            delimiter=layout.separator, quote_char='"' if layout.quoted else False, newlines_in_values=layout.quoted
        )
        whole = {"user": pa.int64(), "item": pa.int64()}
        if layout.dates:
            kinds = [{"timestamp": pa.timestamp("s")}, {"timestamp": pa.timestamp("s", "UTC")}]
            self._ways = [*(whole | kind for kind in kinds), *kinds]
        else:
            self._ways = [whole | {"timestamp": pa.int64()}, {"timestamp": pa.float64()}]
        self._n_failed = 0
        """How many of these ways have failed: the types of columns, each more general than the one before."""

    def __call__(self, text: bytes) -> pa.Table:
        block = looked_at(text, self._layout)
        for n_failed in range(self._n_failed, len(self._ways)):
            self._n_failed = max(self._n_failed, n_failed)
            types = self._ways[n_failed]
            if "user" in types and not block.as_written:
                continue
            try:
                table = self._table(block, types)
            except pa.ArrowInvalid:
                continue
            if "user" not in types or not table["user"].null_count + table["item"].null_count:  # `NA` may be an id
                return table
        raise Irregular("a number or a date that is none, or of a rare form")

    def _table(self, block: Block, types: dict[str, pa.DataType]) -> pa.Table:
        types = {"rating": pa.float64(), **types}
        return pyarrow.csv.read_csv(
            pa.BufferReader(block.text),
            read_options=self._read,
            parse_options=self._parse,
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={role: types.get(role, pa.string()) for role in self._roles},
                include_columns=self._roles,
                null_values=MISSING,
                strings_can_be_null=False,
            ),
        )


def _in_order(parse: Callable[[bytes], pa.Table], blocks: Iterable[bytes]) -> Iterator[pa.Table]:
    """Each block parsed; where there are several, a few of them at once and ahead of time."""
    blocks = iter(blocks)
    first = list(islice(blocks, 2))
    if len(first) < 2:
        yield from map(parse, first)
        return
    with ThreadPoolExecutor(_THREADS) as pool:
        waiting: deque[Future[pa.Table]] = deque()
        for block in chain(first, blocks):
            waiting.append(pool.submit(parse, block))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
