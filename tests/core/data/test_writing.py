"""Writing: what was written is read back equal, and nothing is overwritten."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mftui.core.data.ratings import Ratings
from mftui.core.data.readers import read
from mftui.core.data.writing import write
from mftui.core.errors import DataError


def test_recboles_files_hold_all_that_is_known(ratings: Ratings, tmp_path: Path) -> None:
    files = write(ratings, tmp_path / "new" / "folder")
    assert [file.name for file in files] == ["planted.inter", "planted.item", "planted.user"]
    found = read(tmp_path / "new" / "folder", "planted")[0]
    assert found.fingerprint == ratings.fingerprint
    for ours, theirs in ((found.item_info, ratings.item_info), (found.user_info, ratings.user_info)):
        for name, column in theirs.items():
            np.testing.assert_array_equal(ours[name], column)


def test_a_csv_holds_the_ratings_whatever_their_ids(ratings: Ratings, tmp_path: Path) -> None:
    odd = np.array([f'a,"{i}"\t;' for i in range(ratings.n_users)])
    tenths = (ratings.values / np.float32(10)).astype(np.float32)
    made = replace(ratings, user_ids=odd, timestamps=None, values=tenths)
    write(made, tmp_path / "x.csv")
    assert read(tmp_path / "x.csv", "x")[0].fingerprint == made.fingerprint
    with pytest.raises(DataError, match="RecBole's files can't hold the id"):
        write(made, tmp_path / "x")


def test_a_year_inside_a_title_stays_where_it_is(ratings: Ratings, tmp_path: Path) -> None:
    titles = np.array([f"Seven (1995) (cut {i})" for i in range(ratings.n_items)])
    made = replace(ratings, item_info={**ratings.item_info, "title": titles, "year": np.full(ratings.n_items, 1995)})
    write(made, tmp_path)
    found = read(tmp_path, "x")[0]
    assert found.titles.tolist() == titles.tolist()
    assert set(found.item_info["year"].tolist()) == {1995}


def test_what_is_there_is_not_overwritten(ratings: Ratings, tmp_path: Path) -> None:
    (tmp_path / "planted.item").write_text("mine")
    with pytest.raises(DataError, match=r"planted\.item is there already"):
        write(ratings, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["planted.item"]
    with pytest.raises(DataError, match="can't be written"):
        write(ratings, tmp_path / "planted.item" / "below")
