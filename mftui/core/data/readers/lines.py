"""Lines as all readers take them: each ends in LF or CRLF, never in a lone CR as on old Macs; no byte order mark."""

import codecs
import io

import numpy as np

_BLOCK = 1 << 18
_RETURN, _NEWLINE = b"\r\n"


def even_lines(file: io.BufferedReader) -> io.BufferedReader:
    """The bytes of a text with LF in place of every lone CR, and without a byte order mark; `file` is closed with it.

    A line that is read from it is no longer than `file` lets one be (see `streams.guarded`).
    """
    return io.BufferedReader(_EvenLines(file), _BLOCK)


def pass_over(file: io.BufferedReader, n_lines: int) -> io.BufferedReader:
    """The file behind so many lines of it: what stands above the ratings."""
    for _ in range(n_lines):
        file.readline()
    return file


class _EvenLines(io.RawIOBase):
    def __init__(self, file: io.BufferedReader) -> None:
        self._file = file
        self._is_at_start = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        if self._is_at_start and self._file.peek(3).startswith(codecs.BOM_UTF8):
            self._file.read(3)
        self._is_at_start = False
        n = self._file.readinto(buffer)
        block = memoryview(buffer)[:n]
        if b"\r" in bytes(block):  # most files have none, and this is the fastest way to see it
            codes = np.frombuffer(block, np.uint8)
            returns = np.flatnonzero(codes == _RETURN)
            following = codes.take(returns + 1, mode="clip")
            if returns[-1] == n - 1:
                following[-1] = (self._file.peek(1) or b"\0")[0]
            codes[returns[following != _NEWLINE]] = _NEWLINE
        return n

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()
