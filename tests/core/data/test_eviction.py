"""The binary copies are bounded: the one used least recently goes, and whoever has it open keeps reading."""

import os
from pathlib import Path

import pytest

from mftui.core.data import cache, load, summary_of
from mftui.core.data.eviction import MARK, make_room
from mftui.core.data.ratings import Ratings
from mftui.core.errors import SettingError
from mftui.core.paths import ratings_cache_dir
from tests.layouts import write_movielens_100k

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def paths(ratings: Ratings, tmp_path: Path) -> list[str]:
    """Three datasets, read one after the other, the first used least recently."""
    folders = [str(write_movielens_100k(ratings, tmp_path / name)) for name in "abc"]
    for age, folder in zip((300, 200, 100), folders, strict=True):
        load(folder)
        used(folder, age)
    return folders


def used(path: str, seconds_ago: float) -> None:
    mark = cache.place_of(path) / MARK
    moment = mark.stat().st_mtime - seconds_ago
    os.utime(mark, (moment, moment))


def size_of(path: str) -> int:
    return sum(file.stat().st_size for file in cache.place_of(path).iterdir())


def kept(paths: list[str]) -> list[bool]:
    return [cache.place_of(path).exists() for path in paths]


def test_the_least_recently_used_copy_goes_first(paths: list[str]) -> None:
    total = sum(map(size_of, paths))
    make_room(ratings_cache_dir(), cache.place_of(paths[2]), total)
    assert kept(paths) == [True, True, True]
    make_room(ratings_cache_dir(), cache.place_of(paths[2]), total - 1)
    assert kept(paths) == [False, True, True]


def test_opening_a_copy_counts_as_use(paths: list[str]) -> None:
    assert summary_of(paths[0]) is not None
    make_room(ratings_cache_dir(), cache.place_of(paths[2]), sum(map(size_of, paths)) - 1)
    assert kept(paths) == [True, False, True]


def test_the_copy_just_made_stays_though_it_is_too_large(
    paths: list[str], ratings: Ratings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MFTUI_CACHE_GB", "0")
    newest = str(write_movielens_100k(ratings, tmp_path / "d"))
    load(newest)
    assert kept([*paths, newest]) == [False, False, False, True]


def test_ratings_stay_readable_when_their_copy_goes(paths: list[str], ratings: Ratings) -> None:
    opened = load(paths[0])
    make_room(ratings_cache_dir(), cache.place_of(paths[2]), 0)
    assert not cache.place_of(paths[0]).exists()
    assert opened.values.sum() == ratings.values.sum()
    assert len(load(paths[0])) == len(ratings)


def test_a_bound_that_is_no_size_is_refused(ratings_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MFTUI_CACHE_GB", "plenty")
    with pytest.raises(SettingError, match="MFTUI_CACHE_GB can't be plenty"):
        load(str(ratings_folder))
