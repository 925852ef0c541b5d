"""Ratings: what every other part works on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Scale(NamedTuple):
    """The values a rating can take: from `lowest` to `highest` in steps of `step`."""

    lowest: float
    highest: float
    step: float


@dataclass(frozen=True, eq=False)
class Ratings:
    """A set of ratings, with one numbering of users and items for training and testing alike.

    Users and items are numbered by first appearance in the file; an item that nobody rated has no position.
    """

    name: str
    """What the person calls it: a catalogue name or the file's stem."""
    users: NDArray[np.int32]
    """Who rated: positions in `user_ids`, `[n]`, in the file's order."""
    items: NDArray[np.int32]
    """What was rated: positions in `item_ids`, `[n]`."""
    values: NDArray[np.float32]
    """The ratings on the data's own scale, `[n]`."""
    timestamps: NDArray[np.int64] | None
    """When, in seconds since 1970 (UTC), `[n]`."""
    user_ids: NDArray[Any]
    """The users' ids as the file has them, `[n_users]`: integers, or strings where they are strings."""
    item_ids: NDArray[Any]
    """The items' ids as the file has them, `[n_items]`."""
    scale: Scale
    user_info: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """Columns about users, by position: `age`, `gender`, `occupation`…"""
    item_info: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """Columns about items, by position: `title`, `year` (0 where unknown), `genres` (joined by `|`)…"""
    n_unrated_items: int = 0
    """Items that the file describes but nobody rated; they were left out."""
    notes: tuple[str, ...] = ()
    """What was decided about dirt in the file, one sentence each."""

    @property
    def n_users(self) -> int:
        """How many users there are."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """How many items there are."""
        return len(self.item_ids)

    @property
    def are_clicks(self) -> bool:
        """Whether every rating is a 1, as where only who took what is known: then there is nothing to predict."""
        return self.scale.lowest == self.scale.highest == 1

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the arrays, the same for the same ratings in whatever layout they came."""
        digest = hashlib.sha256()
        for ids in (self.user_ids, self.item_ids):
            digest.update("\n".join(map(str, ids.tolist())).encode())
        for array in (self.users, self.items, self.values, self.timestamps):
            digest.update(b"none" if array is None else np.ascontiguousarray(array).data)
        return digest.hexdigest()

    @cached_property
    def titles(self) -> NDArray[np.str_]:
        """What to call each item, `[n_items]`: its title, or its id where the data has none."""
        titles = self.item_info.get("title")
        return self.item_ids.astype(np.str_) if titles is None else titles
