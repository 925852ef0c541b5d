"""Files into `Ratings`: a module a layout, chosen by looking at the content."""

from pathlib import Path
from typing import Protocol

from mftui.core.data.cache import Stamp
from mftui.core.data.ratings import Ratings
from mftui.core.data.readers import movielens, movielens_100k, recbole
from mftui.core.data.readers.sources import Source, open_source
from mftui.core.errors import DataError


class Reader(Protocol):
    """What a module in here offers."""

    NAME: str
    """What to call the layout."""

    def find(self, source: Source) -> list[str]:
        """The members that hold ratings in this layout, none where the source has another."""

    def read(self, source: Source, member: str, name: str) -> Ratings:
        """The ratings in this member."""


READERS: tuple[Reader, ...] = (recbole, movielens_100k, movielens)
"""Each layout, the most telling first."""


def read(path: Path, name: str) -> tuple[Ratings, dict[str, Stamp | None]]:
    """The ratings at a path, and the files they depend on with their stamps (see `Source.consulted`).

    Raises:
        DataError: what is there can't be read, or holds no ratings in a layout that is known.
    """
    with open_source(path) as source:
        for reader in READERS:
            members = reader.find(source)
            if len(members) > 1:
                raise DataError(f"{path} holds several sets of ratings: {_some(members)}.", "Name one of them.")
            if members:
                return reader.read(source, members[0], name), source.consulted
        if len(source.members) == 1 and not source.first_line(source.members[0]):
            raise DataError(f"{source.where(source.members[0])} is empty.")
        layouts = ", ".join(reader.NAME for reader in READERS)
        raise DataError(f"{path} holds no ratings in a layout that mftui knows.", f"It reads {layouts}.")


def _some(members: list[str]) -> str:
    return ", ".join(members[:5]) + (" and more" if len(members) > 5 else "")
