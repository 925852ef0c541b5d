"""Terminals of every size: all screens, from small to large and back, while a run is going."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from mftui.app.actions import SCREENS
from mftui.app.app import MftuiApp
from mftui.app.widgets.header import Header
from tests.app.conftest import ScriptedRun
from tests.app.runs_screen import table
from tests.app.waiting import until

SIZES = ((60, 18), (200, 60), (20, 6), (80, 24))


@pytest.fixture
def workbench(workbench: type[MftuiApp], monkeypatch: pytest.MonkeyPatch) -> type[MftuiApp]:
    """The same with a slower tick: a key waits for the app to be idle, which it seldom is while a run is going."""
    monkeypatch.setattr(MftuiApp, "TICK", 0.1)
    return workbench


async def resized(pilot: Pilot[None], columns: int, rows: int) -> None:
    await pilot.resize_terminal(columns, rows)
    await until(pilot, lambda: pilot.app.screen.size == (columns, rows))


def header(pilot: Pilot[None]) -> list[str]:
    return [pilot.app.screen.query_one(Header).render_line(y).text.rstrip() for y in range(2)]


@pytest.mark.parametrize(("number", "title"), enumerate(SCREENS, 1))
async def test_every_screen_takes_every_size_while_a_run_is_going(
    workbench: type[MftuiApp],
    modelled: ScriptedRun,
    scripted: Callable[..., ScriptedRun],
    alive: Callable[[ScriptedRun], None],
    number: int,
    title: str,
) -> None:
    going = scripted("planted-notebook-20261124-0312", data="planted").begin().epochs(1, 3)
    alive(going)
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press(str(number))
        await until(pilot, lambda: title == pilot.app.screen.TITLE)
        for first, (columns, rows) in enumerate(SIZES, 4):
            going.epochs(first, first)
            await resized(pilot, columns, rows)
            is_too_small = columns < 60 or rows < 18
            assert pilot.app.screen.query_one("#too-small").display is is_too_small
            if not is_too_small:
                places, status = header(pilot)
                assert f"{number} {title}" in places
                assert status.startswith(" planted   ▶ running")
                assert pilot.app.screen.query_one("Footer").region.bottom == rows


async def test_a_terminal_that_is_too_small_says_so_and_what_it_needs(workbench: type[MftuiApp], home: object) -> None:
    async with workbench().run_test(size=(40, 12)) as pilot:
        await until(pilot, lambda: pilot.app.screen.query_one("#too-small").display)
        told = str(pilot.app.screen.query_one("#too-small", Static).content)
        assert told == "This terminal has 40 by 12 cells; mftui needs 60 by 18, better 80 by 24."
        picture = pilot.app.export_screenshot()
        assert "cells;" in picture
        assert "Data" not in picture


async def test_in_60_columns_figures_are_whole(workbench: type[MftuiApp], scripted: Callable[..., ScriptedRun]) -> None:
    scripted().begin().epochs(1, 128).finish()
    async with workbench().run_test(size=(60, 20)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: pilot.app.screen.TITLE == "Runs" and table(pilot).row_count == 1)
        assert table(pilot).render_line(0).text.split() == ["Run", "State", "Setti…", "Epochs", "RMSE"]
        assert table(pilot).render_line(1).text.split()[-2:] == ["128", "-"]
