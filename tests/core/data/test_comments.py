"""Comments: passed over and counted wherever they stand; no rating is taken for one."""

from pathlib import Path

import pytest

from mftui.core.data.readers import read
from mftui.core.errors import DataError
from tests.tables import HEADER, csv_file, rows_of


def test_an_id_may_begin_as_a_comment_does(tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADER + b"#1,x,5,100\n# one, two\n//b,%y,3,200\n#c,z,,300\n")
    assert rows_of(path) == [("#1", "x", 5, 100), ("//b", "%y", 3, 200)]
    assert "A line of comment was passed over." in read(path, "x")[0].notes
    assert "1 row without a rating was left out." in read(path, "x")[0].notes


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
