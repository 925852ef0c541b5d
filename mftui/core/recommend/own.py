"""A person's own ratings of a dataset's items, kept with the data directory's other things that must not be lost."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from mftui.core.data.cache import place_of
from mftui.core.documents import read_document, write_document
from mftui.core.paths import data_dir


class OwnRating(Struct, frozen=True):
    """One rating, by the item's id so that it outlives another numbering."""

    item_id: str
    title: str
    rating: float | None
    """On the data's own scale; None for an item that the person dislikes, where the data has no scale."""


def own_ratings(dataset: str) -> dict[str, OwnRating]:
    """What a person rated of a dataset, by item id, in the order in which they did.

    Raises:
        RunError: the file is damaged.
    """
    found = read_document(_file(dataset), list[OwnRating]) or []
    return {one.item_id: one for one in found}


def keep_own_ratings(dataset: str, ratings: Mapping[str, OwnRating]) -> None:
    """Keep what a person rated, in place of what they did before.

    Raises:
        OSError: it can't be written.
    """
    file = _file(dataset)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_document(file, list(ratings.values()))


def _file(dataset: str) -> Path:
    return data_dir() / "own-ratings" / f"{place_of(dataset).name}.json"
