"""How a file of ratings is written, and its rows once they are read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mftui.core.data.readers.sources import Source


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

    @property
    def fields(self) -> dict[str, int]:
        """Which field holds what, for all that the file has."""
        fields = {
            "user": self.user, "item": self.item, "rating": self.rating, "timestamp": self.timestamp,
            "title": self.title,
        }  # fmt: skip
        return {role: field for role, field in fields.items() if field is not None}

    @property
    def roles(self) -> dict[int, str]:
        """What the fields that count hold, by field."""
        return {field: role for role, field in self.fields.items()}

    def names(self, source: "Source", member: str) -> list[str]:
        """A name for every field of a line of this file: what it holds, or its number."""
        roles = self.roles
        n_fields = self.n_fields or max(len(source.first_line(member).split(self.separator)), max(roles) + 1)
        return [roles.get(i, f"field {i}") for i in range(n_fields)]


@dataclass(frozen=True, eq=False)
class Rows:
    """The ratings of a file as they stand there, each array `[n]`."""

    users: NDArray[np.integer[Any]]
    """Positions in `user_ids`, by first appearance."""
    items: NDArray[np.integer[Any]]
    values: NDArray[np.float32]
    """NaN where a row has no rating."""
    levels: NDArray[np.float64]
    """Every rating that occurs, once, as the file has it: a number as it is written is more than float32 holds."""
    timestamps: NDArray[np.int64] | NDArray[np.float64] | None
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
