"""Clicks: who took what, without ratings. They train a model that ranks, and none that predicts ratings."""

from pathlib import Path

import pytest

from mftui.core.data import load
from mftui.core.data.readers import read
from mftui.core.errors import DataError, SettingError
from mftui.core.runs.directory import create
from mftui.core.runs.presets import PRESETS, preset
from mftui.core.runs.rows import ratings_of

CLICKS = "user_id,item_id,timestamp\n" + "".join(
    f"u{user},i{user * step % 7},{10**9 + user}\n" for user in range(12) for step in (1, 2, 3)
)


@pytest.fixture
def clicks(tmp_path: Path) -> Path:
    path = tmp_path / "clicks.csv"
    path.write_text(CLICKS)
    return path


@pytest.mark.parametrize("quote", ["", '"'])
def test_each_row_counts_as_one_click(quote: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"user,item\n{quote}a{quote},1\nb,1\n,\na,2\na,2\n" if quote else "user,item\na,1\nb,1\na,2\na,2\n")
    found = read(path, "x")[0]
    assert found.are_clicks
    assert found.values.tolist() == [1, 1, 1]
    assert found.user_ids[found.users].tolist() == ["a", "b", "a"]
    assert "each row counts as one click" in found.notes[0]


def test_ratings_are_no_clicks(ratings) -> None:
    assert not ratings.are_clicks


def test_a_line_without_an_item_is_named(clicks: Path) -> None:
    clicks.write_text(CLICKS + "u1,,5\n")
    with pytest.raises(DataError, match="line 38: it has no item"):
        read(clicks, "x")


def test_a_column_that_may_be_the_rating_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("user,item,Note\na,b,5\n")
    with pytest.raises(DataError, match="has no rating column that can be told; it has user, item, Note"):
        read(path, "x")


def test_a_column_without_a_name_is_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("user,item\na,b,5\nc,d\n")
    with pytest.raises(DataError):
        read(path, "x", "item=3")


@pytest.mark.usefixtures("home")
def test_presets_that_predict_ratings_are_refused_before_anything_starts(clicks: Path) -> None:
    configs = {name: preset(name).with_changes({"data": str(clicks)}) for name in PRESETS}
    unread = create(configs["best"])
    with pytest.raises(SettingError, match="has clicks, not ratings"):
        ratings_of(unread.record())
    load(str(clicks))
    for name, config in configs.items():
        if name == "ranking":
            assert create(config).path.exists()
        else:
            with pytest.raises(SettingError, match=f"all are 1, and {name} predicts ratings") as caught:
                create(config)
            assert caught.value.hint == "Choose the preset ranking."
