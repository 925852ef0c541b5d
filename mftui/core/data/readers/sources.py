"""Where files come from: a directory, a zip read in place, or a single file with what lies beside it."""

import os
import posixpath
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from mftui.core.data.cache import Stamp, stamp_of
from mftui.core.errors import DataError

_MOST_FILES = 2000
_LONGEST_LINE = 1 << 16


class Source(ABC):
    """Files by name. It remembers what it was asked for, so that a copy of the result knows when it is stale."""

    def __init__(self, path: Path, members: list[str]) -> None:
        self.path = path
        self.members = members
        """Names of the files that may hold ratings, `/` between folders, in order."""
        self.consulted: dict[str, Stamp | None] = {}
        """Paths that the result depends on; None for one that was looked for and was not there."""

    @abstractmethod
    def open(self, member: str) -> IO[bytes]:
        """The file's bytes."""

    @abstractmethod
    def where(self, member: str) -> str:
        """What to call the file in a message."""

    @abstractmethod
    def has(self, member: str) -> bool:
        """Whether there is such a file."""

    def named(self, *names: str) -> list[str]:
        """The members of any of these base names, the outermost first."""
        found = [member for member in self.members if posixpath.basename(member) in names]
        return sorted(found, key=lambda member: member.count("/"))

    def beside(self, member: str, name: str) -> str | None:
        """The file of this name in the same folder, where there is one."""
        other = posixpath.join(posixpath.dirname(member), name)
        return other if self.has(other) else None

    def first_line(self, member: str, encoding: str = "utf-8") -> str:
        """The first line as text, undecodable bytes replaced, without its end or a byte order mark; at most 64 KiB."""
        with self.open(member) as file:
            return file.readline(_LONGEST_LINE).decode(encoding, "replace").removeprefix("\ufeff").rstrip("\r\n")


class Folder(Source):
    """A directory and its folders one level down, or one file of it."""

    def __init__(self, path: Path, members: list[str]) -> None:
        super().__init__(path, members)
        self._root = path if path.is_dir() else path.parent

    def open(self, member: str) -> BinaryIO:
        """The file's bytes."""
        self.has(member)
        return (self._root / member).open("rb")

    def where(self, member: str) -> str:
        """The file's path."""
        return str(self._root / member)

    def has(self, member: str) -> bool:
        """Whether there is such a regular file."""
        path = self._root / member
        is_file = path.is_file()
        self.consulted[str(path.resolve())] = stamp_of(path) if is_file else None
        return is_file


class Zip(Source):
    """A zip archive; nothing of it is unpacked to disk."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        super().__init__(path, sorted(info.filename for info in archive.infolist() if not info.is_dir()))
        self._archive = archive
        self.consulted[str(path.resolve())] = stamp_of(path)

    def open(self, member: str) -> IO[bytes]:
        """The file's bytes."""
        if self._archive.getinfo(member).flag_bits & 1:
            raise DataError(f"{self.where(member)} is encrypted.", "Unpack it with its password first.")
        return self._archive.open(member)

    def where(self, member: str) -> str:
        """The archive's path and the name within."""
        return f"{self.path}: {member}"

    def has(self, member: str) -> bool:
        """Whether the archive holds such a file."""
        return member in self._archive.NameToInfo


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """The source that a path names.

    Raises:
        DataError: the path is missing, unreadable, empty, or neither a file nor a directory.
    """
    try:
        if path.is_dir():
            yield Folder(path, _files_of(path))
        elif not path.exists():
            raise DataError(f"There is no file or directory {path}.")
        elif not path.is_file():
            raise DataError(f"{path} is neither a file nor a directory.", "Save its contents to a file first.")
        elif _starts_as_zip(path):
            with zipfile.ZipFile(path) as archive:
                yield Zip(path, archive)
        else:
            yield Folder(path, [path.name])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DataError(f"{path} is a damaged zip file: {error}.", "Fetch or make it again.") from error
    except OSError as error:
        raise DataError(f"{error.filename or path} can't be read: {error.strerror or error}.") from error


def _starts_as_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _files_of(path: Path) -> list[str]:
    """Relative names of the regular files here and one level down, sorted, hidden ones left out, at most 2,000."""
    names: list[str] = []
    for folder, folders, files in os.walk(path):
        inner = Path(folder).relative_to(path)
        folders[:] = [] if inner.parts else sorted(name for name in folders if not name.startswith("."))
        names += [(inner / name).as_posix() for name in files if not name.startswith(".")]
        if len(names) > _MOST_FILES:
            break
    return sorted(name for name in names[:_MOST_FILES] if (path / name).is_file())
