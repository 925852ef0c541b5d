"""Readers: what is written in a layout is read back equal, and dirt is decided and told or refused in a sentence."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from mftui.core.data.ratings import Ratings
from mftui.core.data.readers import read
from mftui.core.errors import DataError
from tests.layouts import write_movielens_100k, write_recbole


def assert_same(ours: Ratings, theirs: Ratings) -> None:
    assert ours.fingerprint == theirs.fingerprint
    for name in ("users", "items", "values", "timestamps", "user_ids", "item_ids"):
        np.testing.assert_array_equal(getattr(ours, name).astype(str), getattr(theirs, name).astype(str))


@pytest.mark.parametrize("write", [write_movielens_100k, write_recbole])
def test_titles_genres_and_users_come_with_the_ratings(write, ratings: Ratings, tmp_path: Path) -> None:
    found, _ = read(write(ratings, tmp_path / "planted"), "planted")
    assert_same(found, ratings)
    for ours, theirs in ((found.item_info, ratings.item_info), (found.user_info, ratings.user_info)):
        for name, column in theirs.items():
            np.testing.assert_array_equal(ours[name], column)
    assert found.scale == (1, 5, 1)


def test_the_same_files_in_a_zip_are_read_in_place(ratings: Ratings, ratings_folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        for file in ratings_folder.iterdir():
            archive.write(file, f"deep/er/{file.name}")
    found, _ = read(tmp_path / "z.zip", "z")
    assert_same(found, ratings)
    np.testing.assert_array_equal(found.titles, ratings.titles)


def later_movielens(folder: Path, layout: str) -> Path:
    if layout == "csv":
        (folder / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,9,4.5,100\n2,9,3.0,200\n1,5,0.5,50\n")
        (folder / "movies.csv").write_text(
            'movieId,title,genres\n5,"American President, The (1995)",Comedy|Drama\n'
            '9,"Amélie ""x"" (2001)",(no genres listed)\n7,Unseen (1990),Drama\n'
        )
    else:
        (folder / "ratings.dat").write_text("1::9::4.5::100\n2::9::3::200\n1::5::0.5::50\n")
        movies = '5::American President, The (1995)::Comedy|Drama\n9::Amélie "x" (2001)::\n7::Unseen (1990)::Drama\n'
        (folder / "movies.dat").write_text(movies, "latin-1" if layout == "dat in latin-1" else "utf-8")
    return folder


@pytest.mark.parametrize("layout", ["csv", "dat in latin-1", "dat in utf-8"])
def test_later_movielens_sets_are_read(layout: str, tmp_path: Path) -> None:
    found, _ = read(later_movielens(tmp_path, layout), "later")
    assert found.values.tolist() == [4.5, 3, 0.5]
    assert found.titles.tolist() == ['Amélie "x" (2001)', "American President, The (1995)"]
    assert found.item_info["year"].tolist() == [2001, 1995]
    assert found.item_info["genres"].tolist() == ["", "Comedy|Drama"]
    assert (found.scale, found.n_unrated_items) == ((0.5, 4.5, 0.5), 1)


def test_a_movielens_file_saved_with_dates_keeps_its_titles(tmp_path: Path) -> None:
    """As pandas writes it once someone has turned the seconds into moments."""
    later_movielens(tmp_path, "csv")
    rows = "1,9,4.5,1970-01-01 00:01:40\n2,9,3.0,1970-01-01 00:03:20\n1,5,0.5,1970-01-01 00:00:50\n"
    (tmp_path / "ratings.csv").write_text(f"userId,movieId,rating,timestamp\n{rows}")
    found, _ = read(tmp_path, "later")
    assert found.timestamps is not None
    assert found.timestamps.tolist() == [100, 200, 50]
    assert found.titles.tolist() == ['Amélie "x" (2001)', "American President, The (1995)"]


def test_a_carriage_return_inside_a_title_is_a_space(tmp_path: Path) -> None:
    later_movielens(tmp_path, "csv")
    (tmp_path / "movies.csv").write_bytes(b"movieId,title,genres\n5,Two\rLines (1995),Drama\n9,One (2001),Drama\n")
    found, _ = read(tmp_path, "later")
    assert found.titles.tolist() == ["One (2001)", "Two Lines (1995)"]


def u_data(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "u.data"
    path.write_text(text)
    return path


def test_of_a_repeated_pair_the_latest_counts_and_it_is_noted(tmp_path: Path) -> None:
    found, _ = read(u_data(tmp_path, "1\t1\t5\t200\n1\t1\t2\t100\n2\t1\t3\t1\n2\t1\t4\t1\n"), "x")
    assert found.values.tolist() == [5, 4]
    assert found.notes == ("2 ratings were given again for the same user and item: the latest counts.",)


def test_a_row_without_a_rating_is_left_out_and_noted(tmp_path: Path) -> None:
    found, _ = read(u_data(tmp_path, "1\t1\t5\t200\n1\t2\t\t100\n3\t2\tNaN\t100\n"), "x")
    assert (len(found), found.n_users) == (1, 1)
    assert found.notes == ("2 rows without a rating were left out.",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1\t1\t5\t1\n2\t1\tfive\t1\n", 'line 2: "five" is not a rating'),
        ("1\t1\t5\t1\n\n2\t1\tinf\t1\n", 'line 3: "inf" is not a rating'),
        ("1\t1\t5\t1\n3\t1\n2\n", "line 3: it has 1 field where 2 are needed"),
        ("1\t1\t5\t1\nx\t1\t5\t1\n", 'line 2: "x" is not a user\'s number'),
        ("1\t1\t5\t1\n1\t2\t5\tnoon\n", 'line 2: "noon" is not a time in seconds'),
        ("1\t1\t5\t1\n1\t2\t\x1b[31mred\x1b[0m\t1\n", 'line 2: "red" is not a rating'),
    ],
)
def test_a_line_that_is_no_rating_is_named(text: str, fault: str, tmp_path: Path) -> None:
    path = u_data(tmp_path, text)
    with pytest.raises(DataError) as caught:
        read(path, "x")
    assert f"{path}, {fault}" in caught.value.message


def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04 and then nothing")
    (tmp_path / "empty").touch()
    (tmp_path / "prose.txt").write_text("It was a dark and stormy night.")
    (tmp_path / "hollow.inter").write_text("user_id:token\titem_id:token\trating:float\n")
    (tmp_path / "clicks.inter").write_text("user_id:token\titem_id:token\n1\t2\n")
    (tmp_path / "none").mkdir()
    for name, fault in {
        "missing": "There is no file or directory",
        "cut.zip": "is a damaged zip file",
        "empty": "is empty",
        "prose.txt": "holds no ratings in a layout that mftui knows",
        "hollow.inter": "holds no ratings",
        "clicks.inter": "has no column rating; it has user_id, item_id",
        "none": "holds no ratings in a layout",
    }.items():
        with pytest.raises(DataError, match=fault):
            read(tmp_path / name, name)


def test_titles_are_made_safe_when_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "x.inter").write_text("user_id:token\titem_id:token\trating:float\nu\ta\t1\nu\tb\t2\n")
    (tmp_path / "x.item").write_text("item_id:token\tmovie_title:token_seq\na\t\x1b[2J\u202eBad\x07 title\n")
    assert read(tmp_path, "x")[0].titles.tolist() == ["Bad title", "b"]


def test_of_two_columns_of_the_same_name_the_first_counts(tmp_path: Path) -> None:
    (tmp_path / "x.inter").write_text("user_id:token\titem_id:token\trating:float\nu\ta\t1\nu\tb\t2\n")
    (tmp_path / "x.item").write_text("item_id:token\ttitle:token_seq\titem_id:token\na\tA\tz\nb\tB\tz\n")
    assert read(tmp_path, "x")[0].titles.tolist() == ["A", "B"]
