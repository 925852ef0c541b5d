"""Delimited text into rows as fast as Arrow reads it, where nothing in it is out of the ordinary."""

import codecs
import io
import lzma
import zlib
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
from numpy.typing import NDArray

from mftui.core.data.readers.faults import LARGEST_RATING, MISSING
from mftui.core.data.readers.layout import Layout, Rows
from mftui.core.data.readers.numbering import Texts, Titles
from mftui.core.data.readers.sources import Source
from mftui.core.errors import DataError

_BLOCK = 1 << 22
_DENSEST = 1 << 26
"""Whole numbers from 0 to here are numbered by a table; it takes 256 MiB at most."""


class _Irregular(ValueError):
    """Something that Arrow and pandas may read differently: the careful way decides."""


def read_regular(source: Source, member: str, layout: Layout) -> Rows | None:
    """What `tables.read_rows` makes of the file, or None where it must look closely.

    That is so wherever the two could differ: quotation marks, lines of other lengths, carriage returns, dates, an id
    that is missing, a number written unlike others. So every warning and error is made in one place, the careful one.
    """
    if len(layout.separator) != 1 or layout.dates or layout.encoding != "utf-8":
        return None
    try:
        with source.open(member) as file:
            plain = _Plain(file, layout)
            for _ in range(layout.header_lines):
                plain.skip_line()
            return _rows(plain, layout, layout.names(source, member), source.where(member))
    except (ValueError, OSError, EOFError, zlib.error, lzma.LZMAError, pa.ArrowException, DataError):
        return None


def _rows(file: "_Plain", layout: Layout, names: list[str], where: str) -> Rows:
    roles = list(layout.roles.values())
    numbers = {"rating": pa.float64(), "timestamp": pa.int64()}
    users, items, titles = _Ids(), _Ids(), Titles()
    parts: list[tuple[NDArray[Any], ...]] = []
    with pyarrow.csv.open_csv(
        pa.PythonFile(file, mode="r"),
        read_options=pyarrow.csv.ReadOptions(block_size=_BLOCK, column_names=names),
        parse_options=pyarrow.csv.ParseOptions(delimiter=layout.separator, quote_char=False),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: numbers.get(name, pa.string()) for name in roles},
            include_columns=roles,
            null_values=MISSING,
            strings_can_be_null=False,
        ),
    ) as blocks:
        for block in blocks:
            column = dict(zip(block.schema.names, block.columns, strict=True))
            times = column["timestamp"].to_numpy(zero_copy_only=False) if "timestamp" in column else np.empty(0)
            values = _ratings(column["rating"]) if "rating" in column else np.ones(len(block))
            parts.append((users.number(column["user"]), items.number(column["item"]), values, times))
            if "title" in column:
                titles.add(column["title"].take(pa.array(titles.news(parts[-1][1]))).to_pylist())
    if not parts:
        raise _Irregular("no rows")
    user, item, values, times = map(np.concatenate, zip(*parts, strict=True))
    user_ids, item_ids = users.finish(user), items.finish(item)
    if layout.whole_ids and {user_ids.dtype.kind, item_ids.dtype.kind} != {"i"}:
        raise _Irregular("an id that is not a number")
    return Rows(
        users=user,
        items=item,
        values=values,
        timestamps=None if layout.timestamp is None else times.astype(np.float64),
        user_ids=user_ids,
        item_ids=item_ids,
        where=where,
        titles=titles.finish(),
    )


def _ratings(column: pa.Array) -> NDArray[np.float64]:
    """The ratings of a block; NaN where there is none, and only there."""
    values: NDArray[np.float64] = column.to_numpy(zero_copy_only=False)
    if int(np.isnan(values).sum()) != column.null_count or (np.abs(values) > LARGEST_RATING).any():
        raise _Irregular("a rating that is not allowed")
    return values


class _Plain:
    """A file for Arrow to read, as long as its bytes mean the same to every reader."""

    def __init__(self, file: io.BufferedReader, layout: Layout) -> None:
        self._file = file
        self._strange = [b"\0", b"\r", *([b'"'] if layout.quoted else [])]
        # Spaces before a field count for nothing where fields may be quoted.
        self._spaced = [f"{layout.separator} ".encode(), b"\n "] if layout.quoted else []
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._last = b"\n"
        if file.peek(3).startswith(codecs.BOM_UTF8):
            file.read(3)

    closed = False

    def skip_line(self) -> None:
        """Pass over one line, which may hold no strange bytes either."""
        self._check(self._file.readline())

    def read(self, size: int = -1) -> bytes:
        """The next bytes.

        Raises:
            ValueError: there is something among them that readers take differently.
        """
        block = self._file.read(size)
        self._check(block)
        return block

    def _check(self, block: bytes) -> None:
        if any(strange in block for strange in self._strange):
            raise _Irregular("a character that needs care")
        if self._spaced and b" " in block and any(space in self._last + block for space in self._spaced):
            raise _Irregular("a space before a field")
        if not block.isascii() or not block:
            self._decoder.decode(block, final=not block)
        self._last = block[-1:]


class _Ids:
    """Numbers the ids of a column by first appearance: small whole numbers by a table, all others as texts."""

    def __init__(self) -> None:
        self._position: NDArray[np.int32] | None = np.full(1 << 16, -1, np.int32)
        self._known: list[int] = []
        self._lengths = np.empty(0, np.int8)
        self._texts = Texts()

    def number(self, column: pa.StringArray) -> NDArray[np.int32]:
        """Each row's position among the ids."""
        if self._position is not None:
            try:
                return self._by_table(column)
            except (pa.ArrowInvalid, OverflowError):
                self._texts.add(np.arange(len(self._known)), list(map(str, self._known)))
                self._position = None
        encoded = column.dictionary_encode()
        distinct: list[str] = encoded.dictionary.to_pylist()
        if "" in distinct:
            raise _Irregular("a row without a user or an item")
        positions: NDArray[np.int32] = self._texts.add(encoded.indices.to_numpy(), distinct).astype(np.int32)
        return positions

    def _by_table(self, column: pa.StringArray) -> NDArray[np.int32]:
        ids = column.cast(pa.int64()).to_numpy()
        lowest, highest = (int(ids.min()), int(ids.max())) if len(ids) else (0, 0)
        if lowest < 0 or highest >= _DENSEST:
            raise OverflowError
        position = self._position
        assert position is not None
        if highest >= len(position):
            wider = np.full(1 << highest.bit_length(), -1, np.int32)
            wider[: len(position)] = position
            self._position = position = wider
        positions: NDArray[np.int32] = position[ids]
        unknown = positions < 0
        if unknown.any():
            new = pd.unique(ids[unknown])
            position[new] = np.arange(len(self._known), len(self._known) + len(new), dtype=np.int32)
            self._known += new.tolist()
            self._lengths = np.append(self._lengths, [len(str(number)) for number in new.tolist()]).astype(np.int8)
            positions = position[ids]
        # Each number in its shortest form: any other way to write it (`007`, `+7`, `0x7`, a space) is longer.
        n_characters = pyarrow.compute.sum(pyarrow.compute.binary_length(column)).as_py() or 0
        if n_characters != self._lengths[positions].sum(dtype=np.int64):
            raise _Irregular("a number written unlike others")
        return positions

    def finish(self, positions: NDArray[np.int32]) -> NDArray[Any]:
        """The ids, for all positions that were given.

        Raises:
            ValueError: an id holds what no id does.
        """
        if self._position is not None:
            return np.array(self._known, np.int64)
        return self._texts.finish(positions)[1]
