"""How a file of ratings is written, and its rows once they are read."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Layout:
    """How a file of ratings is written."""

    separator: str
    r"""One character, or `\s+` for any run of white space."""
    user: int
    """Which field holds the user, counted from 0; and so on."""
    item: int
    rating: int | None
    """None where there are only clicks: who took what."""
    timestamp: int | None
    title: int | None = None
    """Which field holds the item's title, where it stands beside the item."""
    header_lines: int = 0
    header: tuple[str, ...] = ()
    """The names of the columns, where they are known."""
    n_fields: int = 0
    """How many fields a line may have; 0 for any number."""
    quoted: bool = False
    """Fields may stand in quotation marks; spaces before a field are not part of it."""
    whole_ids: bool = False
    """Ids are whole numbers by the layout's definition, so that anything else is a fault."""
    dates: bool = False
    """Times are dates in the form of ISO 8601, not seconds."""
    encoding: str = "utf-8"


@dataclass(frozen=True, eq=False)
class Rows:
    """The ratings of a file as they stand there, each array `[n]`."""

    users: NDArray[np.integer[Any]]
    """Positions in `user_ids`, by first appearance."""
    items: NDArray[np.integer[Any]]
    values: NDArray[np.float64]
    """NaN where a row has no rating."""
    timestamps: NDArray[np.float64] | None
    """Seconds since 1970, or parts of them; NaN where a row has no time."""
    user_ids: NDArray[Any]
    """int64 where every id of the file is a whole number as one would write it, else text."""
    item_ids: NDArray[Any]
    where: str
    """What to call the file in a message."""
    titles: tuple[str, ...] = ()
    """Of each item as its first row has it, where the file says."""
    notes: tuple[str, ...] = ()
    """What was decided while it was read."""
