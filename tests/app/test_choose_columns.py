"""Opening a file of one's own: its columns are shown and corrected first, and remembered."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from mftui.app import jobs
from mftui.app.app import MftuiApp
from mftui.app.jobs import Job
from mftui.app.screens.data.choose_columns import ChooseColumns
from mftui.app.screens.data.column_grid import ColumnGrid
from mftui.app.screens.data.open_dataset import OpenDataset
from mftui.app.screens.train.screen import TrainScreen
from mftui.app.widgets.table import Table
from mftui.core.data import load
from mftui.core.data.recent import recent
from mftui.core.errors import DataError
from tests.app.waiting import until

ODD = "who,what,verdict,helpful\n" + "".join(f"u{n % 7},b{n % 5},{n % 10 + 1},{n % 3}\n" for n in range(35))
TELLING = ODD.replace("who,what,verdict", "user,item,rating")


@pytest.fixture
def reading(jobs_done: Callable[..., list[list[str]]]) -> list[list[str]]:
    """Jobs read in this process; the arguments of each."""

    def read(arguments: list[str]) -> dict[str, object]:
        load(arguments[2], columns=arguments[4] if "--columns" in arguments else "")
        return {}

    return jobs_done(read)


async def open_path(pilot: Pilot[None], path: Path) -> None:
    await pilot.press("o", "slash")
    pilot.app.screen.query_one(Input).value = str(path)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, ChooseColumns))


def verdict(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#verdict", Static).content)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.csv"
    path.write_text(text)
    return path


async def test_where_a_file_that_was_opened_does_not_tell_c_asks(
    workbench: type[MftuiApp], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, ODD)

    async def follow(title: str, arguments: list[str]) -> AsyncIterator[Job]:
        yield Job(title)
        try:
            load(arguments[2], columns=arguments[4] if "--columns" in arguments else "")
            yield Job(title, result={})
        except DataError as error:
            yield Job(title, error=str(error))

    monkeypatch.setattr(jobs, "follow", follow)
    async with workbench(str(path)).run_test() as pilot:
        await until(pilot, lambda: "Say which column is which" in str(pilot.app.screen.query_one("#keys").content))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseColumns))
        await pilot.press("u", "l", "i", "l", "r", "enter")
        await until(pilot, lambda: pilot.app.summary is not None)
        assert pilot.app.columns == "user=who,item=what,rating=verdict"


async def test_columns_that_nothing_tells_are_chosen_by_keys(
    workbench: type[MftuiApp], tmp_path: Path, reading: list[list[str]]
) -> None:
    path = written(tmp_path, ODD)
    async with workbench().run_test(size=(120, 36)) as pilot:
        await open_path(pilot, path)
        assert verdict(pilot) == "Say which column is the user and which the item and which the rating."
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, ChooseColumns)
        await pilot.press("u", "right", "i", "right", "r")
        assert verdict(pilot) == "user = who, item = what, rating = verdict"
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.summary is not None)
        assert reading == [["data", "show", str(path), "--columns", "user=who,item=what,rating=verdict"]]
        assert pilot.app.summary is not None
        assert (pilot.app.summary.users, pilot.app.summary.items) == (7, 5)
        await until(pilot, lambda: [one.columns for one in recent()] == ["user=who,item=what,rating=verdict"])
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrainScreen))
        assert pilot.app.screen.plan.config.columns == "user=who,item=what,rating=verdict"


async def test_a_role_moves_from_one_column_to_another(workbench: type[MftuiApp], tmp_path: Path) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await open_path(pilot, written(tmp_path, TELLING))
        assert verdict(pilot) == "user = user, item = item, rating = rating"
        await pilot.press("right", "right", "right", "r")
        assert verdict(pilot) == "user = user, item = item, rating = helpful"
        await pilot.press("left", "t")
        assert verdict(pilot).endswith("rating = helpful, timestamp = rating")
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, ChooseColumns)
        assert pilot.app.dataset == "ml-100k"


async def test_what_was_right_already_is_not_said_again(
    workbench: type[MftuiApp], tmp_path: Path, reading: list[list[str]]
) -> None:
    path = written(tmp_path, TELLING)
    async with workbench().run_test() as pilot:
        await open_path(pilot, path)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.summary is not None)
        assert reading == [["data", "show", str(path)]]


async def test_a_path_that_was_opened_before_is_listed_and_opens_with_its_columns(
    workbench: type[MftuiApp], tmp_path: Path, reading: list[list[str]]
) -> None:
    path = written(tmp_path, ODD)
    async with workbench().run_test() as pilot:
        await open_path(pilot, path)
        await pilot.press("u", "right", "i", "right", "r", "enter")
        await until(pilot, lambda: recent())
    async with workbench("ml-latest-small").run_test() as pilot:
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, OpenDataset))
        assert pilot.app.screen.query_one("#recent", Table).row_count == 1
        await pilot.press("tab", "enter")
        await until(pilot, lambda: pilot.app.summary is not None)
        assert (pilot.app.dataset, pilot.app.columns) == (str(path), "user=who,item=what,rating=verdict")


async def test_many_columns_scroll_with_the_cursor(workbench: type[MftuiApp], tmp_path: Path) -> None:
    names = ",".join(f"field{n}" for n in range(12))
    rows = "\n".join(",".join(str(n + m) for n in range(12)) for m in range(5))
    async with workbench().run_test() as pilot:
        await open_path(pilot, written(tmp_path, f"{names}\n{rows}\n"))
        grid = pilot.app.screen.query_one(ColumnGrid)
        assert "field11" not in grid.render_line(1).text
        await pilot.press(*["right"] * 20)
        assert grid.cursor == 11
        assert "field11" in grid.render_line(1).text


def test_looks(workbench: type[MftuiApp], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snap_compare: Any) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, TELLING)

    async def before(pilot: Pilot[None]) -> None:
        await open_path(pilot, Path("own.csv"))
        await pilot.press("right", "right", "right")

    assert snap_compare(workbench(), terminal_size=(80, 24), run_before=before)
