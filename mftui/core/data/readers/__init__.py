"""Files into `Ratings`: a module a layout, chosen by looking at the content."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from mftui.core.data.cache import Stamp
from mftui.core.data.ratings import Ratings
from mftui.core.data.readers import delimited, movielens, movielens_100k, parquet, recbole
from mftui.core.data.readers.columns import parse
from mftui.core.data.readers.faults import shown
from mftui.core.data.readers.sniff import is_json
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


READERS: tuple[Reader, ...] = (parquet, recbole, movielens_100k, movielens, delimited)
"""Each layout, the most telling first."""


def read(
    path: Path, name: str, columns: str = "", tell: Callable[[float], None] | None = None
) -> tuple[Ratings, dict[str, Stamp | None]]:
    """The ratings at a path, and the files they depend on with their stamps (see `Source.consulted`).

    Args:
        path: a file, a zip or a directory.
        name: what to call the ratings.
        columns: which column is which (see `columns.parse`); then the file is read as delimited text in any case.
        tell: told what share of the file has been read, from 0 to 1; what it raises comes through.

    Raises:
        DataError: what is there can't be read, or holds no ratings in a layout that is known.
        SettingError: `columns` is not of the right form.
    """
    wanted = parse(columns)
    with open_source(path) as source:
        source.tell = tell
        if wanted and (members := parquet.find(source, wanted)):
            return parquet.read(source, _only(members, source), name, wanted), source.consulted
        if wanted:
            return delimited.read(source, _only(delimited.find(source, wanted), source), name, wanted), source.consulted
        for reader in READERS:
            if members := reader.find(source):
                return reader.read(source, _only(members, source), name), source.consulted
        raise _nothing(source)


def _only(members: list[str], source: Source) -> str:
    """The one member that holds ratings.

    Raises:
        DataError: there are several or none.
    """
    if not members:
        raise _nothing(source)
    if len(members) > 1:
        some = ", ".join(map(shown, members[:5])) + (" and more" if len(members) > 5 else "")
        remedy = "Open the one you mean." if source.path.is_dir() else "Unpack it, and open the one you mean."
        raise DataError(f"{source.path} holds several sets of ratings: {some}.", remedy)
    return members[0]


def _nothing(source: Source) -> DataError:
    """Why there is nothing to read."""
    if len(source.members) == 1:
        where = source.where(source.members[0])
        lines = source.sample(source.members[0])
        if not any(line.strip() for line in lines):
            return DataError(f"{where} is empty.")
        if any("\0" in line for line in lines):
            return DataError(f"{where} is not text in UTF-8.", "Save it as text in UTF-8 first.")
        if is_json(lines):
            return DataError(f"{where} is JSON, which mftui does not read.", "Make a CSV or Parquet file of it first.")
    layouts = ", ".join(reader.NAME for reader in READERS)
    return DataError(f"{source.path} holds no ratings in a layout that mftui knows.", f"It reads {layouts}.")
