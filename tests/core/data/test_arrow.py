"""The fast way to read ends in just what the careful way ends in, and is taken where a file is regular."""

from pathlib import Path

import pytest

from mftui.core.data.ratings import Ratings
from mftui.core.data.readers import read, tables
from mftui.core.data.readers.arrow import read_regular
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


def test_regular_files_are_read_the_fast_way(ratings: Ratings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a regular file was read the careful way")

    monkeypatch.setattr(tables, "read_carefully", refuse)
    paths = [
        write_movielens_100k(ratings, tmp_path / "100k"),
        write_recbole(ratings, tmp_path / "recbole"),
        write_movielens(ratings, tmp_path / "1m", "1m"),
        write_movielens(ratings, tmp_path / "20m", "20m"),
        *(write_delimited(ratings, tmp_path / f"{ord(sep)}.csv", sep, header=True) for sep in ",;|\t"),
    ]
    assert {read(path, "x")[0].fingerprint for path in paths} == {ratings.fingerprint}
