"""Open a dataset by name or path: from its binary copy where there is one, else fetched, read, and kept."""

import difflib
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mftui.core.data import cache
from mftui.core.data.catalog import CATALOG
from mftui.core.data.fetch import Progress, fetch
from mftui.core.data.statistics import summarize
from mftui.core.data.summary import Summary
from mftui.core.errors import DataError, SettingError
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.data.ratings import Ratings

_log = logging.getLogger("mftui.data")


def load(
    name_or_path: str,
    progress: Progress | None = None,
    columns: str = "",
    figures: Callable[[Summary], None] | None = None,
) -> "Ratings":
    """The ratings of a named dataset, or in a file, a zip or a directory.

    Args:
        name_or_path: a name of the catalog, or a path; `./ml-100k` is a path even though `ml-100k` is a name.
        progress: told what is being done; it may raise to cancel, and nothing half done stays behind.
        columns: which column is which, as `user=…,item=…,rating=…,timestamp=…`, where the file doesn't tell.
        figures: told what is known of the ratings while they are counted (see `statistics.summarize`).

    Raises:
        DataError: there is nothing by that name, or it can't be fetched or read.
        SettingError: `columns` is not of the right form, or is said of a named dataset.
    """
    place = _place_of(name_or_path, columns)
    if (copy := cache.read_copy(place)) is not None:
        return copy
    from mftui.core.data.readers import read
    from mftui.core.data.readers.streams import plain_name

    progress = progress or (lambda words, fraction: None)
    entry = CATALOG.get(name_or_path)
    path = fetch(entry, progress) if entry else _existing(name_or_path)
    name = entry.name if entry else clean(Path(plain_name(path.name)).stem) or "ratings"
    doing = f"reading {clean(path.name)}"
    progress(doing, None)
    ratings, made_from = read(path, name, columns, lambda share: progress(doing, share))
    progress(f"counting {len(ratings):,} ratings", None)
    summary = summarize(ratings, str(path), figures)
    try:
        cache.write_copy(place, ratings, summary, {} if entry else made_from)
    except OSError as error:
        reason = error.strerror or "not all of it could be written, as where a disk is full"  # NumPy gives no number
        _log.warning("No binary copy of %s was kept, so it is read again next time: %s.", name, reason)
        return ratings
    return cache.read_copy(place) or ratings


def check_exists(name_or_path: str) -> None:
    """See that there is something by that name or at that path, without reading it.

    Raises:
        DataError: there is nothing.
    """
    if name_or_path not in CATALOG:
        _existing(name_or_path)


def summary_of(name_or_path: str, columns: str = "") -> Summary | None:
    """The figures of a dataset that was opened before, without reading it; None where it was not, or has changed."""
    return cache.read_summary(_place_of(name_or_path, columns))


def _place_of(name_or_path: str, columns: str) -> Path:
    if columns and name_or_path in CATALOG:
        raise SettingError("columns", f"The columns of {name_or_path} are known.", "Leave columns away.")
    return cache.place_of(name_or_path, columns)


def _existing(text: str) -> Path:
    path = cache.absolute(text)
    try:
        os.lstat(path)
        return path
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError:
        return path  # there, or nearly: the reader says what is the matter with it
    near = difflib.get_close_matches(text, CATALOG, n=1)
    guess = f"Did you mean {near[0]}? " if near else ""
    raise DataError(
        f"There is no dataset and no file called {text}.", f"{guess}Datasets by name: {', '.join(CATALOG)}."
    )
