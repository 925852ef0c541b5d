"""Where files come from: a directory, a zip read in place, or a single file with what lies beside it."""

import io
import lzma
import os
import posixpath
import shutil
import stat
import tempfile
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from mftui.core.data.cache import Stamp, stamp_of
from mftui.core.data.readers.lines import even_lines
from mftui.core.data.readers.streams import compressed_names, guarded, most_unpacked, plain_name, too_large
from mftui.core.errors import DataError

_MOST_FILES = 2000
_SAMPLE = 1 << 16
_AGAIN = "Fetch or make it again."


class Source(ABC):
    """Files by name. It remembers what it was asked for, so that a copy of the result knows when it is stale."""

    def __init__(self, path: Path, members: list[str]) -> None:
        self.path = path
        self.members = members
        """Names of the files that may hold ratings, `/` between folders, in order."""
        self.consulted: dict[str, Stamp | None] = {}
        """Paths that the result depends on; None for one that was looked for and was not there."""
        self.tell: Callable[[float], None] | None = None
        """Told what share of a watched file has been read, from 0 to 1."""
        self._samples: dict[str, list[str]] = {}

    @abstractmethod
    def unpacked(self, member: str, watched: bool = False) -> io.BufferedReader:
        """The file's bytes, unpacked and within bounds (see `streams.guarded`); `tell` is told how far it is read."""

    def open(self, member: str, watched: bool = False) -> io.BufferedReader:
        """The same bytes as lines that end alike (see `lines.even_lines`)."""
        return even_lines(self.unpacked(member, watched))

    @abstractmethod
    def start(self, member: str, n_bytes: int) -> bytes:
        """The first bytes of the file as it is stored."""

    @abstractmethod
    def where(self, member: str) -> str:
        """What to call the file in a message."""

    @abstractmethod
    def has(self, member: str) -> bool:
        """Whether there is such a file."""

    @abstractmethod
    def size(self, member: str) -> int:
        """How many bytes the file has, as it is stored in a directory or unpacked from an archive."""

    @abstractmethod
    def seekable(self, member: str) -> Path | IO[bytes]:
        """The file as it is stored, to be read in any order: its path, or an open file for as long as the source is.

        Raises:
            DataError: it unpacks to a suspicious size.
        """

    def named(self, *names: str) -> list[str]:
        """The members of any of these base names, compressed or not, the outermost first."""
        found = [member for member in self.members if plain_name(posixpath.basename(member)) in names]
        return sorted(found, key=lambda member: member.count("/"))

    def beside(self, member: str, name: str) -> str | None:
        """The file of this name in the same folder, compressed or not, where there is one."""
        others = (posixpath.join(posixpath.dirname(member), known) for known in compressed_names(name))
        return next((other for other in others if self.has(other)), None)

    def first_line(self, member: str) -> str:
        """The first line as text, undecodable bytes replaced, without its end."""
        return next(iter(self.sample(member)), "")

    def sample(self, member: str) -> list[str]:
        """The lines within the first 64 KiB as text, undecodable bytes replaced; the last only where it is whole."""
        if member not in self._samples:  # every reader has a look
            with self.open(member) as file:
                head = file.read(_SAMPLE)
                if b"\n" not in head:
                    head += file.readline()
            lines = [line.removesuffix("\r") for line in head.decode("utf-8", "replace").split("\n")]
            self._samples[member] = lines[:-1] if len(head) >= _SAMPLE and len(lines) > 1 else lines
        return self._samples[member]


class Folder(Source):
    """A directory and its folders one level down, or one file of it."""

    def __init__(self, path: Path, members: list[str]) -> None:
        super().__init__(path, members)
        self._root = path if path.is_dir() else path.parent

    def unpacked(self, member: str, watched: bool = False) -> io.BufferedReader:
        """The file's bytes, unpacked and within bounds."""
        self.has(member)
        file = (self._root / member).open("rb")
        size = os.fstat(file.fileno()).st_size
        return guarded(file, self.where(member), size, None, self.tell if watched else None)

    def start(self, member: str, n_bytes: int) -> bytes:
        """The file's first bytes."""
        with self.seekable(member).open("rb") as file:
            return file.read(n_bytes)

    def size(self, member: str) -> int:
        """The file's bytes."""
        return self.seekable(member).stat().st_size

    def seekable(self, member: str) -> Path:
        """Where the file lies."""
        self.has(member)
        return self._root / member

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
    """A zip archive, read in place: only a file that can't be read from front to end is unpacked.

    Then it has no name on the disk, so that nothing is left behind however the process ends.
    """

    def __init__(self, path: Path, archive: zipfile.ZipFile, open_files: ExitStack) -> None:
        names = (info.filename for info in archive.infolist())  # one of a damaged archive may be empty
        super().__init__(path, sorted(name for name in names if name and not name.endswith("/")))
        self._archive = archive
        self._open_files = open_files
        self._unpacked: dict[str, IO[bytes]] = {}
        self.consulted[str(path.resolve())] = stamp_of(path)

    def unpacked(self, member: str, watched: bool = False) -> io.BufferedReader:
        """The file's bytes, unpacked and within bounds."""
        info = self._info(member)
        tell = self.tell if watched else None
        return guarded(self._archive.open(info), self.where(member), info.file_size, info.compress_size, tell)

    def start(self, member: str, n_bytes: int) -> bytes:
        """The file's first bytes."""
        with self._archive.open(self._info(member)) as file:
            return file.read(n_bytes)

    def size(self, member: str) -> int:
        """The bytes that it says it unpacks to, at most what it may."""
        info = self._info(member)
        return min(info.file_size, most_unpacked(info.compress_size))

    def seekable(self, member: str) -> IO[bytes]:
        """The file, unpacked."""
        if member not in self._unpacked:
            info = self._info(member)
            most = most_unpacked(info.compress_size)
            if info.file_size > most:  # no more than it claims is ever read
                raise too_large(self.where(member), most)
            file = self._open_files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
            with self._archive.open(info) as packed:
                shutil.copyfileobj(packed, file, 1 << 20)
            self._unpacked[member] = file
        return self._unpacked[member]

    def _info(self, member: str) -> zipfile.ZipInfo:
        info = self._archive.getinfo(member)
        if info.flag_bits & 1:
            raise DataError(f"{self.where(member)} is encrypted.", "Unpack it with its password first.")
        return info

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
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            yield Folder(path, _files_of(path))
        elif not stat.S_ISREG(mode):  # a FIFO would wait for a writer
            raise DataError(f"{path} is neither a file nor a directory.", "Save its contents to a file first.")
        elif _starts_as_zip(path):
            with _archive(path) as archive, ExitStack() as open_files:
                yield Zip(path, archive, open_files)
        else:
            yield Folder(path, [path.name])
    except zipfile.BadZipFile as error:
        raise DataError(f"{path} is a damaged zip file: {error}.", _AGAIN) from error
    except FileNotFoundError as error:
        raise DataError(f"There is no file or directory {error.filename or path}.") from error
    except (zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise DataError(f"{error.filename} can't be read: {error.strerror or error}.") from error
        raise DataError(f"{path} is damaged or cut off: {str(error).rstrip('.')}.", _AGAIN) from error


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except ValueError as error:  # a name that is not in the encoding it says
        raise zipfile.BadZipFile(str(error)) from error


def _starts_as_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _files_of(path: Path) -> list[str]:
    """Relative names of the regular files here and one level down, sorted, hidden ones left out, at most 2,000."""
    os.listdir(path)  # says so where it can't be read; a folder within is then passed over
    names: list[str] = []
    for folder, folders, files in os.walk(path):
        inner = Path(folder).relative_to(path)
        folders[:] = [] if inner.parts else sorted(name for name in folders if not name.startswith("."))
        names += [(inner / name).as_posix() for name in files if not name.startswith(".")]
        if len(names) > _MOST_FILES:
            break
    return sorted(name for name in names[:_MOST_FILES] if (path / name).is_file())
