"""The Train screen, by the keys that a person presses and the words that appear, on scripted runs."""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from textual.widgets import Static

from mftui.app import jobs
from mftui.app.app import MftuiApp
from mftui.app.screens.train.log_view import LogView
from mftui.app.screens.train.monitor import Monitor
from mftui.app.screens.train.screen import TrainScreen
from mftui.app.widgets.footer import Footer
from mftui.app.widgets.header import Header
from mftui.app.widgets.progress import Progress
from mftui.app.widgets.scroll_panel import ScrollPanel
from mftui.core.runs import launch
from mftui.core.runs.directory import Run, all_runs
from mftui.core.runs.events import Failed, Resumed, Stopped, Waiting, encode
from mftui.core.runs.presets import preset
from tests.app.conftest import NOW, ScriptedRun
from tests.app.waiting import until

Scripted = Callable[..., ScriptedRun]
Alive = Callable[[ScriptedRun], None]


def log_of(app: MftuiApp) -> list[str]:
    return [text for text, _ in app.screen.query_one(LogView)._lines]


def words(app: MftuiApp, kind: type[Static]) -> str:
    return str(app.screen.query_one(kind).content)


async def test_the_app_opens_on_train_when_a_run_is_going(
    workbench: type[MftuiApp], scripted: Scripted, alive: Alive
) -> None:
    alive(scripted().begin().epochs(1, 5))
    async with workbench().run_test() as pilot:
        await until(pilot, lambda: len(log_of(pilot.app)) == 6)
        assert log_of(pilot.app)[0] == "ratings: 80,000 training, 0 validation, 20,000 test · cuda:0 Test GPU"
        assert log_of(pilot.app)[-1] == "Step: 4 Loss: 1.2953"
        assert isinstance(pilot.app.screen, TrainScreen)
        assert "▶ running" in words(pilot.app, Header)
        assert "epoch 5/128" in words(pilot.app, Header)


async def test_the_app_opens_on_data_when_no_run_is_going(workbench: type[MftuiApp], scripted: Scripted) -> None:
    scripted().begin().epochs(1, 128).finish()
    async with workbench().run_test() as pilot:
        assert pilot.app.current_mode == "data"
        assert "✓ finished" in words(pilot.app, Header)


async def test_a_run_directory_outside_the_runs_folder_is_opened_with_its_curve(
    workbench: type[MftuiApp], home: Path, tmp_path: Path
) -> None:
    elsewhere = ScriptedRun(tmp_path / "usb", "copied", preset("notebook")).begin().epochs(1, 7).finish()
    async with workbench(str(elsewhere.run.path)).run_test() as pilot:
        await until(pilot, lambda: len(log_of(pilot.app)) == 9)
        assert pilot.app.current_run == elsewhere.run
        assert [row.run for row in pilot.app.runs.look()] == [elsewhere.run]
        assert "no run yet" not in words(pilot.app, Header)


async def test_a_run_is_opened_by_its_name_or_the_beginning_of_it(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    wanted = scripted("one-20261124-0312").begin().epochs(1, 7).finish()
    scripted("two-20261124-0313").begin().epochs(1, 3).finish()
    for name in ("one-20261124-0312", "one"):
        async with workbench(name).run_test() as pilot:
            await until(pilot, lambda: len(log_of(pilot.app)) == 9)
            assert pilot.app.current_run == wanted.run


async def test_epochs_that_are_told_later_appear_one_line_each(
    workbench: type[MftuiApp], scripted: Scripted, alive: Alive
) -> None:
    run = scripted().begin().epochs(1, 2)
    alive(run)
    async with workbench().run_test() as pilot:
        await until(pilot, lambda: len(log_of(pilot.app)) == 3)
        run.epochs(3, 10)
        await until(pilot, lambda: len(log_of(pilot.app)) == 11)
        assert [line.split(" Loss")[0] for line in log_of(pilot.app)[1:]] == [f"Step: {n}" for n in range(10)]


async def test_epochs_after_the_checkpoint_of_a_resumed_run_disappear(
    workbench: type[MftuiApp], scripted: Scripted, alive: Alive
) -> None:
    run = scripted().begin().epochs(1, 20)
    alive(run)
    async with workbench().run_test() as pilot:
        monitor = pilot.app.screen.query_one(Monitor)
        await until(pilot, lambda: len(monitor.train.xs) == 20)
        run.tell(Resumed(time=NOW, epoch=12)).epochs(13, 14)
        await until(pilot, lambda: monitor.train.xs == range(1, 15))
        assert log_of(pilot.app)[-1].startswith("Step: 13 ")


async def test_a_run_whose_process_is_gone_is_interrupted_and_offers_to_resume(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    run = scripted().begin().epochs(1, 3)
    run.run.log.write_text("loading\nMemoryError\n")
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "MemoryError" in log_of(pilot.app))
        assert "! interrupted" in words(pilot.app, Header)
        await until(pilot, lambda: "r Resume" in words(pilot.app, Footer))
        assert "x Stop" not in words(pilot.app, Footer)


async def test_a_failed_run_says_why(workbench: type[MftuiApp], scripted: Scripted) -> None:
    scripted().tell(Failed(time=NOW, message="The loss is not a number.", hint="Lower the learning rate."))
    async with workbench().run_test() as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "The loss is not a number. Lower the learning rate." in log_of(pilot.app))


async def test_outside_text_stays_text(workbench: type[MftuiApp], scripted: Scripted) -> None:
    scripted().tell(Failed(time=NOW, message="[red]\x1b[31mbad\x07[/red]"))
    async with workbench().run_test() as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "[red]bad[/red]" in log_of(pilot.app))


async def test_start_makes_a_run_and_follows_it(
    workbench: type[MftuiApp], alive: Alive, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Run] = []

    def start(run: Run) -> None:
        started.append(run)
        alive(SimpleNamespace(run=run))

    monkeypatch.setattr(launch, "start", start)
    async with workbench().run_test() as pilot:
        await pilot.press("2", "s")
        await until(pilot, lambda: "◌ waiting" in words(pilot.app, Header))
        assert [run.record().config.preset for run in started] == ["notebook"]


async def test_a_run_is_put_in_line_behind_the_current_one_and_the_next_behind_that(
    workbench: type[MftuiApp], scripted: Scripted, alive: Alive, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = scripted().begin().epochs(1, 5)
    alive(current)

    def start(run: Run) -> int:
        alive(SimpleNamespace(run=run))
        run.events.write_bytes(encode(Waiting(time=NOW, awaited=Path(run.record().after).name)))
        return 1

    monkeypatch.setattr(launch, "start", start)
    monkeypatch.setattr(MftuiApp, "TICK", 0.1)
    async with workbench().run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "a Next" in words(pilot.app, Footer))
        await pilot.press("a")
        await until(pilot, lambda: len(all_runs()) == 2)
        second = all_runs()[0]
        assert second.record().after == str(current.run.path)
        await until(
            pilot, lambda: any(f"when {current.run.name} has ended" in n.message for n in pilot.app._notifications)
        )
        assert pilot.app.current_run == current.run
        await pilot.press("a")
        await until(pilot, lambda: len(all_runs()) == 3)
        (third,) = {run.path for run in all_runs()} - {current.run.path, second.path}
        assert Run(third).record().after == str(second.path)

        pilot.app.use_run(second)
        await until(pilot, lambda: f"for {current.run.name}" in words(pilot.app, Header))
        assert "◌ waiting" in words(pilot.app, Header)
        assert f"waiting for {current.run.name} to end" in words(pilot.app, Progress)
        await until(pilot, lambda: log_of(pilot.app) == [f"waiting for {current.run.name} to end"])
        await until(pilot, lambda: "x Stop" in words(pilot.app, Footer))
        await pilot.press("x")
        assert second.stop.exists()
        assert any("stops waiting" in note.message for note in pilot.app._notifications)
        await pilot.press("q")
        assert "is waiting for" in pilot.app.export_screenshot().replace("&#160;", " ")


@pytest.mark.parametrize(
    ("data", "device", "words"), [("nowhere.csv", "auto", "nowhere.csv has not been read"), ("", "cuda", "no device")]
)
async def test_a_wrong_path_or_device_starts_nothing_and_leaves_no_run(
    workbench: type[MftuiApp], monkeypatch: pytest.MonkeyPatch, data: str, device: str, words: str
) -> None:
    async def unread(title: str, arguments: list[str]) -> AsyncIterator[jobs.Job]:
        yield jobs.Job(title, error="It is not there.")

    monkeypatch.setattr(jobs, "follow", unread)
    monkeypatch.setattr("mftui.core.runs.devices._count_cuda", lambda: 0)
    async with workbench(data or None).run_test() as pilot:
        await pilot.press("2")
        pilot.app.screen._plan = pilot.app.screen.plan.changed("device", device)
        await pilot.press("s")
        await until(pilot, lambda: any(words in note.message for note in pilot.app._notifications))
        assert not all_runs()


async def test_quitting_asks_when_a_run_is_going(workbench: type[MftuiApp], scripted: Scripted, alive: Alive) -> None:
    run = scripted().begin().epochs(1, 5)
    alive(run)
    async with workbench().run_test() as pilot:
        await pilot.press("q", "escape")
        assert isinstance(pilot.app.screen, TrainScreen)
        await pilot.press("ctrl+q", "s")
        assert run.run.stop.exists()
    assert pilot.app.return_code == 0


async def test_quitting_does_not_ask_when_no_run_is_going(workbench: type[MftuiApp], scripted: Scripted) -> None:
    scripted().begin().epochs(1, 3).tell(Stopped(time=NOW, epoch=3))
    async with workbench().run_test() as pilot:
        await pilot.press("q")
    assert pilot.app.return_code == 0


async def test_help_explains_the_screen_and_the_palette_has_every_action(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test() as pilot:
        await pilot.press("2", "question_mark")
        shown = pilot.app.export_screenshot().replace("&#160;", " ")
        assert "the settings of the next run" in shown
        await pilot.press("escape")
        titles = [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]
        assert {"Start (s)", "Data (1)", "Clusters (4)", "Quit (q)"} <= set(titles)
        assert "Stop (x)" not in titles


async def test_help_scrolls_with_the_keys_that_lists_have(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test() as pilot:
        await pilot.press("2", "question_mark")
        panel = pilot.app.screen.query_one(ScrollPanel)
        places = []
        for key in ("j", "k", "pagedown", "G", "g"):
            await pilot.press(key)
            await pilot.pause()
            places.append(panel.scroll_offset.y)
        assert places == [1, 0, min(panel.size.height, panel.max_scroll_y), panel.max_scroll_y, 0]


SIZES = {"small": (80, 24), "large": (120, 36)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("look", ["dark", "light", "no_color"])
def test_looks(
    workbench: type[MftuiApp],
    scripted: Scripted,
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
    size: str,
    look: str,
) -> None:
    scripted().begin().epochs(1, 128).finish()
    monkeypatch.setitem(
        os.environ, *{"light": ("COLORFGBG", "0;15"), "no_color": ("NO_COLOR", "1")}.get(look, ("A", ""))
    )
    assert snap_compare(workbench(), press=["2"], terminal_size=SIZES[size])
