"""Opening a dataset: the binary copy, when it is made anew, and how little is imported for it."""

import gzip
import os
import random
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mftui.core.data import cache, load, summary_of
from mftui.core.data.statistics import summarize
from mftui.core.errors import DataError

pytestmark = pytest.mark.usefixtures("home")


def copies() -> list[Path]:
    return list(cache.ratings_cache_dir().iterdir())


def test_a_copy_gives_back_what_was_read(ratings, ratings_folder: Path) -> None:
    load(str(ratings_folder))
    again = cache.read_copy(cache.place_of(str(ratings_folder)))
    assert again is not None
    again.__dict__.pop("fingerprint")
    assert again.fingerprint == ratings.fingerprint
    for name, column in {**ratings.item_info, **ratings.user_info}.items():
        np.testing.assert_array_equal({**again.item_info, **again.user_info}[name], column)
    assert again.scale == ratings.scale


def test_the_summary_is_there_after_the_first_opening_and_not_before(ratings, ratings_folder: Path) -> None:
    assert summary_of(str(ratings_folder)) is None
    summary = summarize(load(str(ratings_folder)), str(ratings_folder))
    assert summary_of(str(ratings_folder)) == summary
    assert sum(count for _, count in summary.histogram) == summary.ratings == len(ratings)


@pytest.mark.parametrize("file", ["u.data", "u.item"])
def test_a_file_that_changed_is_read_again(file: str, ratings_folder: Path) -> None:
    load(str(ratings_folder))
    os.utime(ratings_folder / file, ns=(1, 1))
    assert summary_of(str(ratings_folder)) is None
    load(str(ratings_folder))
    assert summary_of(str(ratings_folder)) is not None
    assert len(copies()) == 1


@pytest.mark.parametrize("file", ["contents.json", "users.npy", "item-0.json", "values.npy"])
@pytest.mark.parametrize("damage", ["gone", "cut", "garbage"])
def test_a_damaged_copy_is_made_anew_without_a_word(file: str, damage: str, ratings, ratings_folder: Path) -> None:
    load(str(ratings_folder))
    path = copies()[0] / file
    whole = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(whole[: len(whole) // 2] if damage == "cut" else b"\x80garbage")
    assert load(str(ratings_folder)).fingerprint == ratings.fingerprint
    assert path.read_bytes() == whole


def test_whatever_is_damaged_in_a_copy_it_is_none_or_still_one(ratings, ratings_folder: Path) -> None:
    """Seen: bytes that are no UTF-8 in the JSON, and a header of an array that ends in the middle of a bracket."""
    load(str(ratings_folder))
    (copy,) = copies()
    whole = {path.name: path.read_bytes() for path in copy.iterdir()}
    draw = random.Random(3)
    n_none = 0
    for _ in range(200):
        name = draw.choice(sorted(whole))
        damaged = bytearray(whole[name])
        at = draw.randrange(min(len(damaged), 128))
        damaged[at : at + draw.randint(0, 2)] = draw.choice((b"\xff", b"(", b"9" * 20, b'"', b"\n", b""))
        (copy / name).write_bytes(damaged)
        found, summary = cache.read_copy(copy), cache.read_summary(copy)
        n_none += found is None or summary is None
        assert found is None or len(found) == len(ratings)
        assert summary is None or summary.ratings >= 0
        (copy / name).write_bytes(whole[name])
    assert 60 < n_none < 200


def test_processes_that_open_the_same_at_once_all_get_it(ratings, ratings_folder: Path) -> None:
    """All have imported what they need and wait for a line, so that they do meet."""
    code = (
        "import sys; from mftui.core.data import load; import mftui.core.data.readers\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for _ in range(5): print(load(sys.argv[1]).fingerprint)"
    )
    command = [sys.executable, "-c", code, str(ratings_folder)]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate()[0].split() for process in running] == [[ratings.fingerprint] * 5] * 3
    assert len(copies()) == 1


@pytest.mark.parametrize("ending", ["", ".gz", ".zip"])
def test_reading_tells_how_far_it_is_and_can_be_cancelled(ending: str, tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    rows = "user,item,rating\n" + "".join(f"{n},{n * 7 % 1009},{n % 5 + 1}\n" for n in range(100_000))
    path = tmp_path / f"x.csv{ending}"
    if ending == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x.csv", rows)
    else:
        path.write_bytes(gzip.compress(rows.encode()) if ending else rows.encode())
    told: list[float] = []

    def until_half(doing: str, share: float | None) -> None:
        assert doing == f"reading {path.name}"
        told.append(share or 0.0)
        if told[-1] >= 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        load(str(path), until_half)
    assert told == sorted(told)
    assert len(told) > 2
    assert not cache.ratings_cache_dir().exists()


def test_one_writer_wins_whenever_another_comes_between(ratings, ratings_folder: Path, monkeypatch) -> None:
    place = cache.place_of(str(ratings_folder))
    swap_in = cache._swap_in

    def late(partial: Path, to: Path) -> None:
        """Another process lands its copy just before this one does."""
        monkeypatch.setattr(cache, "_swap_in", swap_in)
        cache.write_copy(place, ratings, summarize(ratings, "the other"), {})
        swap_in(partial, to)

    monkeypatch.setattr(cache, "_swap_in", late)
    assert load(str(ratings_folder)).fingerprint == ratings.fingerprint
    assert len(copies()) == 1
    assert cache.read_copy(place) is not None


def test_a_copy_that_cannot_be_kept_does_not_stop_the_opening(home, ratings, ratings_folder: Path) -> None:
    home.mkdir()
    (home / "cache").write_text("a file, not a directory")
    assert load(str(ratings_folder)).fingerprint == ratings.fingerprint


def test_a_disk_that_fills_up_does_not_stop_the_opening(ratings_folder: Path) -> None:
    code = (
        "import logging, resource, signal, sys; from mftui.core.data import load\n"
        "logging.basicConfig(format='%(message)s'); signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300)); print(len(load(sys.argv[1])))"
    )
    said = subprocess.run([sys.executable, "-c", code, str(ratings_folder)], capture_output=True, text=True, check=True)
    assert int(said.stdout) > 100
    assert "No binary copy of planted was kept, so it is read again next time: not all of it" in said.stderr
    assert not copies()


def test_a_name_of_a_file_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "\x1b[31mred\x1b[0m\n\u202ename.csv"
    path.write_text("user,item,rating\n1,2,3\n")
    told: list[str] = []
    assert load(str(path), lambda doing, _: told.append(doing)).name == "red name"
    assert told[0] == "reading red name.csv"


def test_copies_of_ratings_without_times_or_titles(ratings, tmp_path: Path) -> None:
    bare = replace(ratings, timestamps=None, item_info={}, user_info={})
    cache.write_copy(tmp_path / "c", bare, summarize(bare, "x"), {})
    again = cache.read_copy(tmp_path / "c")
    assert again is not None
    assert again.timestamps is None
    assert again.titles.tolist() == [str(i) for i in ratings.item_ids]


def test_a_wrong_name_is_answered_with_the_right_ones() -> None:
    with pytest.raises(DataError, match="no dataset and no file called ml-100") as caught:
        load("ml-100")
    assert "Did you mean ml-100k?" in caught.value.hint


def test_nothing_heavy_is_imported_to_show_a_summary(ratings_folder: Path) -> None:
    load(str(ratings_folder))
    code = (
        "import sys; from mftui.core.data import catalog, statistics, summary_of\n"
        "assert summary_of(sys.argv[1])\n"
        "print([name for name in ('numpy', 'pandas', 'pooch', 'requests') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code, str(ratings_folder)], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_copy_is_opened_without_pandas(ratings_folder: Path) -> None:
    load(str(ratings_folder))
    code = "import sys; from mftui.core.data import load; load(sys.argv[1]); print('pandas' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code, str(ratings_folder)], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
    shutil.rmtree(copies()[0])
