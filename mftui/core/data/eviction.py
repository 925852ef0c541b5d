"""Keeps the binary copies within bounds: the one used least recently goes first."""

import contextlib
import os
import tempfile
from pathlib import Path

from mftui.core.errors import SettingError

MARK = "contents.json"
"""The file of a copy whose time of change is when it was used last."""

PARTIAL = ".partial-"
"""What names a folder that is being made or removed; those of writers that were killed are cleared away."""

_DEFAULT_GB = 20.0


def limit() -> int:
    """How many bytes the copies may take together: 20 GB, or what `MFTUI_CACHE_GB` says.

    Raises:
        SettingError: it says something that is no size.
    """
    text = os.environ.get("MFTUI_CACHE_GB", "")
    try:
        gigabytes = float(text or _DEFAULT_GB)
    except ValueError:
        gigabytes = -1.0
    if not 0 <= gigabytes < float("inf"):
        raise SettingError("MFTUI_CACHE_GB", f"MFTUI_CACHE_GB can't be {text}.", "It takes a number of gigabytes.")
    return int(gigabytes * 1e9)


def mark_used(place: Path) -> None:
    """Remember that a copy was used just now; where that can't be written, it is forgotten."""
    with contextlib.suppress(OSError):
        os.utime(place / MARK)


def make_room(folder: Path, keep: Path, most_bytes: int) -> None:
    """Remove copies until all take at most so many bytes together; `keep` stays whatever it takes.

    A copy goes by a rename first, so that another process sees the whole of it or nothing; arrays that one has mapped
    stay readable.
    """
    sizes = {mark.parent: _size(mark.parent) for mark in folder.glob(f"*/{MARK}")}
    total = sum(sizes.values())
    for place in sorted(sizes, key=_last_use):
        if total <= most_bytes:
            return
        if place != keep:
            _remove(place)
            total -= sizes[place]


def _last_use(place: Path) -> int:
    try:
        return (place / MARK).stat().st_mtime_ns
    except OSError:
        return 0


def _size(place: Path) -> int:
    with contextlib.suppress(OSError):
        return sum(file.stat().st_size for file in place.iterdir())
    return 0


def _remove(place: Path) -> None:
    aside = tempfile.TemporaryDirectory(prefix=PARTIAL, dir=place.parent, ignore_cleanup_errors=True)
    with aside as folder, contextlib.suppress(OSError):
        place.rename(Path(folder) / "old")
