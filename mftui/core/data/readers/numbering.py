"""Ids as a file has them, numbered by first appearance, part by part."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mftui.core.data.readers.faults import LONGEST_ID


class Titles:
    """The title of each item, from the first row that has the item."""

    def __init__(self) -> None:
        self._titles: list[str] = []

    def news(self, items: NDArray[np.integer[Any]]) -> NDArray[np.intp]:
        """The first row of each item that is new in a part, where items are numbered by first appearance, `[n]`."""
        rows = np.flatnonzero(items >= len(self._titles))
        return rows[np.unique(items[rows], return_index=True)[1]]

    def add(self, titles: Sequence[str]) -> None:
        """The titles in these rows."""
        self._titles += titles

    def finish(self) -> tuple[str, ...]:
        """The titles by position."""
        return tuple(self._titles)


class Whole:
    """Numbers ids that are whole numbers: all at once, which is fastest."""

    def number(self, column: "pd.Series[Any]") -> NDArray[np.int64]:
        """The ids of a part, as they are."""
        return column.to_numpy()

    def finish(self, ids: NDArray[np.int64]) -> tuple[NDArray[np.integer[Any]], NDArray[Any]]:
        """Each row's position among the ids, and the ids."""
        return pd.factorize(ids)


class Texts:
    """Numbers ids by first appearance, part by part, so that each text is kept once."""

    def __init__(self) -> None:
        self._position: dict[str, int] = {}

    def number(self, column: "pd.Series[Any]") -> NDArray[np.int64]:
        """Each row's position among the ids; -1 where it has none."""
        codes, distinct = pd.factorize(column.to_numpy())
        return self.add(codes, distinct.tolist())

    def add(self, codes: NDArray[np.integer[Any]], distinct: list[str]) -> NDArray[np.int64]:
        """Each row's position among the ids, where `codes` tells which of `distinct` it has, -1 for none."""
        known = self._position
        positions = [known.setdefault(own, len(known)) if own != "" else -1 for own in distinct]
        of_rows: NDArray[np.int64] = np.array([*positions, -1], np.int64)[codes]
        return of_rows

    def finish(self, positions: NDArray[np.integer[Any]]) -> tuple[NDArray[np.integer[Any]], NDArray[Any]]:
        """Each row's position, and the ids: int64 where each is written as whole numbers are (no zero or plus in
        front), else text.

        Raises:
            ValueError: an id holds what no id does.
        """
        known = list(self._position)
        if any(len(text) > LONGEST_ID or not {"\0", "\n", "\r"}.isdisjoint(text) for text in known):
            raise ValueError("an id that is not allowed")
        try:
            whole = np.array([int(text) for text in known], np.int64)
        except (ValueError, OverflowError):
            return positions, np.array(known, np.str_)
        as_written = all(str(number) == text for number, text in zip(whole.tolist(), known, strict=True))
        return positions, whole if as_written else np.array(known, np.str_)
