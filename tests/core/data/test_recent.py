"""The list of paths that were opened: newest first, names of the catalog apart, damage forgiven."""

from pathlib import Path

import pytest

from mftui.core.data.readers.preview import preview
from mftui.core.data.recent import columns_of, recent, remember
from mftui.core.errors import DataError
from mftui.core.paths import data_dir


@pytest.mark.usefixtures("home")
def test_the_newest_comes_first_and_none_comes_twice(tmp_path: Path) -> None:
    for name, columns in (("a.csv", ""), ("b.csv", "user=2,item=1,rating=3"), ("a.csv", "rating=4")):
        remember(str(tmp_path / name), columns)
    remember("ml-100k")
    assert [(Path(one.path).name, one.columns) for one in recent()] == [
        ("a.csv", "rating=4"),
        ("b.csv", "user=2,item=1,rating=3"),
    ]
    assert columns_of(str(tmp_path / "b.csv")) == "user=2,item=1,rating=3"
    assert columns_of("ml-100k") == columns_of(str(tmp_path / "c.csv")) == ""


@pytest.mark.usefixtures("home")
def test_a_damaged_list_is_an_empty_one(tmp_path: Path) -> None:
    remember(str(tmp_path / "a.csv"))
    (data_dir() / "recent.json").write_text("[{")
    assert recent() == []
    remember(str(tmp_path / "b.csv"))
    assert len(recent()) == 1


def test_a_preview_tells_the_columns_of_a_table_and_nothing_of_a_layout(tmp_path: Path, ratings_folder: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("reviewerID,asin,overall\nu,b,5\nv,c,4\n")
    table = preview(own)
    assert table is not None
    assert dict(table.roles) == {"user": 0, "item": 1, "rating": 2}
    assert table.rows == (("u", "b", "5"), ("v", "c", "4"))
    assert preview(ratings_folder) is None
    with pytest.raises(DataError):
        preview(tmp_path / "missing.csv")
