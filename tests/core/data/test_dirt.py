"""Dirt: whatever is in a file or in its place ends in ratings with a note, or in one sentence that says what to do."""

import gzip
import io
import os
import subprocess
import sys
import tracemalloc
import zipfile
from functools import partial
from pathlib import Path

import pytest

from mftui.core.data import load, summary_of
from mftui.core.data.readers import read, streams
from mftui.core.data.readers.comments import count_comments
from mftui.core.data.readers.faults import LONGEST_ID, is_latin_1
from mftui.core.data.readers.layout import Layout
from mftui.core.data.readers.sources import open_source
from mftui.core.data.statistics import summarize
from mftui.core.errors import DataError
from tests.layouts import zstd

HEADER = b"user,item,rating,time\n"
CLEAN = [("a", "x", 5.0, 100), ("b", "y", 3.0, 200)]


def csv_file(tmp_path: Path, content: bytes, name: str = "x.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def rows_of(path: Path) -> list[tuple]:
    found, _ = read(path, "x")
    columns = (found.user_ids[found.users], found.item_ids[found.items], found.values, found.timestamps)
    return list(zip(*(column.tolist() for column in columns), strict=True))


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


def test_an_id_may_begin_as_a_comment_does(tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADER + b"#1,x,5,100\n# one, two\n//b,%y,3,200\n#c,z,,300\n")
    assert rows_of(path) == [("#1", "x", 5, 100), ("//b", "%y", 3, 200)]
    assert "A line of comment was passed over." in read(path, "x")[0].notes
    assert "1 row without a rating was left out." in read(path, "x")[0].notes


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


@pytest.mark.parametrize("block", [16, 1 << 18])
def test_a_line_within_quotation_marks_is_no_comment(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mftui.core.data.readers.comments._BLOCK", block)
    lines = [
        "user,item,title,rating,time",
        'a,x,"One',
        '# two ""2""',
        '//",5,1',
        '# it is 12" wide',
        '#1,y,"Three, ""four""",3,2',
        'c,z,5" disc,4,3',
        '% "one, two',
        "d,x,,1,4",
    ]
    path = csv_file(tmp_path, "\n".join(lines).encode())
    found = read(path, "x")[0]
    assert rows_of(path) == [("a", "x", 5, 1), ("#1", "y", 3, 2), ("c", "z", 4, 3), ("d", "x", 1, 4)]
    assert found.titles.tolist() == ['One # two "2" //', 'Three, "four"', '5" disc']
    assert found.notes[-1] == "2 lines of comments were passed over."


def test_a_row_whose_text_ends_on_a_later_line_is_no_comment(tmp_path: Path) -> None:
    lines = [
        "user,item,title,rating,time",
        'a,w,"Zero",5,1',
        '#1,x,"One',
        '# or, ""more""",2,1',
        '# see, "there',
        'b,"y","Three",3,2',
        '%2,z,"Four',
        '#",4,3',
        '#, "never closed',
        "c,z,,1,4",
    ]
    found = read(csv_file(tmp_path, "\n".join(lines).encode()), "x")[0]
    users = found.user_ids[found.users].tolist()
    assert list(zip(users, found.values.tolist(), strict=True)) == [("a", 5), ("#1", 2), ("b", 3), ("%2", 4), ("c", 1)]
    assert found.titles.tolist() == ["Zero", 'One # or, "more"', "Three", "Four #"]
    assert found.notes[-1] == "2 lines of comments were passed over."


def test_a_line_behind_comments_is_named_by_its_own_number(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='line 5: "good" is not a rating'):
        read(csv_file(tmp_path, HEADER + b"a,x,5,100\n# one\n#\nb,y,good,200\n"), "x")


@pytest.mark.parametrize("name", ["u.data", "ratings.dat", "ratings.csv", "x.inter"])
def test_comments_are_passed_over_in_every_layout(name: str, tmp_path: Path) -> None:
    separator = {"u.data": "\t", "ratings.dat": "::", "ratings.csv": ",", "x.inter": "\t"}[name]
    header = {
        "ratings.csv": "userId,movieId,rating,timestamp\n",
        "x.inter": "user_id:token\titem_id:token\trating:float\n",
    }
    rows = [separator.join(map(str, (u, u + 1, 3, 10**9)[: 3 if name == "x.inter" else 4])) for u in range(6000)]
    rows[5000:5000] = ["# what follows was added later"]
    path = csv_file(tmp_path, (header.get(name, "") + "\n".join(rows) + "\n").encode(), name)
    found = read(path, "x")[0]
    assert len(found) == 6000
    assert found.notes[-1] == "A line of comment was passed over."


def test_a_comment_behind_every_row_is_looked_at_once(tmp_path: Path) -> None:
    """Where every comment was sought in all that followed, these took minutes: the time grew with their square."""
    rows = b"".join(b"%d,%d,3,1000000000\n# as it was told\n" % (user, user + 1) for user in range(20_000))
    found = read(csv_file(tmp_path, HEADER + rows), "x")[0]
    assert len(found) == 20_000
    assert found.notes[-1] == "20,000 lines of comments were passed over."


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


@pytest.mark.parametrize(("ending", "pack"), [("gz", gzip.compress), ("zst", zstd)])
def test_what_was_cut_off_is_refused_however_late_that_shows(ending: str, pack, tmp_path: Path) -> None:
    rows = HEADER + b"".join(b"%d,%d,3,%d\n" % (u, u * 7 % 1009, u * u) for u in range(60_000))
    packed = pack(rows)
    assert len(read(csv_file(tmp_path, packed, f"whole.{ending}"), "x")[0]) == 60_000
    for size in (12, len(packed) // 2, len(packed) - 4):
        with pytest.raises(DataError, match=rf"cut\.{ending} is damaged or cut off"):
            read(csv_file(tmp_path, packed[:size], f"cut.{ending}"), "x")


def zip_of(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST_UNPACKED", 1 << 20)
    bomb = HEADER + b"a,x,5,100\n" * 500_000
    for path in (
        zip_of(tmp_path / "bomb.zip", **{"x.csv": bomb}),
        csv_file(tmp_path, gzip.compress(bomb), "x.csv.gz"),
        csv_file(tmp_path, zstd(bomb), "x.csv.zst"),
    ):
        with pytest.raises(DataError, match="unpacks to more than"):
            read(path, "x")


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


def test_names_in_a_zip_that_point_elsewhere_point_nowhere(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    path = zip_of(
        inner / "x.zip", **{"../../ratings.csv": HEADER + b"a,x,5,100\nb,y,3,200\n", "/etc/passwd": b"root\n"}
    )
    assert rows_of(path) == CLEAN
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["inner", "x.zip"]


def test_a_zip_in_a_zip_or_alone_in_a_folder_is_said_to_be_one(tmp_path: Path) -> None:
    inner = zip_of(tmp_path / "inner.zip", **{"x.csv": HEADER + b"a,x,5,100\n"})
    (tmp_path / "outer").mkdir()
    zip_of(tmp_path / "outer" / "x.zip", **{"inner.zip": inner.read_bytes()})
    for place in (tmp_path / "outer" / "x.zip", tmp_path / "outer"):
        with pytest.raises(DataError, match="is a zip, which mftui reads only by itself") as caught:
            read(place, "x")
        assert caught.value.hint == "Unpack it first."


def test_a_file_without_a_name_in_a_zip_is_passed_over(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "x.zip", **{"x.csv": HEADER + b"a,x,5,100\nb,y,3,200\n", "ab": b"!"})
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 28], content[entry + 30] = 0, 2  # its name of two letters becomes an extra field
    path.write_bytes(content)
    assert rows_of(path) == CLEAN


def test_a_name_in_a_zip_that_is_no_text_is_damage(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "x.zip", **{"é.csv": HEADER + b"a,x,5,100\n"})
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\x9e\x9e"))
    with pytest.raises(DataError, match=r"x\.zip is a damaged zip file"):
        read(path, "x")


def test_a_name_in_a_zip_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    ratings = HEADER + b"a,x,5,100\n"
    path = zip_of(tmp_path / "x.zip", **{"\x1b[2Ja.csv": ratings, "b.csv": ratings})
    with pytest.raises(DataError, match=r'several sets of ratings: "a\.csv", "b\.csv"'):
        read(path, "x")


@pytest.mark.usefixtures("home")
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "itself").symlink_to(tmp_path / "folder")
    os.mkfifo(tmp_path / "folder" / "ratings.csv")
    for name, fault in {
        "fifo": "is neither a file nor a directory",
        "loop": "can't be read: Too many levels of symbolic links",
        "dangling": "There is no",
        "folder": "holds no ratings",
        "x" * 300: "can't be read: File name too long",
        "nul\0": "no dataset and no file",
    }.items():
        with pytest.raises(DataError, match=fault):
            load(str(tmp_path / name))
        assert summary_of(str(tmp_path / name)) is None


@pytest.mark.parametrize("layout", ["ratings.csv", "movies.csv"])
def test_a_directory_in_place_of_a_file_is_passed_over_or_refused(layout: str, tmp_path: Path) -> None:
    (tmp_path / layout).mkdir()
    if layout == "movies.csv":
        (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,2,3,4\n")
        assert read(tmp_path, "x")[0].titles.tolist() == ["2"]
    else:
        for there in (tmp_path, tmp_path / layout):
            with pytest.raises(DataError, match="holds no ratings"):
                read(there, "x")


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


def test_a_bomb_within_a_zip_is_refused_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST_UNPACKED", 1 << 20)
    path = zip_of(tmp_path / "x.zip", **{"x.csv.gz": gzip.compress(HEADER + b"a,x,5,100\n" * 500_000)})
    with pytest.raises(DataError, match="unpacks to more than"):
        read(path, "x")


def test_what_may_not_be_read_is_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = csv_file(tmp_path, HEADER + b"a,x,5,100\n")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0)
    path.chmod(0)
    if os.geteuid() == 0:  # whom no mode keeps out
        tmp_path.chmod(0o755)

        def denied(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(io, "open", denied)
        monkeypatch.setattr(os, "listdir", denied)
    for there in (path, locked):
        with pytest.raises(DataError, match="can't be read: Permission denied"):
            read(there, "x")


READ_AS_NOBODY = """
import os, sys
from pathlib import Path
from mftui.core.data.readers import read
from mftui.core.errors import DataError
from tests.layouts import zstd
os.setgid(65534), os.setuid(65534)
for there in sys.argv[1:]:
    try:
        read(Path(there), "x")
    except DataError as error:
        print(error.message)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_what_is_another_persons_is_said_to_be(tmp_path: Path) -> None:
    """In a process that gave up root's privileges, so that the kernel itself refuses."""
    path, folder = csv_file(tmp_path, HEADER + b"a,x,5,100\n"), tmp_path / "locked"
    path.chmod(0o600)
    folder.mkdir(mode=0o700)
    shut = [parent for parent in tmp_path.parents if not parent.stat().st_mode & 0o001]
    for parent in shut:  # pytest keeps its folders to itself
        parent.chmod(parent.stat().st_mode | 0o001)
    tmp_path.chmod(0o711)
    command = [sys.executable, "-c", READ_AS_NOBODY, str(path), str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for parent in shut:
        parent.chmod(parent.stat().st_mode & ~0o001)
    assert said.splitlines() == [f"{there} can't be read: Permission denied." for there in (path, folder)]


@pytest.mark.parametrize(
    "values", [(0, 5e-324), (16777217, 16777217), (1e9, -1e9), (1e9, 999_999_999.999), (1e-300, 3)]
)
def test_strange_ratings_can_still_be_counted(values: tuple[float, float], tmp_path: Path) -> None:
    found, _ = read(csv_file(tmp_path, "user,item,rating\na,x,{}\nb,y,{}\n".format(*values).encode()), "x")
    assert sum(count for _, count in summarize(found, "x").histogram) == 2
