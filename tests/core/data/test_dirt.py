"""Dirt: whatever is in a file ends in ratings with a note, or in one sentence that says what to do."""

from pathlib import Path

import pytest

from mftui.core.data.readers import read
from mftui.core.data.readers.faults import LONGEST_ID
from mftui.core.data.statistics import summarize
from mftui.core.errors import DataError
from tests.tables import CLEAN, HEADER, csv_file, rows_of


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + HEADER + b"a,x,5,100\nb,y,3,200\n",
        b"user,item,rating,time\r\na,x,5,100\r\nb,y,3,200\r\n",
        b"user,item,rating,time\ra,x,5,100\rb,y,3,200\r",
        b"\n\n" + HEADER + b"\na,x,5,100\n\n\nb,y,3,200",
        b"# Ratings of 2003\n#\n\n" + HEADER + b"a,x,5,100\nb,y,3,200\n",
        b"% bip weighted\n% 2 2 2\nuser item rating time\na x 5 100\nb y 3 200\n",
        HEADER + b"a,x,5,100\n,,,\nb,y,3,200\n,,,\n",
        HEADER + b"a,x,5,100,\nb,y,3,200,\n",
        HEADER + b" a, x, 5, 100\nb ,y, 3, 200\n".replace(b"b ", b"b"),
        b'user,title,item,rating,time\na,"He said ""no"", twice; then left",x,5,100\nb,"two\nlines",y,3,200\n',
        HEADER + b"a,x,5.0,1e2\nb,y,3e0,200.9\n",
        b"user\titem\trating\ttime\na\tx\t5\t100\nb\ty\t3\t200\n",
    ],
)
def test_what_is_harmless_is_read_as_if_it_were_clean(content: bytes, tmp_path: Path) -> None:
    assert rows_of(csv_file(tmp_path, content)) == CLEAN


@pytest.mark.parametrize(
    ("rows", "kept", "note"),
    [
        (b"a,x,,100\na,y,NaN,100\nb,x\n", CLEAN, "3 rows without a rating were left out."),
        (b"a,x,1,50\n", CLEAN, "1 rating was given again for the same user and item: the latest counts."),
        (b"c,z,4,\n", None, "1 row has no timestamp: times are not used."),
        (b"# exported again\na,x,1,50\n", CLEAN, "A line of comment was passed over."),
        (b"# a remark, and more\n% 2 2 2\n//\n", CLEAN, "3 lines of comments were passed over."),
        (b"c,z,4,1e15\n", None, "Some timestamps lie beyond the year 9999: times are not used."),
    ],
)
def test_what_is_decided_is_counted(rows: bytes, kept: list | None, note: str, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADER + b"a,x,5,100\nb,y,3,200\n" + rows)
    found, _ = read(path, "x")
    assert note in found.notes
    assert (found.timestamps is None) if kept is None else (rows_of(path) == kept)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (b"c,z,inf,1\n", 'line 4: "inf" is not a rating'),
        (b"c,z,-Infinity,1\n", 'line 4: "-Infinity" is not a rating'),
        (b"c,z,1e400,1\n", 'line 4: "1e400" is not a rating'),
        (b"c,z,1e12,1\n", 'line 4: "1e12" is not a rating'),
        (b"c,z,1_0,1\n", 'line 4: "1_0" is not a rating'),
        (b'c,z,"4,5",1\n', 'line 4: "4,5" is not a rating: its decimals stand behind a comma, not a point'),
        ("c,z,٣,1\n".encode(), 'line 4: "٣" is not a rating'),
        (b"c,z,good,1\n", 'line 4: "good" is not a rating'),
        (b"c,z,3,inf\n", 'line 4: "inf" is not a time in seconds'),
        (b"c,z,3,2003-01-01\n", 'line 4: "2003-01-01" is not a time in seconds'),
        (b",z,3,1\n", "line 4: it has no user"),
        (b"c,,3,1\n", "line 4: it has no item"),
        (b"c\n", "line 4: it has 1 field where 2 are needed"),
        (b"c,z,3,1,more\n", "line 4: it has 5 fields where 4 are expected"),
        (HEADER + b"c,z,3,1\n", "line 4: here the header comes again, as where files were put together"),
        ("c,été,3,1\n".encode() + b"d,\xe9t\xe9,3,1\n", "line 5: this is not UTF-8 text"),
        (b'c,"z,3,1\nd,z,4,1\n', "line 4: the item reaches over the end of the line"),
        (b'c,z,3,"1\n', "line 4 or after: a quotation mark is never closed"),
        (b'c,"z,3,1\nd,z",4,1\n', "line 4: the item reaches over the end of the line"),
        (b"c," + b"z" * (LONGEST_ID + 1) + b",3,1\n", f"has more than {LONGEST_ID} characters"),
        (b"c,\x1b]0;owned\x07\x1b[31mz\xe2\x80\xae,\x1b[2Jbad,1\n", 'line 4: "bad" is not a rating'),
    ],
)
def test_a_line_that_cannot_be_a_rating_is_named_with_what_to_do(rows: bytes, fault: str, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADER + b"a,x,5,100\nb,y,3,200\n" + rows)
    with pytest.raises(DataError) as caught:
        read(path, "x")
    assert f"{path}, " in caught.value.message
    assert fault in caught.value.message
    assert caught.value.hint


def test_dates_are_checked_as_strictly(tmp_path: Path) -> None:
    head = b"user,item,rating,date\na,x,5,2003-05-17\n"
    assert rows_of(csv_file(tmp_path, head + b"b,y,3,1969-12-31T23:59:59Z\n"))[1][3] == -1
    big = head + b"a,z,1,2003-05-18\n" * 3000
    with pytest.raises(DataError, match=r'line 3,003: "12345-01-01" is not a date'):
        read(csv_file(tmp_path, big + b"b,y,3,12345-01-01\n"), "x")


@pytest.mark.parametrize(
    "date", ["2003-W20-6", "2003-05-17x12:00", "2003-05-17T12:00:00,5", "2003-05-17T12:00+01:00:30"]
)
def test_a_date_in_a_form_that_is_not_read_is_named_with_its_line(date: str, tmp_path: Path) -> None:
    rows = f'user;item;rating;date\na;x;5;2003-05-17\na;y;5;2003-05-18T12:00Z\nb;y;3;"{date}"\n'
    with pytest.raises(DataError, match=r'line 4: ".*" is not a date'):
        read(csv_file(tmp_path, rows.encode()), "x")


def test_one_rating_is_a_set_of_ratings(tmp_path: Path) -> None:
    path = csv_file(tmp_path, b"a,x,5\n")
    found, _ = read(path, "x")
    assert (len(found), found.scale, found.timestamps) == (1, (5, 5, 1), None)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n\n  \n", "is empty"),
        ("header.csv", HEADER, "holds no ratings"),
        ("comments.csv", b"# nothing\n# more\n", "holds no ratings"),
        ("prose.txt", b"It was a dark and stormy night; the rain fell in torrents.\n", "holds no ratings"),
        ("wide.csv", HEADER.decode().encode("utf-16"), "is not text in UTF-8"),
        ("binary", bytes(range(256)) * 40, "is not text in UTF-8"),
        (
            "lines.json",
            b'{"reviewerID": "A1", "asin": "B2", "overall": 4.0}\n' * 3,
            "is JSON, which mftui does not read",
        ),
        ("array.json", b'[\n  {\n    "user": 1, "item": 2, "rating": 3\n  }\n]\n', "is JSON"),
        ("x.csv.7z", b"7z\xbc\xaf" + b"?" * 99, "is packed by 7-Zip, which mftui does not read"),
        ("x.csv.zst", b"\x28\xb5\x2f\xfd" + b"?" * 99, "is damaged or cut off"),
        ("x.csv.gz", b"\x1f\x8b\x08\x00garbage and more of it", "is damaged or cut off"),
        ("x.csv.bz2", b"BZh9garbage and more of it", "is damaged or cut off"),
        ("x.csv.xz", b"\xfd7zXZ\x00garbage and more of it", "is damaged or cut off"),
        ("x.zip", b"PK\x05\x06" + bytes(18), "holds no ratings"),
        (
            "own.csv",
            b"user,item,mark\n1,2,a\n3,4,b\n",
            "has no rating column that can be told; it has user, item, mark",
        ),
        ("r.csv", b'"user","item","rating"\n"1","a","b",5\n', "has names for 3 columns but rows of 4"),
    ],
)
def test_what_holds_no_ratings_is_said_to(name: str, content: bytes, fault: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=fault) as caught:
        read(csv_file(tmp_path, content, name), "x")
    assert str(tmp_path / name) in caught.value.message


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("A (1995)", 1995),
        ("B (0000)", 0),
        ("C (9999)", 0),
        ("D (1869)", 0),
        ("E (12345)", 0),
        ("F (2049) (1982)", 1982),
    ],
)
def test_a_year_out_of_range_is_none(title: str, year: int, tmp_path: Path) -> None:
    found = read(csv_file(tmp_path, f"user,item,title,rating\nu,1,{title},3\n".encode()), "x")[0]
    assert found.item_info["year"].tolist() == [year]


@pytest.mark.parametrize(
    ("times", "first"),
    [("-1,5", -1), ("5,6,253402300799", 5), ("-62135596800,5", -62135596800), ("0,0", 0)],
)
def test_times_before_1970_and_far_ahead_are_counted_all_the_same(times: str, first: int, tmp_path: Path) -> None:
    rows = "".join(f"u{n},i,3,{time}\n" for n, time in enumerate(times.split(",")))
    found = read(csv_file(tmp_path, HEADER + rows.encode()), "x")[0]
    assert summarize(found, "x").first == first


@pytest.mark.parametrize(
    "values", [(0, 5e-324), (16777217, 16777217), (1e9, -1e9), (1e9, 999_999_999.999), (1e-300, 3)]
)
def test_strange_ratings_can_still_be_counted(values: tuple[float, float], tmp_path: Path) -> None:
    found, _ = read(csv_file(tmp_path, "user,item,rating\na,x,{}\nb,y,{}\n".format(*values).encode()), "x")
    assert sum(count for _, count in summarize(found, "x").histogram) == 2
