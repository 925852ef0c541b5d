"""Binary copies of datasets that were read once: memory-mapped arrays, text as JSON, and a summary to show at once."""

import errno
import hashlib
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from mftui.core.data.catalog import CATALOG
from mftui.core.data.eviction import MARK, PARTIAL, limit, make_room, mark_used
from mftui.core.data.summary import Summary
from mftui.core.paths import ratings_cache_dir

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mftui.core.data.ratings import Ratings

Stamp = tuple[int, int]
"""A file's size in bytes and its time of change in nanoseconds."""

_FORMAT = 2
_STALE = 24 * 3600
_ROWS = ("users", "items", "values", "timestamps")


class _Contents(Struct, frozen=True, forbid_unknown_fields=True):
    """What a copy holds and what it was made from: `contents.json`."""

    format: int
    name: str
    fingerprint: str
    scale: tuple[float, float, float]
    n_unrated_items: int
    notes: list[str]
    has_timestamps: bool
    user_columns: list[str]
    item_columns: list[str]
    made_from: dict[str, Stamp | None]
    """Size and time of change of the files it was made from; None for one that was not there. Empty for a named set."""


def place_of(name_or_path: str, columns: str = "") -> Path:
    """The directory of a dataset's copy, whether or not it is there; with other `columns` it is another."""
    if name_or_path in CATALOG:
        return ratings_cache_dir() / name_or_path
    path = absolute(name_or_path)
    key = os.fsencode(path) + (b"\0" + os.fsencode(columns) if columns else b"")
    readable = re.sub(r"[^\w.-]+", "-", path.stem)[:40]
    return ratings_cache_dir() / f"{readable}-{hashlib.sha256(key).hexdigest()[:16]}"


def absolute(text: str) -> Path:
    """The path that a person means, without symbolic links; links in a circle stay as they are."""
    return Path(os.path.realpath(os.path.expanduser(text.replace("\0", "\ufffd"))))


def read_summary(place: Path) -> Summary | None:
    """The summary of a copy; None where there is no copy, or it is stale or damaged."""
    try:
        if _contents(place) is None:
            return None
        summary = msgspec.json.decode((place / "summary.json").read_bytes(), type=Summary)
    except Exception:  # as below
        return None
    mark_used(place)
    return summary


def read_copy(place: Path) -> "Ratings | None":
    """The ratings of a copy, memory-mapped; None where there is no copy, or it is stale or damaged."""
    from mftui.core.data.ratings import Ratings, Scale

    try:
        if (contents := _contents(place)) is None:
            return None
        rows = {name: _read_array(place, name) for name in _ROWS[: 3 + contents.has_timestamps]}
        ratings = Ratings(
            name=contents.name,
            users=rows["users"],
            items=rows["items"],
            values=rows["values"],
            timestamps=rows.get("timestamps"),
            user_ids=_read_column(place, "user_ids"),
            item_ids=_read_column(place, "item_ids"),
            scale=Scale(*contents.scale),
            user_info={name: _read_column(place, f"user-{i}") for i, name in enumerate(contents.user_columns)},
            item_info={name: _read_column(place, f"item-{i}") for i, name in enumerate(contents.item_columns)},
            n_unrated_items=contents.n_unrated_items,
            notes=tuple(contents.notes),
        )
        if not _is_whole(ratings):
            return None
    except Exception:  # damage makes NumPy and msgspec raise a dozen kinds of errors, and it is only a copy
        return None
    mark_used(place)
    vars(ratings)["fingerprint"] = contents.fingerprint  # known, so that a large set need not be hashed again
    return ratings


def write_copy(place: Path, ratings: "Ratings", summary: Summary, made_from: dict[str, Stamp | None]) -> None:
    """Keep a copy; another process sees the whole of it or nothing, and of two that write at once one wins.

    Raises:
        OSError: the cache can't be written.
        SettingError: what bounds the cache is no size.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    _clear_leftovers(place.parent)
    partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=place.parent))
    try:
        _write_arrays(partial, ratings)
        contents = _Contents(
            format=_FORMAT,
            name=ratings.name,
            fingerprint=ratings.fingerprint,
            scale=(ratings.scale.lowest, ratings.scale.highest, ratings.scale.step),
            n_unrated_items=ratings.n_unrated_items,
            notes=list(ratings.notes),
            has_timestamps=ratings.timestamps is not None,
            user_columns=list(ratings.user_info),
            item_columns=list(ratings.item_info),
            made_from=made_from,
        )
        (partial / "summary.json").write_bytes(msgspec.json.encode(summary))
        (partial / MARK).write_bytes(msgspec.json.encode(contents))
        _swap_in(partial, place)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    make_room(place.parent, place, limit())


def _swap_in(partial: Path, place: Path) -> None:
    """Give a finished copy its name in place of a stale one; where another process was faster, its copy stays."""
    with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=place.parent, ignore_cleanup_errors=True) as aside:
        try:
            if place.exists():
                place.rename(Path(aside) / "stale")
            partial.rename(place)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                raise


def _contents(place: Path) -> _Contents | None:
    """What the copy says of itself; None where it is of another format or its files have changed since."""
    contents = msgspec.json.decode((place / MARK).read_bytes(), type=_Contents)
    unchanged = all(stamp_of(path) == stamp for path, stamp in contents.made_from.items())
    return contents if contents.format == _FORMAT and unchanged else None


def stamp_of(path: str | Path) -> Stamp | None:
    """What tells whether a file has changed; None where it is not there."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _write_arrays(folder: Path, ratings: "Ratings") -> None:
    for name in _ROWS:
        if getattr(ratings, name) is not None:
            _write_column(folder, name, getattr(ratings, name))
    _write_column(folder, "user_ids", ratings.user_ids)
    _write_column(folder, "item_ids", ratings.item_ids)
    for kind, columns in (("user", ratings.user_info), ("item", ratings.item_info)):
        for i, column in enumerate(columns.values()):
            _write_column(folder, f"{kind}-{i}", column)


def _write_column(folder: Path, name: str, column: "NDArray[Any]") -> None:
    """Numbers as `.npy`, text as a JSON list: neither can hold code."""
    import numpy as np

    if column.dtype.kind == "U":
        (folder / f"{name}.json").write_bytes(msgspec.json.encode(column.tolist()))
    else:
        np.save(folder / f"{name}.npy", column, allow_pickle=False)


def _read_column(place: Path, name: str) -> "NDArray[Any]":
    import numpy as np

    text = place / f"{name}.json"
    if text.exists():
        return np.array(msgspec.json.decode(text.read_bytes(), type=list[str]), np.str_)
    return _read_array(place, name)


def _read_array(place: Path, name: str) -> "NDArray[Any]":
    import numpy as np

    mapped: NDArray[Any] = np.load(place / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return mapped.view(np.ndarray)


def _is_whole(ratings: "Ratings") -> bool:
    """Whether the arrays fit together and no position points outside."""
    import numpy as np

    n = len(ratings.values)
    rows: list[tuple[NDArray[Any], type]] = [
        (ratings.users, np.int32),
        (ratings.items, np.int32),
        (ratings.values, np.float32),
    ]
    if ratings.timestamps is not None:
        rows.append((ratings.timestamps, np.int64))
    fit = n > 0 and all(array.shape == (n,) and array.dtype == dtype for array, dtype in rows)
    known = all(len(column) == ratings.n_users for column in ratings.user_info.values()) and all(
        len(column) == ratings.n_items for column in ratings.item_info.values()
    )
    return bool(
        fit
        and known
        and 0 <= ratings.users.min() <= ratings.users.max() < ratings.n_users
        and 0 <= ratings.items.min() <= ratings.items.max() < ratings.n_items
    )


def _clear_leftovers(folder: Path) -> None:
    """Remove what writers that were killed left behind."""
    for partial in folder.glob(f"{PARTIAL}*"):
        stamp = stamp_of(partial)
        if stamp is not None and time.time() - stamp[1] / 1e9 > _STALE:
            shutil.rmtree(partial, ignore_errors=True)
