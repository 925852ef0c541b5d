"""Every layout, whatever its lines end in and whatever stands between its ratings, is read as the same ratings."""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from mftui.core.data.ratings import Ratings
from mftui.core.data.readers import read, tables
from tests.layouts import write_movielens, write_movielens_100k, write_recbole
from tests.planted import planted_ratings

RATINGS = [(1, 10, 5, 978300760), (2, 20, 3.5, 978302109), (1, 20, 0.5, 978301968), (30, 10, 4, 978300275)]
USERS, ITEMS, VALUES, TIMES = ([row[column] for row in RATINGS] for column in range(4))
LAYOUTS = {
    # name of the file, header, a row
    "MovieLens 100K": ("u.data", "", "{}\t{}\t{}\t{}"),
    "MovieLens 1M": ("ratings.dat", "", "{}::{}::{}::{}"),
    "MovieLens 20M": ("ratings.csv", "userId,movieId,rating,timestamp", "{},{},{},{}"),
    "RecBole": ("x.inter", "user_id:token\titem_id:token\trating:float\ttimestamp:float", "{}\t{}\t{}\t{}"),
    "commas": ("x.csv", "user,item,rating,time", "{},{},{},{}"),
    "commas, no header": ("x.csv", "", "{},{},{},{}"),
    "quoted": ("x.csv", '"User-ID";"ISBN";"Book-Rating";"Time"', '"{}";"{}";"{}";"{}"'),
    "quoted header of two lines": ("x.csv", 'user,item,rating,"time\n"', "{},{},{},{}"),
    "titles of two lines": ("x.csv", "user,item,title,rating,time", '{},{},"Alien\n# two (1979)",{},{}'),
    "tabs, no header": ("x.tsv", "", "{}\t{}\t{}\t{}"),
    "bars": ("x.psv", "user|item|rating|time", "{}|{}|{}|{}"),
    "double colons": ("x.txt", "user::item::rating::time", "{}::{}::{}::{}"),
    "spaces": ("x.txt", "", "{}  {} {} {}"),
}  # fmt: skip
ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}
WITHIN = ["", "first", "after the header", "middle", "last"]
"""Where a comment or a blank line may stand."""


def text_of(header: str, row: str, comment: str, blank: str) -> str:
    """A file with LF at the end of each line, with a comment at one place and a blank line at another."""
    rows = [row.format(*rating) for rating in RATINGS]
    parts = {"first": [], "header": [header] if header else [], "after the header": [], "one": rows[:2]}
    parts |= {"middle": [], "two": rows[2:], "last": []}
    if comment:
        parts[comment].append('# made by hand, "twice; in 2003')
    if blank:
        parts[blank].append("")
    return "".join(f"{line}\n" for part in parts.values() for line in part)


def assert_is_expected(found: Ratings) -> None:
    assert found.user_ids[found.users].tolist() == USERS
    assert found.item_ids[found.items].tolist() == ITEMS
    assert found.values.tolist() == VALUES
    assert found.timestamps is not None
    assert found.timestamps.tolist() == TIMES


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_comments_blank_lines_and_line_ends_change_nothing(layout: str, end: str, tmp_path: Path) -> None:
    name, header, row = LAYOUTS[layout]
    for comment, blank, (mark, last_end) in product(WITHIN, WITHIN, ((b"", True), (b"\xef\xbb\xbf", False))):
        text = text_of(header, row, comment, blank)
        path = tmp_path / name
        path.write_bytes(mark + (text if last_end else text.removesuffix("\n")).replace("\n", ENDS[end]).encode())
        found = read(path, "x")[0]
        assert_is_expected(found)
        is_above = comment == "first" or (comment == "after the header" and not header)
        assert ("A line of comment was passed over." in found.notes) == (bool(comment) and not is_above)


@pytest.mark.parametrize("mark", ["#", "%", "//"])
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("comment", ["", "first", "last"])
def test_ids_that_all_begin_as_comments_do_are_read_as_they_are(
    comment: str, end: str, mark: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    for header in ("", f"{mark}user,item,rating,time"):
        text = text_of(header, f"{mark}{{}},{mark}{{}},{{}},{{}}", comment, "")
        path.write_bytes(text.replace("\n", ENDS[end]).encode())
        found = read(path, "x")[0]
        assert found.user_ids[found.users].tolist() == [f"{mark}{user}" for user in USERS]
        assert found.values.tolist() == VALUES


def test_ratings_above_others_are_not_lost_for_beginning_as_comments_do(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("# see, below, 3\n#1,x,5\n\n#2,x,4\n3,y,1\n")
    assert read(path, "x")[0].user_ids.tolist() == ["#1", "#2", "3"]


def test_sizes_above_or_between_rows_are_comments(tmp_path: Path) -> None:
    """As KONECT has them: a mark, a space, and numbers that could be a rating's."""
    path = tmp_path / "out.x"
    path.write_text("% bip weighted\n% 4 3 2\n1 10 5\n2 20 3\n% 4 3 2\n1 20 1\n")
    found = read(path, "x")[0]
    assert (found.user_ids.tolist(), found.values.tolist()) == ([1, 2], [5, 3, 1])
    path.write_text("% 4 3 2\n# 1 1 3\n")
    with pytest.raises(Exception, match="holds no ratings"):
        read(path, "x")


FOLDERS: dict[str, Callable[[Ratings, Path], Path]] = {
    "MovieLens 100K": write_movielens_100k,
    "RecBole": write_recbole,
    "MovieLens 1M": lambda made, folder: write_movielens(made, folder, "1m"),
    "MovieLens 20M": lambda made, folder: write_movielens(made, folder, "20m"),
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("layout", FOLDERS)
def test_what_lies_beside_the_ratings_is_read_whatever_its_lines_end_in(layout: str, end: str, tmp_path: Path) -> None:
    made = planted_ratings(9, 7)
    folder = FOLDERS[layout](made, tmp_path / "folder")
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes().replace(b"\n", ENDS[end].encode()))
    found = read(folder, "x")[0]
    assert found.fingerprint == made.fingerprint
    np.testing.assert_array_equal(found.titles, made.titles)
    np.testing.assert_array_equal(found.item_info["genres"], made.item_info["genres"])


@pytest.mark.parametrize("end", ENDS)
def test_lines_that_end_in_any_way_are_read_fast(end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a regular file was read the careful way")

    monkeypatch.setattr(tables, "read_carefully", refuse)
    path = tmp_path / "x.csv"
    path.write_bytes(text_of(*LAYOUTS["commas"][1:], "middle", "first").replace("\n", ENDS[end]).encode())
    assert_is_expected(read(path, "x")[0])
