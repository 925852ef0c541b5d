"""What every test can ask for: a home of its own, small ratings with a known structure, and the real MovieLens 100K."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from mftui.core.data.ratings import Ratings
from mftui.core.runs import launch
from tests.layouts import write_movielens_100k
from tests.planted import planted_ratings

# A runner started in the background ignores ctrl-c, and its children would, too; tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# What numba compiles is shared by all tests, and by the workers and processes that they start, and gone with the last.
if "NUMBA_CACHE_DIR" not in os.environ:
    _compiled = tempfile.TemporaryDirectory(prefix="mftui-tests-numba-", ignore_cleanup_errors=True)
    os.environ["NUMBA_CACHE_DIR"] = _compiled.name

# The same examples on every machine: a failure here is news about the change, not about luck. `make fuzz` explores.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for runs (`home/data`) and caches (`home/cache`), also for processes that the test starts."""
    home = tmp_path / "home"
    monkeypatch.setenv("MFTUI_DATA_DIR", str(home / "data"))
    monkeypatch.setenv("MFTUI_CACHE_DIR", str(home / "cache"))
    return home


@pytest.fixture(scope="session")
def ratings() -> Ratings:
    """60 users and 40 movies with two planted tastes: see `tests/planted.py`."""
    return planted_ratings()


@pytest.fixture
def ratings_folder(tmp_path: Path, ratings: Ratings) -> Path:
    """The same ratings on disk, in MovieLens 100K's layout."""
    return write_movielens_100k(ratings, tmp_path / "planted")


@pytest.fixture(scope="session")
def ml100k() -> Ratings:
    """MovieLens 100K, fetched once into the real cache. Mark tests that use it `@pytest.mark.ml100k`."""
    from mftui.core.data import load

    return load("ml-100k")


@pytest.fixture
def ml100k_home(ml100k: Ratings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for runs beside the real cache, with MovieLens 100K in it; also for processes a test starts."""
    home = tmp_path / "home"
    monkeypatch.setenv("MFTUI_DATA_DIR", str(home / "data"))
    return home


@pytest.fixture
def mute(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let what `launch.start` starts hold its run's lock and say nothing, and end when the test does."""
    monkeypatch.setattr(launch, "_TRAINER", [sys.executable, "-c", "import time; time.sleep(600)"])
    real, pids = launch.start, []
    monkeypatch.setattr(launch, "start", lambda run: pids.append(real(run)))
    yield
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
