"""The files and folders that a person opened, and what they said of their columns: newest first."""

import contextlib
import time

from msgspec import Struct

from mftui.core.data.cache import absolute
from mftui.core.data.catalog import CATALOG
from mftui.core.documents import read_document, write_document
from mftui.core.errors import RunError
from mftui.core.paths import data_dir

_MOST = 20
_NAME = "recent.json"


class Recent(Struct, frozen=True):
    """A path that was opened."""

    path: str
    columns: str = ""
    """Which column is which, where the person said so (see `readers.columns.parse`)."""
    opened: float = 0.0
    """Unix seconds."""


def recent() -> list[Recent]:
    """What was opened last, newest first; nothing where that is not known."""
    try:
        return read_document(data_dir() / _NAME, list[Recent]) or []
    except RunError:
        return []


def columns_of(name_or_path: str) -> str:
    """What the person said of a path's columns when it was opened last."""
    path = str(absolute(name_or_path))
    return next((one.columns for one in recent() if one.path == path and name_or_path not in CATALOG), "")


def remember(name_or_path: str, columns: str = "") -> None:
    """Put a path at the head of the list; names of the catalog stay out. What can't be written is forgotten."""
    if name_or_path in CATALOG:
        return
    path = str(absolute(name_or_path))
    others = [one for one in recent() if one.path != path]
    with contextlib.suppress(OSError):
        data_dir().mkdir(parents=True, exist_ok=True)
        write_document(data_dir() / _NAME, [Recent(path, columns, time.time()), *others][:_MOST])
