"""The beginning of a file of one's own, and what each of its columns would be taken for, before it is read."""

from pathlib import Path

from mftui.core.data.readers import READERS, delimited, parquet
from mftui.core.data.readers.columns import parse
from mftui.core.data.readers.sniff import Table, sniff
from mftui.core.data.readers.sources import open_source


def preview(path: Path, columns: str = "") -> Table | None:
    """How the one table at a path would be read; None where its layout names the columns, or there is no one table.

    Args:
        path: a file, a zip or a directory.
        columns: which column is which, as the person says (see `columns.parse`).

    Raises:
        DataError: the path can't be read.
        SettingError: `columns` is not of the right form.
    """
    wanted = parse(columns)
    with open_source(path) as source:
        if members := parquet.find(source, wanted):
            return parquet.table_of(source, members[0], wanted)
        if not wanted and any(reader.find(source) for reader in READERS if reader is not delimited):
            return None
        members = delimited.find(source, wanted) or source.members
        return sniff(source.sample(members[0]), wanted) if len(members) == 1 else None
