"""Delimited text in blocks of whole lines, as long as its bytes mean the same to every reader."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.readers.layout import Layout
from mftui.core.data.readers.lines import pass_over
from mftui.core.data.readers.streams import LONGEST_LINE

_SIZE = 1 << 21
_TAB, _NEWLINE, _RETURN, _SPACE, _QUOTE, _DOT, _ZERO = b'\t\n\r ".0'

Bytes = NDArray[np.uint8]


class Irregular(ValueError):
    """Something that Arrow and pandas may read differently: the careful way decides."""


@dataclass(frozen=True)
class Block:
    """Some whole lines, the last of them ended."""

    text: bytes
    as_written: bool
    """Whether no number in it can be written in another way than the shortest (`007`, `+7`, ` 7`)."""


def blocks_of(file: io.BufferedReader, layout: Layout) -> Iterator[bytes]:
    """The lines after the header as they are, 2 MiB or a little more at a time; the last is ended.

    Raises:
        Irregular: a quotation mark is never closed.
    """
    pass_over(file, layout.header_lines)
    while block := file.read(_SIZE):
        block += file.readline()
        if layout.quoted and _count(block, _QUOTE) % 2:
            block += _rest_of_field(file)
        yield block if block.endswith(b"\n") else block + b"\n"


def _rest_of_field(file: io.BufferedReader) -> bytes:
    """The lines up to the one that closes a quotation mark; they are few, or the mark was meant otherwise."""
    lines: list[bytes] = []
    n_bytes = 0
    while (line := file.readline()) and n_bytes < LONGEST_LINE:
        lines.append(line)
        n_bytes += len(line)
        if line.count(b'"') % 2:
            return b"".join(lines)
    raise Irregular("a quotation mark that is never closed")


def looked_at(text: bytes, layout: Layout) -> Block:
    """Some whole lines in UTF-8, once it is sure that every reader takes them alike.

    Raises:
        Irregular: there is something in them that readers take differently: a NUL, a quotation mark that
            neither opens nor closes a field, a space before a field that may be quoted.
        UnicodeDecodeError: they are not in the layout's encoding.
    """
    if not text.isascii():
        decoded = text.decode(layout.encoding)  # which raises where it is not in that encoding
        text = text if layout.encoding == "utf-8" else decoded.encode()
    if b"\0" in text:
        raise Irregular("a NUL character")
    codes = np.frombuffer(text, np.uint8)
    separator = ord(layout.separator)
    if layout.quoted:
        quotes = np.flatnonzero(codes == _QUOTE) if b'"' in text else np.empty(0, np.intp)
        _refuse_odd_quotes(codes, quotes, separator)
        _refuse_spaced_fields(text, codes, quotes, separator)
    return Block(text, _as_written(text, codes, separator))


def _refuse_odd_quotes(codes: Bytes, quotes: NDArray[np.intp], separator: int) -> None:
    """Quotation marks must open a field, close it, or stand doubled within one, which is to close and open it again."""
    opening, closing = quotes[::2], quotes[1::2]
    doubled = closing[:-1] + 1 == opening[1:]
    before, after = codes[opening - 1], codes[closing + 1]
    if len(opening) and opening[0] == 0:
        before[0] = _NEWLINE
    starts = (before == separator) | (before == _NEWLINE) | np.append(False, doubled)[: len(before)]
    ends = (after == separator) | (after == _NEWLINE) | (after == _RETURN) | np.append(doubled, False)[: len(after)]
    if not (starts.all() and ends.all()):
        raise Irregular("a quotation mark within a field")


def _refuse_spaced_fields(text: bytes, codes: Bytes, quotes: NDArray[np.intp], separator: int) -> None:
    """Spaces before a field count for nothing where fields may be quoted, but not to Arrow."""
    for space in {_SPACE, _TAB} - {separator}:
        if space not in text:
            continue
        ahead = (codes[:-1] == separator) | (codes[:-1] == _NEWLINE)
        ahead &= codes[1:] == space
        within = np.searchsorted(quotes, np.flatnonzero(ahead)) % 2
        if codes[0] == space or not within.all():
            raise Irregular("a space before a field")


def _as_written(text: bytes, codes: Bytes, separator: int) -> bool:
    """Whether no sign, space or zero stands in front of a number, but for the zero of a fraction; no space behind."""
    marks = [mark for mark in b" \t+-" if mark != separator and mark in text]
    first, second, third = codes[:-2], codes[1:-1], codes[2:]
    odd = second == _ZERO
    for mark in marks:
        odd |= second == mark
    odd &= _begins(first, separator, has_spaces=bool(marks))
    places = np.flatnonzero(odd)
    after = third[places]
    fraction = (second[places] == _ZERO) & ((after == separator) | (after == _DOT) | (after <= _QUOTE))
    if not fraction.all() or codes[0] in marks or (codes[0] == _ZERO and chr(codes[1]).isalnum()):
        return False
    behind = (
        ((second == separator) | (second == _NEWLINE) | (second == _RETURN) | (second == _QUOTE)) if marks else None
    )
    return not any(((first == mark) & behind).any() for mark in marks if mark in b" \t")


def _begins(codes: Bytes, separator: int, has_spaces: bool) -> NDArray[np.bool_]:
    """Where a field begins behind one of these: a separator, the end of a line, a quotation mark."""
    if _QUOTE <= separator < _ZERO and not has_spaces:
        begins: NDArray[np.bool_] = codes <= separator  # no letter or digit is as low
    else:
        begins = (codes == separator) | (codes == _NEWLINE) | (codes == _QUOTE)
    return begins


def _count(text: bytes, code: int) -> int:
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == code))
