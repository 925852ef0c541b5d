"""Parquet: read as it comes, written and read back equal, and what is wrong with it is said in a sentence."""

import contextlib
import datetime
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from mftui.core.data.ratings import Ratings
from mftui.core.data.readers import read
from mftui.core.data.readers.preview import preview
from mftui.core.data.writing import write
from mftui.core.errors import DataError
from tests.core.data.test_layouts import NUMBERS, PROPERTY, WORDS, assert_same, some_ratings

NOON = datetime.datetime(2003, 5, 17, 12, tzinfo=datetime.UTC)
MIDNIGHT = int(NOON.timestamp()) - 12 * 3600


def written(path: Path, **columns: object) -> Path:
    path.parent.mkdir(exist_ok=True)
    parquet.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize("ids", [NUMBERS, WORDS])
@PROPERTY
@given(data=st.data())
def test_what_is_written_is_read_back_equal(ids, tmp_path_factory, data) -> None:
    made = data.draw(some_ratings(ids))
    path = tmp_path_factory.mktemp("parquet") / "x.parquet"
    write(made, path)
    assert_same(read(path, "x")[0], made)


def test_parquet_in_a_zip_is_read_and_nothing_is_left_behind(
    ratings: Ratings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    write(ratings, tmp_path / "x.parquet")
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "x.parquet", "made/x.parquet")
        archive.writestr("made/README.txt", "Ratings that were made up.")
    found, made_from = read(tmp_path / "x.zip", "x")
    assert_same(found, ratings)
    np.testing.assert_array_equal(found.titles, ratings.titles)
    assert list(made_from) == [str(tmp_path / "x.zip")]
    table = preview(tmp_path / "x.zip", "item=title")
    assert table is not None
    assert table.header[table.roles["item"]] == "title"
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_bomb_in_a_zip_that_looks_like_parquet_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mftui.core.data.readers.streams._MOST_UNPACKED", 1 << 20)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.parquet", b"PAR1" + bytes(8 << 20))
    with pytest.raises(DataError, match=r"x\.zip: x\.parquet unpacks to more than"):
        read(tmp_path / "x.zip", "x")
    (tmp_path / "y.zip").write_bytes((tmp_path / "x.zip").read_bytes()[:-40])
    with pytest.raises(DataError, match=r"y\.zip is a damaged zip"):
        read(tmp_path / "y.zip", "x")


def test_titles_go_with_the_ratings(ratings: Ratings, tmp_path: Path) -> None:
    write(ratings, tmp_path / "x.parquet")
    found = read(tmp_path / "x.parquet", "x")[0]
    assert found.fingerprint == ratings.fingerprint
    np.testing.assert_array_equal(found.titles, ratings.titles)
    np.testing.assert_array_equal(found.item_info["year"], ratings.item_info["year"])


@pytest.mark.parametrize(
    ("users", "kind"),
    [
        (pa.array([7, 8], pa.int8()), "i"),
        (pa.array([7.0, 8.0]), "i"),
        (pa.array([7, 8]).cast(pa.decimal128(38, 0)), "i"),
        (pa.array(["7", "8"], pa.large_string()), "i"),
        (pa.array([2**64 - 1, 2**63], pa.uint64()), "U"),
        (pa.array(["a", "黒"]).dictionary_encode(), "U"),
        (pa.array(["7", "8"], pa.string_view()), "i"),
        (pa.array(["a", "黒"], pa.string_view()), "U"),
    ],
)
def test_ids_of_any_type_are_understood(users: pa.Array, kind: str, tmp_path: Path) -> None:
    path = written(tmp_path / "x.parquet", reviewerID=users, asin=["B1", "B2"], overall=pa.array([5, 3], pa.int8()))
    found = read(path, "x")[0]
    plain = users.cast(users.type.value_type) if pa.types.is_dictionary(users.type) else users
    assert [str(user) for user in found.user_ids.tolist()] == [
        str(user).removesuffix(".0") for user in plain.to_pylist()
    ]
    assert found.user_ids.dtype.kind == kind
    assert found.values.tolist() == [5, 3]
    assert "user = reviewerID, item = asin, rating = overall" in found.notes[0]


@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        (pa.array([NOON], pa.timestamp("ns", "UTC")), MIDNIGHT + 12 * 3600),
        (pa.array([NOON.date()]), MIDNIGHT),
        (pa.array(["2003-05-17T12:00:00Z"]), MIDNIGHT + 12 * 3600),
        (pa.array(["2003-05-17T12:00:00Z"], pa.string_view()), MIDNIGHT + 12 * 3600),
        (pa.array(["2003-05-17T12:00:00Z"]).dictionary_encode(), MIDNIGHT + 12 * 3600),
        (pa.array([MIDNIGHT]), MIDNIGHT),
        (pa.array([MIDNIGHT * 1000]), MIDNIGHT),
        (pa.array([float(MIDNIGHT)]), MIDNIGHT),
    ],
)
def test_times_of_any_type_are_understood(times: pa.Array, seconds: int, tmp_path: Path) -> None:
    path = written(tmp_path / "x.parquet", user=[1], item=[2], rating=[3.5], timestamp=times)
    found = read(path, "x")[0]
    assert found.timestamps is not None
    assert found.timestamps.tolist() == [seconds]


TEXTS = [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]


@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_ratings_and_titles_as_text_of_any_type_are_understood(text: pa.DataType, tmp_path: Path) -> None:
    ratings, titles = pa.array(["3.5", "NA", "4"]).cast(text), pa.array(["Alien", None, "Heat"]).cast(text)
    path = written(tmp_path / "x.parquet", user=[1, 1, 2], item=[7, 8, 9], rating=ratings, title=titles)
    found = read(path, "x")[0]
    assert found.values.tolist() == [3.5, 4]
    assert found.titles is not None
    assert found.titles.tolist() == ["Alien", "Heat"]


def test_the_parts_of_a_folder_are_put_together(tmp_path: Path) -> None:
    for part in range(3):
        written(tmp_path / "made" / f"part-{part}.parquet", user=[part, 9], item=[5, part], rating=[part + 1.0, 2.0])
    written(tmp_path / "made" / "movies.parquet", item=[5], title=["Alien"])
    found = read(tmp_path / "made", "x")[0]
    assert found.user_ids[found.users].tolist() == [0, 9, 1, 9, 2, 9]
    assert found.values.tolist() == [1, 2, 2, 2, 3, 2]
    assert "3 files were put together." in found.notes


def test_a_person_says_which_column_is_which(tmp_path: Path) -> None:
    path = written(tmp_path / "x.parquet", who=["a"], what=["b"], stars=[5], score=[9])
    assert read(path, "x", "user=who,item=what,rating=score")[0].values.tolist() == [9]
    table = preview(path, "user=who,item=what")
    assert table is not None
    assert (table.header, table.rows) == (("who", "what", "stars", "score"), (("a", "b", "5", "9"),))
    assert table.roles == {"user": 0, "item": 1, "rating": 2}


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"who": [1], "what": [2]}, "has no user, item and rating that can be told; it has who, what"),
        ({"user": [1, None], "item": [2, 2], "rating": [3, 3]}, "row 2: it has no user"),
        ({"user": ["a"], "item": [""], "rating": [3]}, "row 1: it has no item"),
        ({"user": [1.5], "item": [2], "rating": [3]}, 'column "user": not every row is a user'),
        ({"user": [1, 1], "item": [2, 3], "rating": [3.0, float("inf")]}, "row 2: its rating is beyond all bounds"),
        ({"user": [1, 1], "item": [2, 3], "rating": ["3", "good"]}, 'column "rating": not every row is a rating'),
        ({"user": [1], "item": [2], "rating": [3], "date": ["17 May"]}, 'column "date": not every row is a timestamp'),
        ({"user": [[1]], "item": [2], "rating": [3]}, 'column "user": not every row is a user'),
        ({"user": pa.array([], pa.int64()), "item": pa.array([], pa.int64()), "rating": []}, "holds no ratings"),
    ],
)
def test_what_is_no_rating_is_named(columns: dict, fault: str, tmp_path: Path) -> None:
    path = written(tmp_path / "x.parquet", **columns)
    chosen = "timestamp=date" if "date" in columns else ""
    with pytest.raises(DataError) as caught:
        read(path, "x", chosen)
    assert str(path) in caught.value.message
    assert fault in caught.value.message


def test_a_damaged_file_is_refused_wherever_it_is_damaged(tmp_path: Path) -> None:
    whole = written(tmp_path / "x.parquet", user=[1] * 500, item=list(range(500)), rating=[3.0] * 500).read_bytes()
    for size in (4, 12, len(whole) // 2, len(whole) - 1):
        (tmp_path / "x.parquet").write_bytes(whole[:size])
        with pytest.raises(DataError, match="damaged Parquet"):
            read(tmp_path / "x.parquet", "x")
    for at in range(4, len(whole), 37):
        (tmp_path / "x.parquet").write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with contextlib.suppress(DataError):
            read(tmp_path / "x.parquet", "x")
