"""Bytes of a file that nobody has vouched for: unpacked where they are compressed, within bounds."""

import bz2
import gzip
import io
import lzma
from collections.abc import Callable
from typing import IO, cast

from mftui.core.errors import DataError

LONGEST_LINE = 1 << 20
"""Bytes in a line, beyond which a file holds no ratings: a reader needs a whole line in memory."""

_BLOCK = 1 << 18
_MOST_UNPACKED = 256 << 20
_MOST_TIMES = 200
"""A packed file may unpack to 256 MiB, or to 200 times its size where that is more. Ratings pack about 4 to 1."""

_SUFFIXES = (".gz", ".bz2", ".xz", ".zst")
_UNREADABLE = {
    b"7z\xbc\xaf": "is packed by 7-Zip, which mftui does not read",
    b"Rar!": "is packed by RAR, which mftui does not read",
    b"PK\x03\x04": "is a zip, which mftui reads only by itself",
}


def plain_name(name: str) -> str:
    """A file's name without the ending that says how it was compressed."""
    return next((name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix)), name)


def compressed_names(name: str) -> list[str]:
    """The names that a file goes by, plain or compressed."""
    return [name, *(name + suffix for suffix in _SUFFIXES)]


def most_unpacked(packed_size: int) -> int:
    """The bytes that a packed file of this size may unpack to."""
    return max(_MOST_UNPACKED, _MOST_TIMES * packed_size)


def too_large(where: str, most: int) -> DataError:
    """Why a packed file is not unpacked."""
    fault = f"{where} unpacks to more than {most >> 20:,} MiB, as no ratings do."
    return DataError(fault, "Unpack it yourself if you trust it.")


def guarded(
    file: IO[bytes], where: str, size: int, packed_size: int | None, tell: Callable[[float], None] | None = None
) -> io.BufferedReader:
    """The bytes of a file, unpacked where it is compressed (told by its first bytes).

    Args:
        file: the bytes as they are stored; closed with what is returned.
        where: what to call the file in a message.
        size: how many bytes `file` has.
        packed_size: bytes it takes in the archive it comes from; None for a file of its own, which is bounded only
            where it is compressed itself.
        tell: told now and then what share of the file has been read, from 0 to 1.

    Reading from it raises `DataError` on a line of more than 1 MiB, or where it unpacks to a suspicious size.
    """
    head = _head(file)
    for magic, fault in _UNREADABLE.items():
        if head.startswith(magic):
            file.close()
            raise DataError(f"{where} {fault}.", "Unpack it first.")
    unpacked = _unpacked(file, head)
    if unpacked is not file and packed_size is None:
        packed_size = size
    most = None if packed_size is None else most_unpacked(packed_size)
    share = (lambda: tell(min(1.0, file.tell() / max(1, size)))) if tell is not None else None
    return io.BufferedReader(_Guard(unpacked, file, where, most, share), _BLOCK)


def _head(file: IO[bytes]) -> bytes:
    head = file.read(6)
    file.seek(0)
    return head


def _unpacked(file: IO[bytes], head: bytes) -> IO[bytes]:
    if head.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=file))
    if head.startswith(b"BZh"):
        return cast(IO[bytes], bz2.BZ2File(file))
    if head.startswith(b"\xfd7zXZ\x00"):
        return cast(IO[bytes], lzma.LZMAFile(file))
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        import pyarrow  # heavy, and few files are packed so

        return cast(IO[bytes], pyarrow.CompressedInputStream(pyarrow.PythonFile(file, mode="r"), "zstd"))
    return file


class _Guard(io.RawIOBase):
    """Passes bytes on as long as they could be ratings."""

    def __init__(
        self, unpacked: IO[bytes], stored: IO[bytes], where: str, most: int | None, tell: Callable[[], None] | None
    ) -> None:
        self._unpacked = unpacked
        self._stored = stored
        self._where = where
        self._most = most
        self._tell = tell
        self._n_read = 0
        self._line_length = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        block = self._unpacked.read(len(buffer))
        buffer[: len(block)] = block
        self._n_read += len(block)
        if self._most is not None and self._n_read > self._most:
            raise too_large(self._where, self._most)
        end = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self._line_length = self._line_length + len(block) if end < 0 else len(block) - end - 1
        if self._line_length > LONGEST_LINE:
            raise DataError(
                f"{self._where}, line {self._lines_before(self._n_read) + 1:,}: the line is longer than 1 MiB.",
                "Is this a file of ratings, one a line?",
            )
        if self._tell is not None:
            self._tell()
        return len(block)

    def _lines_before(self, end: int) -> int:
        """How many lines end within so many bytes: counted when it is asked for, since counting takes its time."""
        self._stored.seek(0)
        again = _unpacked(self._stored, _head(self._stored))
        n_lines, last = 0, b""
        while end > 0 and (block := again.read(min(_BLOCK, end))):
            n_lines += block.count(b"\n") + block.count(b"\r") - (last + block).count(b"\r\n")
            end, last = end - len(block), block[-1:]
        return n_lines

    def close(self) -> None:
        if not self.closed:
            self._unpacked.close()
            self._stored.close()
        super().close()
