"""Comments between the ratings: lines that begin as a comment does and are no rating are passed over, and counted."""

import csv
import io
import re
from pathlib import Path
from typing import IO

from mftui.core.data.readers.faults import MISSING, is_number
from mftui.core.data.readers.layout import Layout
from mftui.core.data.readers.sources import Source

COMMENTS = ("#", "%", "//")

_BLOCK = 1 << 18
_LINE = re.compile(rb"(?:\A|(?<=[\r\n]))(?:#|%|//)[^\r\n]*")


def count_comments(source: Source, member: str, layout: Layout) -> int:
    """How many lines after the header are comments."""
    n_comments = 0
    with source.open(member) as file:
        for _ in range(layout.header_lines):
            file.readline()
        while block := _lines(file):
            n_comments += sum(_is_comment(found[0], layout) for found in _LINE.finditer(block))
    return n_comments


class WithoutComments(Source):
    """The files of another source with blank lines in place of comments, so that every line keeps its number."""

    def __init__(self, source: Source, layout: Layout) -> None:
        super().__init__(source.path, source.members)
        self.consulted, self.tell = source.consulted, source.tell
        self._source = source
        self._layout = layout

    def open(self, member: str, watched: bool = False) -> io.BufferedReader:
        """The file's bytes without comments."""
        return io.BufferedReader(_Blanked(self._source.open(member, watched), self._layout), _BLOCK)

    def start(self, member: str, n_bytes: int) -> bytes:
        """The first bytes of the file as it is stored."""
        return self._source.start(member, n_bytes)

    def size(self, member: str) -> int:
        """The file's bytes, comments among them."""
        return self._source.size(member)

    def seekable(self, member: str) -> Path | IO[bytes]:
        """The file as it is, comments among it."""
        return self._source.seekable(member)

    def where(self, member: str) -> str:
        """What to call the file in a message."""
        return self._source.where(member)

    def has(self, member: str) -> bool:
        """Whether there is such a file."""
        return self._source.has(member)


class _Blanked(io.RawIOBase):
    def __init__(self, file: io.BufferedReader, layout: Layout) -> None:
        self._file = file
        self._layout = layout
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        while not self._ready and (block := _lines(self._file)):
            self._ready = memoryview(_LINE.sub(self._blanked, block))
        n = min(len(buffer), len(self._ready))
        buffer[:n], self._ready = self._ready[:n], self._ready[n:]
        return n

    def _blanked(self, found: re.Match[bytes]) -> bytes:
        return b"" if _is_comment(found[0], self._layout) else found[0]

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def _lines(file: io.BufferedReader) -> bytes:
    """The next lines, whole; nothing at the end."""
    block = file.read(_BLOCK)
    return block + file.readline() if block else block


def _is_comment(line: bytes, layout: Layout) -> bool:
    """Whether a line that begins as comments do lacks what a rating has: an id may begin with `#`, too."""
    text = line.decode(layout.encoding, "replace")
    if layout.separator == r"\s+":
        fields = text.split()
    elif layout.quoted:
        fields = next(csv.reader([text], delimiter=layout.separator, skipinitialspace=True), [])
    else:
        fields = text.split(layout.separator)
    if len(fields) <= max(layout.roles):
        return True
    rating = fields[layout.rating] if layout.rating is not None else ""
    return not (rating in MISSING or is_number(rating))
