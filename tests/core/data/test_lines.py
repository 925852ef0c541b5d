"""Lines: whatever they end in and however long they are, they are counted rightly and never held at once."""

import io
import tracemalloc
from functools import partial
from pathlib import Path

import pytest

from mftui.core.data.readers import lines, read, streams
from mftui.core.data.readers.comments import count_comments
from mftui.core.data.readers.faults import is_latin_1
from mftui.core.data.readers.layout import Layout
from mftui.core.data.readers.lines import even_lines
from mftui.core.data.readers.sources import open_source
from mftui.core.errors import DataError
from tests.tables import HEADER, csv_file


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1 << 18])
def test_a_lone_cr_becomes_a_line_end_wherever_blocks_meet(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_BLOCK", size)
    for text, expected in {
        b"": b"",
        b"\r": b"\n",
        b"\xef\xbb\xbf\ra\r": b"\na\n",
        b"a\rb\r\nc\nd\r\r\ne\r\r": b"a\nb\r\nc\nd\n\r\ne\n\n",
        b"\n\r\n\r\r\n\n\r": b"\n\r\n\n\r\n\n\n",
    }.items():
        with even_lines(io.BufferedReader(io.BytesIO(text), max(size, 3))) as file:  # type: ignore[type-var]
            assert file.read() == expected


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_line_is_named_by_its_number_however_lines_end(end: bytes, tmp_path: Path) -> None:
    rows = [HEADER.strip(), *[b"a,x,5,100"] * 30_000, "é,x,5,100".encode()]
    for last, fault in {
        b"\xff\xe9,x,5,100": "this is not UTF-8 text",
        b"x" * (2 * streams.LONGEST_LINE): "the line is longer than 1 MiB",
        b"a,x,five,100": '"five" is not a rating',
    }.items():
        with pytest.raises(DataError, match=f"line 30,003: {fault}"):
            read(csv_file(tmp_path, end.join([*rows, last])), "x")


@pytest.mark.parametrize("first", [b"", b" " * (1 << 17)], ids=["short", "long"])
def test_a_large_file_whose_lines_end_in_a_lone_cr_is_never_held_as_one_line(first: bytes, tmp_path: Path) -> None:
    rows = b"a,x,5,100\r" + b"# a remark of some length" * 40 + b"\r"
    path = csv_file(tmp_path, first + HEADER.replace(b"\n", b"\r") + rows * 10_000)
    layout = Layout(",", 0, 1, 2, 3, header_lines=1, header=("user", "item", "rating", "time"), quoted=True)
    with open_source(path) as source:
        for look in (source.sample, partial(is_latin_1, source), partial(count_comments, source, layout=layout)):
            tracemalloc.start()
            try:
                look(path.name)
                assert tracemalloc.get_traced_memory()[1] < 6 << 20
            finally:
                tracemalloc.stop()


@pytest.mark.parametrize("end", [b"", b"\n1,2,3\n"])
def test_a_very_long_line_is_refused_wherever_it_is(end: bytes, tmp_path: Path) -> None:
    long = b"x" * (3 * streams.LONGEST_LINE)
    for content, line in ((long, 1), (HEADER + b"a,x,5,100\n" * 20_000 + long, 20_002)):
        with pytest.raises(DataError, match=f"line {line:,}: the line is longer than 1 MiB"):
            read(csv_file(tmp_path, content + end), "x")


def test_a_line_of_200_mb_takes_little_memory(tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADER + b"a,x,5,100\n")
    with path.open("ab") as file:
        for _ in range(200):
            file.write(b"x" * 1_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="line 3: the line is longer than 1 MiB"):
            read(path, "x")
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()
