"""What the app shows of a run that was just started again, that is stuck, or whose files are gone."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from mftui.app.app import MftuiApp
from mftui.app.widgets.footer import Footer
from mftui.app.widgets.header import Header
from mftui.app.widgets.progress import Progress
from mftui.core.runs import events
from mftui.core.runs.history import State, told_by
from mftui.core.runs.lock import holder
from tests.app.conftest import NOW, ScriptedRun
from tests.app.test_train_screen import words
from tests.app.waiting import until

Scripted = Callable[..., ScriptedRun]
Alive = Callable[[ScriptedRun], None]


@pytest.mark.usefixtures("mute")
@pytest.mark.parametrize("screen", ["2", "6"], ids=["Train", "Runs"])
async def test_a_run_that_was_resumed_a_moment_ago_can_be_stopped(
    workbench: type[MftuiApp], scripted: Scripted, screen: str
) -> None:
    run = scripted().begin().epochs(1, 5).tell(events.Stopped(time=NOW, epoch=5)).run
    async with workbench().run_test() as pilot:
        await pilot.press(screen)
        await until(pilot, lambda: "r Resume" in words(pilot.app, Footer))
        await pilot.press("r")
        await until(pilot, lambda: "◌ waiting" in words(pilot.app, Header))
        assert holder(run)
        await until(pilot, lambda: "x Stop" in words(pilot.app, Footer))
        await pilot.press("x")
        await until(pilot, run.stop.exists)
        assert not [note for note in pilot.app._notifications if note.severity == "error"]
        await pilot.press("q")
        await until(pilot, lambda: "leave it running" in pilot.app.export_screenshot().replace("&#160;", " "))


async def test_a_process_that_is_stuck_has_no_news(
    workbench: type[MftuiApp], scripted: Scripted, alive: Alive, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = scripted().begin().epochs(1, 5)
    alive(run)
    monkeypatch.setattr(MftuiApp, "now", lambda self: NOW + 600)
    async with workbench().run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "▶ running" in words(pilot.app, Header))
        await until(pilot, lambda: "no news for 10:59" in words(pilot.app, Header))
        await until(pilot, lambda: "no news for 10:59" in words(pilot.app, Progress))
        assert told_by(run.run).state() is State.RUNNING


@pytest.mark.parametrize(
    ("screen", "offered"),
    [("2", ["s Start", "x Stop", "r Resume"]), ("6", ["x Stop", "r Resume"])],
    ids=["Train", "Runs"],
)
async def test_a_run_of_another_host_without_news_can_be_stopped_or_resumed_and_bars_no_new_one(
    workbench: type[MftuiApp], scripted: Scripted, screen: str, offered: list[str]
) -> None:
    run = scripted().begin().epochs(1, 5).run
    run.write_record(replace(run.record(), host="elsewhere"))
    assert told_by(run).state() is State.SILENT
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press(screen)
        await until(pilot, lambda: "? no news" in words(pilot.app, Header))
        await until(pilot, lambda: all(keys in words(pilot.app, Footer) for keys in offered))
