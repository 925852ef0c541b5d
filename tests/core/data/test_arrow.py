"""The fast way to read ends in just what the careful way ends in, and is taken where a file is regular."""

from pathlib import Path

import pytest

from mftui.core.data.ratings import Ratings
from mftui.core.data.readers import read, tables
from mftui.core.data.readers.arrow import read_regular
from mftui.core.data.readers.blocks import Irregular, blocks_of
from mftui.core.data.readers.layout import Layout
from mftui.core.data.readers.sources import open_source
from mftui.core.errors import MftuiError
from tests.fuzz import outcomes
from tests.layouts import write_delimited, write_movielens, write_movielens_100k, write_recbole


def told(outcome: Ratings | MftuiError) -> tuple:
    """All that can be told from how reading ended."""
    if isinstance(outcome, MftuiError):
        return str(outcome), outcome.hint
    columns = {**outcome.user_info, **outcome.item_info}
    return (
        outcome.fingerprint,
        outcome.scale,
        outcome.notes,
        outcome.user_ids.dtype.kind + outcome.item_ids.dtype.kind,
        {name: column.tolist() for name, column in columns.items()},
    )


def test_both_ways_end_the_same_on_damaged_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    n_fast = 0

    def counted(*args) -> object:
        nonlocal n_fast
        rows = read_regular(*args)
        n_fast += rows is not None
        return rows

    monkeypatch.setattr(tables, "read_regular", counted)
    fast = [told(outcome) for outcome in outcomes(700, 5, tmp_path)]
    monkeypatch.setattr(tables, "read_regular", lambda *_: None)
    careful = [told(outcome) for outcome in outcomes(700, 5, tmp_path)]
    assert fast == careful
    assert 70 < n_fast < 630


@pytest.mark.parametrize(
    "ids",
    [
        ["1", "20", "300"],
        ["1", "007", "7"],
        ["-1", "0", "1"],
        [str(2**26 - 1), str(2**26), "3"],
        [str(2**63 - 1), str(2**63), "5"],
        ["0", "0x10", "16"],
        ["1", "+2", "2"],
        ["3", "1", "a"],
        ["a", "1", "1.0"],
        ["Žižek", "黒澤明", "NA"],
        ["12345678901234567890", "1", "z" * 256],
    ],
)
def test_both_ways_number_ids_the_same_however_late_one_is_unlike_the_others(
    ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mftui.core.data.readers.blocks._SIZE", 1 << 10)
    usual = "".join(f"{user},{user * 7 % 97},{user % 5 + 1},{10**9 + user}\n" for user in range(1, 400))
    odd = "".join(f"{id_},{id_},{n},1000000000\n" for n, id_ in enumerate(ids))
    for name, text in (("late", usual + odd), ("early", odd + usual)):
        path = tmp_path / f"{name}.csv"
        path.write_text("user,item,rating,timestamp\n" + text, "utf-8")
        fast = told(read(path, "x")[0])
        with monkeypatch.context() as patch:
            patch.setattr(tables, "read_regular", lambda *_: None)
            assert told(read(path, "x")[0]) == fast


@pytest.mark.parametrize("user", ["u", ""])
@pytest.mark.parametrize(
    "odd",
    [
        "2003-05-17",
        "1969-12-31 23:59:59",
        "0001-01-01",
        "9999-12-31T23:59",
        "2003-05-17T12",
        "2003-05-17T12:00:00Z",
        "2003-05-17T12:00:00+05:30",
        "2003-05-17T12:00:00.75",
        "1969-12-31T23:59:59.5",
        "20030517",
        "2003-02-30",
        "2003-05-17T24:00:00",
        "2003-W20-6",
        "1053129600",
        " 2003-05-17",
        "",
        "NaN",
    ],
)
def test_both_ways_take_dates_the_same(odd: str, user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mftui.core.data.readers.blocks._SIZE", 1 << 10)
    for zone in ("", "T10:00:00Z", " 10:00:00", "T10:00+02:00"):
        usual = "".join(f"{user}{n},{n * 7 % 97},3,19{n % 90 + 10}-05-{n % 28 + 1:02}{zone}\n" for n in range(1, 99))
        row = f"{user}5,7,3,{odd}\n"
        for name, text in (("late", usual + row), ("early", row + usual)):
            path = tmp_path / f"{name}.csv"
            path.write_text("user,item,rating,date\n" + text)
            fast = outcome_of(path)
            with monkeypatch.context() as patch:
                patch.setattr(tables, "read_regular", lambda *_: None)
                assert outcome_of(path) == fast


ODD_QUOTES = [
    'u,"x"y,1\n',
    'u,x"y,1\n',
    'u,"x ,1\n',
    'u,"",1\n',
    'u,"""",1\n',
    'u,"a""b""",1\n',
    'u, "x",1\n',
    'u,"x" ,1\n',
    '"u","x, y",1\n',
    'u,"x\ny",1\n',
    '"u\r\n","x",1\n',
    'u,"007",1\nu,7,2\n',
    '"0",00,1\n',
    'u,x,"1"\n',
    'u,x,""\n',
    "'u',x,1\n",
    "u\t,x,1\n",
    "u,\tx,1\n",
    "u,x,1\r\r\n",
    "u,x,1\rv,x,1\n",
]


@pytest.mark.parametrize("odd", ODD_QUOTES)
@pytest.mark.parametrize("size", [32, 1 << 21])
def test_both_ways_take_quotation_marks_the_same(
    odd: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mftui.core.data.readers.blocks._SIZE", size)
    usual = "".join(f'{n},"{n * 7}",3\n' for n in range(20))
    for name, text in (("late", usual + odd), ("early", odd + usual), ("end", usual + odd.rstrip("\n"))):
        path = tmp_path / f"{name}.csv"
        path.write_bytes(f"user,item,rating\n{text}".encode())
        fast = outcome_of(path)
        with monkeypatch.context() as patch:
            patch.setattr(tables, "read_regular", lambda *_: None)
            assert outcome_of(path) == fast


def test_a_mark_that_nothing_closes_is_not_looked_for_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mftui.core.data.readers.blocks._SIZE", 1 << 10)
    monkeypatch.setattr("mftui.core.data.readers.blocks.LONGEST_LINE", 1 << 12)
    path = tmp_path / "x.csv"
    path.write_text('user,item,rating\nu,"x,3\n' + "".join(f"{n},{n},3\n" for n in range(9999)))
    layout = Layout(",", user=0, item=1, rating=2, timestamp=None, header_lines=1, quoted=True)
    with path.open("rb") as file:
        with pytest.raises(Irregular, match="never closed"):
            list(blocks_of(file, layout))
        assert file.tell() < 1 << 14
    with pytest.raises(MftuiError, match="line 2"):
        read(path, "x")


def outcome_of(path: Path) -> tuple:
    try:
        return told(read(path, "x")[0])
    except MftuiError as error:
        return told(error)


@pytest.fixture
def only_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test fail where a file is read the careful way."""

    def refuse(*_: object) -> None:
        raise AssertionError("a regular file was read the careful way")

    monkeypatch.setattr(tables, "read_carefully", refuse)


@pytest.mark.usefixtures("only_fast")
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("size", [64, 1 << 21])
def test_quotation_marks_line_ends_and_a_bom_are_regular(
    bom: bytes, end: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mftui.core.data.readers.blocks._SIZE", size)
    rows = [
        f'"u{n}","{n % 7}","Bat, The ""{n % 7}"", cut{end} and uncut (1926)",{n % 5 + 1},{10**9 + n}' for n in range(60)
    ]
    path = tmp_path / "x.csv"
    path.write_bytes(bom + end.join(["user,item,title,rating,time", *rows]).encode())
    found = read(path, "x")[0]
    assert found.user_ids.tolist() == [f"u{n}" for n in range(60)]
    assert found.item_ids.tolist() == list(range(7))
    assert found.titles[3] == 'Bat, The "3", cut and uncut (1926)'
    assert found.values.tolist() == [n % 5 + 1 for n in range(60)]


@pytest.mark.usefixtures("only_fast")
def test_a_file_in_latin_1_with_quotation_marks_is_regular_once_that_is_known(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    layout = Layout(";", user=0, item=1, rating=2, timestamp=None, header_lines=1, quoted=True, encoding="latin-1")
    path.write_bytes('"user";"item";"rating"\r\n"1";"Málaga;ñ";"5"\r\n'.encode("latin-1"))
    with open_source(path) as source:
        rows = tables.read_rows(source, "x.csv", layout)
    assert rows.item_ids.tolist() == ["Málaga;ñ"]


@pytest.mark.usefixtures("only_fast")
@pytest.mark.parametrize("date", ["1969-12-31", "1969-12-31T00:00:00Z", "1969-12-31 02:00+02:00", "1969-12-31T00:00"])
def test_dates_are_read_the_fast_way(date: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    for user in ("u1", "1"):
        path.write_text(f"user,item,rating,date\n{user},2,3,{date}\n{user},3,3,{date.replace('31', '30')}\n")
        found = read(path, "x")[0]
        assert found.timestamps is not None
        assert found.timestamps.tolist() == [-86400, -2 * 86400]


@pytest.mark.usefixtures("only_fast")
def test_regular_files_are_read_the_fast_way(ratings: Ratings, tmp_path: Path) -> None:
    paths = [
        write_movielens_100k(ratings, tmp_path / "100k"),
        write_recbole(ratings, tmp_path / "recbole"),
        write_movielens(ratings, tmp_path / "1m", "1m"),
        write_movielens(ratings, tmp_path / "20m", "20m"),
        *(write_delimited(ratings, tmp_path / f"{ord(sep)}.csv", sep, header=True) for sep in ",;|\t"),
    ]
    assert {read(path, "x")[0].fingerprint for path in paths} == {ratings.fingerprint}
