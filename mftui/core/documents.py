"""Files that are whole or not there: JSON documents, typed when read, and whatever else lands by a rename."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from mftui.core.errors import RunError

T = TypeVar("T")


def read_document(path: Path, kind: type[T]) -> T | None:
    """The document of a file, or None where there is no such file.

    Raises:
        RunError: the file can't be read, or holds something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RunError(f"{path} is damaged: {error}.") from error


def write_document(path: Path, content: object) -> None:
    """Write JSON for people and programs, so that a reader sees the old file or the new one, whole."""
    with landing(path) as partial:
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")


def write_text(path: Path, text: str) -> None:
    """Write text as UTF-8, so that a reader sees the old file or the new one, whole."""
    with landing(path) as partial:
        partial.write_bytes(text.encode())


@contextlib.contextmanager
def landing(path: Path) -> Iterator[Path]:
    """A place beside `path` to write to: a reader sees the old file or the new one, whole; a failure leaves the old.

    That holds after a power cut, too: what is written is on the disk before it has the name, and the name before we
    go on.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield partial
        _sync(partial)
        partial.replace(path)
        with contextlib.suppress(OSError):  # some network file systems can't sync a directory
            _sync(path.parent)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def clear_leftovers(directory: Path) -> None:
    """Remove what writers that were killed left behind in a directory that nobody else writes to now."""
    for partial in directory.glob(".*.*"):
        if partial.suffix[1:].isdecimal():
            with contextlib.suppress(OSError):
                partial.unlink()


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
