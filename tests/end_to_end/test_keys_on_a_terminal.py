"""Keys that come all at once, as they do over a slow link: what is typed after a command is text, not commands."""

from pathlib import Path

import pytest

from mftui.core.clusters import cluster, report
from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.paths import data_dir
from mftui.core.runs.presets import preset
from tests.app.conftest import ScriptedRun, two_tastes
from tests.end_to_end.terminal import Terminal


@pytest.fixture
def dataset(home: Path, ratings_folder: Path, ratings: Ratings) -> str:
    """The planted ratings, read once before, with a finished run and its model."""
    load(str(ratings_folder))
    config = preset("notebook").with_changes({"data": str(ratings_folder)})
    run = ScriptedRun(data_dir(), "planted-run", config).begin().epochs(1, 2).finish().run
    factors = two_tastes(ratings)
    factors.save(run.model)
    report.write(run.path, cluster(factors, ratings, k=2))
    return str(ratings_folder)


@pytest.mark.parametrize(
    ("screen", "words"), [("1", "Movies  40"), ("4", "Drama"), ("5", "would show"), ("6", "Runs  1")]
)
def test_what_is_typed_at_once_after_a_slash_is_text_a_slash_too(dataset: str, screen: str, words: str) -> None:
    with Terminal("open", dataset) as terminal:
        terminal.until("Movies  40")
        terminal.press(screen)
        terminal.until(words)
        terminal.until_quiet()
        terminal.press("/Dqrs1/2")
        terminal.until("/ Dqrs1/2")
