"""Ids in Arrow's columns, numbered by first appearance, part by part: small numbers by a table, others as text."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from mftui.core.data.readers.numbering import Texts

_DENSEST = 1 << 26
"""Whole numbers from 0 to here are numbered by a table; it takes 256 MiB at most."""


class Ids:
    """The ids of a column that comes part by part, of whatever type each part is."""

    def __init__(self) -> None:
        self._position: NDArray[np.int32] | None = np.full(1 << 16, -1, np.int32)
        """By number; None from the first id on that is no small whole number."""
        self._known: list[int] = []
        self._lengths = np.empty(0, np.int8)
        """Characters of each known number in its shortest form."""
        self._texts = Texts()

    def number(self, column: "pa.Array | pa.ChunkedArray") -> NDArray[np.int32]:
        """Each row's position among the ids; -1 where it has none.

        Raises:
            pa.ArrowException: the column is of a type that no id has.
        """
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        # Whole numbers all the same: where a table once had gaps, or a database calls every number a decimal.
        if pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
            column = column.cast(pa.int64())
        if self._position is not None:
            positions = self._by_table(column)
            if positions is not None:
                return positions
            self._texts.add(np.arange(len(self._known)), list(map(str, self._known)))
            self._position = None
        encoded = column.dictionary_encode()
        codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return self._texts.add(codes, encoded.dictionary.cast(pa.string()).to_pylist()).astype(np.int32)

    def finish(self, positions: NDArray[np.integer[Any]]) -> NDArray[Any]:
        """The ids, for all positions that were given: numbers where each is one, else text.

        Raises:
            ValueError: an id holds what no id does.
        """
        if self._position is not None:
            return np.array(self._known, np.int64)
        return self._texts.finish(positions)[1]

    def _by_table(self, column: pa.Array) -> NDArray[np.int32] | None:
        """The positions, where all ids are small whole numbers in their shortest form."""
        if column.null_count or not len(column):
            return None if column.null_count else np.empty(0, np.int32)
        try:
            ids = column.cast(pa.int64()).to_numpy()
        except pa.ArrowInvalid:
            return None
        if ids.min() < 0 or (highest := int(ids.max())) >= _DENSEST:
            return None
        n_known = len(self._known)
        positions = self._positions(ids, highest)
        if pa.types.is_integer(column.type):
            return positions
        news = self._known[len(self._lengths) :]
        self._lengths = np.append(self._lengths, [len(str(number)) for number in news]).astype(np.int8)
        # Any other way to write a number (`007`, `+7`, `0x7`, a space) is longer than the shortest.
        n_characters = pyarrow.compute.sum(pyarrow.compute.binary_length(column)).as_py()
        if n_characters == self._lengths[positions].sum(dtype=np.int64):
            return positions
        del self._known[n_known:]
        return None

    def _positions(self, ids: NDArray[np.int64], highest: int) -> NDArray[np.int32]:
        position = self._position
        assert position is not None
        if highest >= len(position):
            wider = np.full(1 << highest.bit_length(), -1, np.int32)
            wider[: len(position)] = position
            self._position = position = wider
        positions: NDArray[np.int32] = position.take(ids)
        unknown = positions < 0
        if unknown.any():
            new = pd.unique(ids[unknown])
            position[new] = np.arange(len(self._known), len(self._known) + len(new), dtype=np.int32)
            self._known += new.tolist()
            positions = position.take(ids)
        return positions
