"""Terminals that are not what one develops on: old kinds, and another encoding."""

from pathlib import Path

import pytest

from mftui.core.data import load
from tests.end_to_end.terminal import Terminal


@pytest.fixture
def dataset(home: Path, ratings_folder: Path) -> str:
    """The planted ratings, read once before."""
    load(str(ratings_folder))
    return str(ratings_folder)


@pytest.mark.parametrize("kind", ["vt100", "linux", "dumb"])
def test_it_opens_on_an_old_terminal(dataset: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", kind)
    monkeypatch.delenv("COLORTERM", raising=False)
    with Terminal("open", dataset) as terminal:
        terminal.until("Movies  40", "1,252", "q Quit")
        terminal.press("q")
        assert terminal.until_ended() == 0


def test_where_there_is_only_ascii_lines_are_drawn_with_it(dataset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    with Terminal("open", dataset) as terminal:
        terminal.until("+- Movies  40 ---", "| > ")
        assert terminal.text().isascii()
