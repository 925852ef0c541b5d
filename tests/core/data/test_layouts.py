"""Whatever the ratings, they are read back equal from every layout that they are written in."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mftui.core.data.ratings import Ratings, Scale
from mftui.core.data.readers import read
from mftui.core.data.writing import write
from tests.layouts import PACK, write_delimited, write_movielens, write_movielens_100k, write_quoted, write_recbole

NUMBERS = st.one_of(st.integers(0, 2**62), st.integers(0, 20))
SIGNED = st.integers(-(2**63), 2**63 - 1)
ODD = [
    "007",
    "7",
    "+7",
    "NA",
    "nan",
    "null",
    "-1",
    "1e3",
    "१२",
    "inf",
    "2003-05-17",
    "#1",
    "0x1f",
    "a b",
    "=1+1",
    "[b]",
]
WORDS = st.one_of(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters='"'), min_size=1, max_size=8
    ),
    st.sampled_from(ODD),
)
STARS = st.integers(1, 10).map(lambda n: n / 2)
JESTER = st.integers(-40, 40).map(lambda n: n / 4)
SECONDS = st.integers(100_000_000, 4_000_000_000)


@st.composite
def some_ratings(
    draw: st.DrawFn, ids: st.SearchStrategy, values: st.SearchStrategy = STARS, timed: bool = True
) -> Ratings:
    """Ratings of distinct pairs, numbered by first appearance."""
    pairs = draw(st.lists(st.tuples(ids, ids), min_size=1, max_size=30, unique=True))
    n = len(pairs)
    user_ids, item_ids = (list(dict.fromkeys(pair[side] for pair in pairs)) for side in (0, 1))
    return Ratings(
        name="x",
        users=np.array([user_ids.index(u) for u, _ in pairs], np.int32),
        items=np.array([item_ids.index(i) for _, i in pairs], np.int32),
        values=np.array(draw(st.lists(values, min_size=n, max_size=n)), np.float32),
        timestamps=np.array(draw(st.lists(SECONDS, min_size=n, max_size=n)), np.int64) if timed else None,
        user_ids=np.array(user_ids),
        item_ids=np.array(item_ids),
        scale=Scale(0.5, 5, 0.5),
    )


def assert_same(ours: Ratings, theirs: Ratings) -> None:
    for name in ("users", "items", "values", "timestamps", "user_ids", "item_ids"):
        np.testing.assert_array_equal(
            np.array(getattr(ours, name)).astype(str), np.array(getattr(theirs, name)).astype(str)
        )
    assert ours.fingerprint == theirs.fingerprint


PROPERTY = settings(max_examples=40, deadline=None)


@PROPERTY
@given(some_ratings(NUMBERS))
def test_movielens_100k(tmp_path_factory, made: Ratings) -> None:
    assert_same(read(write_movielens_100k(made, tmp_path_factory.mktemp("100k")), "x")[0], made)


@PROPERTY
@given(st.one_of(some_ratings(NUMBERS), some_ratings(WORDS), some_ratings(SIGNED, JESTER, timed=False)))
def test_recbole(tmp_path_factory, made: Ratings) -> None:
    assert_same(read(write_recbole(made, tmp_path_factory.mktemp("recbole")), "x")[0], made)


@pytest.mark.parametrize("layout", ["1m", "20m"])
@PROPERTY
@given(some_ratings(NUMBERS))
def test_later_movielens(layout: str, tmp_path_factory, made: Ratings) -> None:
    assert_same(read(write_movielens(made, tmp_path_factory.mktemp(layout), layout), "x")[0], made)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("header", [True, False])
@PROPERTY
@given(data=st.data())
def test_delimited(separator: str, header: bool, tmp_path_factory, data: st.DataObject) -> None:
    """Without a header, an id may not look like a header's name or a comment, and other separators mislead."""
    words = WORDS if header else st.text("abcXYZ0123456789-_é黒", min_size=1, max_size=8)
    values = data.draw(st.sampled_from([STARS, JESTER]))
    made = data.draw(some_ratings(st.one_of(words), values, data.draw(st.booleans())))
    path = write_delimited(made, tmp_path_factory.mktemp("table") / "x.csv", separator, header=header)
    assert_same(read(path, "x")[0], made)


FORMS: dict[str, Callable[[Ratings, Path], Path]] = {
    "movielens 100k": write_movielens_100k,
    "recbole": write_recbole,
    "movielens 1m": lambda made, folder: write_movielens(made, folder, "1m"),
    "movielens 20m": lambda made, folder: write_movielens(made, folder, "20m"),
    "csv": lambda made, folder: write_delimited(made, folder / "x.csv", ",", header=True).parent,
    "quoted": lambda made, folder: write_quoted(made, folder / "x.csv").parent,
    "parquet": lambda made, folder: write(made, folder / "x.parquet")[0].parent,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("ending", ["zip", "gz", "bz2", "xz", "zst"])
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_every_layout_packed_in_every_way(form: str, ending: str, tmp_path_factory, data: st.DataObject) -> None:
    made = data.draw(some_ratings(NUMBERS))
    folder = tmp_path_factory.mktemp("packed")
    (folder / "plain").mkdir()
    plain = FORMS[form](made, folder / "plain")
    if ending == "zip":
        method = data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA]))
        with zipfile.ZipFile(folder / "x.zip", "w", method) as archive:
            for file in sorted(plain.iterdir()):
                archive.write(file, f"some/folder/{file.name}")
        plain = folder / "x.zip"
    elif form != "parquet":  # which packs its own columns
        for file in list(plain.iterdir()):
            (plain / f"{file.name}.{ending}").write_bytes(PACK[ending](file.read_bytes()))
            file.unlink()
    if form == "recbole" and ending != "zip":
        (plain,) = plain.glob("*.inter.*")
    assert_same(read(plain, "x")[0], made)


def test_a_folder_a_zip_and_compressed_files_agree(ratings: Ratings, tmp_path: Path) -> None:
    for layout in ("1m", "20m"):
        folder = write_movielens(ratings, tmp_path / layout, layout)
        assert_same(read(folder, "x")[0], ratings)
        with zipfile.ZipFile(tmp_path / f"{layout}.zip", "w") as archive:
            for file in folder.iterdir():
                archive.write(file, f"ml/{file.name}")
        for file in folder.iterdir():
            (folder / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
            file.unlink()
        for place in (tmp_path / f"{layout}.zip", folder):
            found = read(place, "x")[0]
            assert_same(found, ratings)
            np.testing.assert_array_equal(found.titles, ratings.titles)
            np.testing.assert_array_equal(found.item_info["genres"], ratings.item_info["genres"])
