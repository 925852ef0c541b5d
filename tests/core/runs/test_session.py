"""What may end a run together with its session, told from what the system says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mftui.core.runs import session


@pytest.fixture(autouse=True)
def nothing_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A PATH with nothing on it, and no batch system."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for variable in session._BATCH_SYSTEMS:
        monkeypatch.delenv(variable, raising=False)
    session.threat.cache_clear()
    yield tmp_path
    session.threat.cache_clear()


def says(folder: Path, command: str, words: str) -> None:
    (folder / command).write_text(f"#!/bin/sh\necho '{words}'\n")
    (folder / command).chmod(0o755)


def test_where_nothing_is_known_nothing_is_said():
    assert session.threat() is None


def test_logind_that_kills_is_told_with_the_remedy(nothing_known: Path):
    says(nothing_known, "busctl", "b true")
    says(nothing_known, "loginctl", "Linger=no")
    assert "enable-linger" in session.threat()


def test_whoever_lingers_has_nothing_to_fear(nothing_known: Path):
    says(nothing_known, "busctl", "b true")
    says(nothing_known, "loginctl", "Linger=yes")
    assert session.threat() is None


def test_a_batch_job_ends_its_runs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    assert "Slurm" in session.threat()
