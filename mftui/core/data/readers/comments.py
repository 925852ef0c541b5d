"""Comments between the ratings: lines that begin as a comment does and are no rating are passed over, and counted."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from mftui.core.data.readers.faults import MISSING, is_number
from mftui.core.data.readers.layout import Layout
from mftui.core.data.readers.lines import pass_over
from mftui.core.data.readers.sources import Source

COMMENTS = ("#", "%", "//")
REMARK = re.compile(r"(?:#|%|//)(?: |$)")
"""How a line begins that can't be anything but a comment: an id may begin as comments do, too, but not with a space."""

_BLOCK = 1 << 18
_STARTS = tuple(start.encode() for start in COMMENTS)
_REST_OF_LINE = re.compile(rb"[^\n]*")
_LINE = re.compile(rb"(?m:^)(?:#|%|//)[^\n]*")
_IN_MARKS = rb'[^"]*(?:""[^"]*)*("?)'
_REST_OF_FIELD = re.compile(_IN_MARKS)


def count_comments(source: Source, member: str, layout: Layout) -> int:
    """How many lines after the header are comments."""
    if not any(map(_LINE.search, _blocks(source, member, layout))):  # most files need no closer look
        return 0
    finder = _Finder(layout)
    return sum(len(list(finder.comments(block))) for block in _blocks(source, member, layout))


def _blocks(source: Source, member: str, layout: Layout) -> Iterator[bytes]:
    """Whole lines after the header, many at a time."""
    with pass_over(source.open(member), layout.header_lines) as file:
        while block := _lines(file):
            yield block


class WithoutComments(Source):
    """The files of another source with blank lines in place of comments, so that every line keeps its number."""

    def __init__(self, source: Source, layout: Layout) -> None:
        super().__init__(source.path, source.members)
        self.consulted, self.tell = source.consulted, source.tell
        self._source = source
        self._layout = layout

    def unpacked(self, member: str, watched: bool = False) -> io.BufferedReader:
        """The file's bytes, comments among them."""
        return self._source.unpacked(member, watched)

    def open(self, member: str, watched: bool = False) -> io.BufferedReader:
        """The file's lines without comments."""
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
    """The bytes of a file without its comments."""

    def __init__(self, file: io.BufferedReader, layout: Layout) -> None:
        self._file = file
        self._finder = _Finder(layout)
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        while not self._ready and (block := _lines(self._file)):
            self._ready = memoryview(self._blanked(block))
        n = min(len(buffer), len(self._ready))
        buffer[:n], self._ready = self._ready[:n], self._ready[n:]
        return n

    def _blanked(self, block: bytes) -> bytes:
        kept, end = [], 0
        for comment in self._finder.comments(block):
            kept.append(block[end : comment.start])
            end = comment.stop
        return b"".join([*kept, block[end:]])

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


class _Finder:
    """Finds comments in blocks that follow one another: no line within a field in quotation marks is one."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._token = _LINE
        self._field: re.Pattern[bytes] | None = None
        """A field in quotation marks, where there may be some."""
        self._opening: re.Pattern[bytes] | None = None
        """How such a field begins: looked for within a line, as the field itself would be in all that follows."""
        self._is_in_field = False
        """Whether a field that was opened in an earlier block goes on."""
        if layout.quoted:
            separator = re.escape(layout.separator.encode())
            spaces = b" \t".replace(layout.separator.encode(), b"")
            opening = rb'(?:\A|(?<=[\n%b]))[%b]*"' % (separator, spaces)
            field = opening + _IN_MARKS
            self._opening = re.compile(opening)
            self._field, self._token = re.compile(field), re.compile(field + b"|" + _LINE.pattern)

    def comments(self, block: bytes) -> Iterator[slice]:
        """Where comments lie in the next whole lines."""
        at = 0
        if self._is_in_field and (rest := _REST_OF_FIELD.match(block)):
            at, self._is_in_field = rest.end(), not rest[1]
        while found := self._token.search(block, at):
            at = found.end()
            if not found[0].startswith(_STARTS):
                self._is_in_field = not found[1]
            elif _is_comment(self._record(block, found), self._layout):
                yield slice(*found.span())
            else:
                at = found.start() + 1  # fields of this line may be in quotation marks

    def _record(self, block: bytes, line: re.Match[bytes]) -> bytes:
        """A line, with those that follow where a field of it reaches over its end and is closed within the block."""
        at, end = line.span()
        n_fields = max(self._layout.roles) + 1  # no more need be looked at
        while self._field and self._opening and n_fields and (opening := self._opening.search(block, at, end)):
            field = self._field.match(block, opening.start())
            if not field or not field[1]:
                return line[0]
            if (at := field.end()) > end and (rest := _REST_OF_LINE.match(block, at)):
                end = rest.end()
            n_fields -= 1
        return block[line.start() : end]


def _lines(file: io.BufferedReader) -> bytes:
    """The next lines, whole; nothing at the end."""
    block = file.read(_BLOCK)
    return block + file.readline() if block else block


def lacks_a_rating(fields: Sequence[str], roles: Mapping[str, int]) -> bool:
    """Whether these fields are too few, or hold no number where the rating should be."""
    if len(fields) <= max(roles.values()):
        return True
    rating = fields[roles["rating"]] if "rating" in roles else ""
    return not (rating in MISSING or is_number(rating))


def _is_comment(record: bytes, layout: Layout) -> bool:
    """Whether a record that begins as comments do is one, rather than a rating by or of an id that begins so."""
    text = record.decode(layout.encoding, "replace").removesuffix("\r")
    if REMARK.match(text):
        return True
    if layout.separator == r"\s+":
        fields = text.split()
    elif layout.quoted:
        is_long = "\n" in text  # then a mark in a comment may have met one of a row
        lines = csv.reader([text], delimiter=layout.separator, skipinitialspace=True, strict=is_long)
        try:
            fields = next(lines, [])
        except csv.Error:
            return True
    else:
        fields = text.split(layout.separator)
    return lacks_a_rating(fields, layout.fields)
