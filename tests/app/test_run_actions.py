"""What is done with runs on the Runs screen: named, deleted, exported, stopped, resumed, repeated, found elsewhere."""

import csv
import errno
import zipfile
from pathlib import Path

import msgspec
import pytest
from textual.widgets import Input, Static

from mftui.app.app import MftuiApp
from mftui.app.screens.dialogs import Question
from mftui.app.screens.runs.run_note import RunNote
from mftui.app.screens.runs.screen import RunsScreen
from mftui.core.runs import launch
from mftui.core.runs.directory import Note, Run, all_runs
from mftui.core.runs.removal import remove
from tests.app.conftest import ScriptedRun
from tests.app.runs_screen import Alive, Scripted, at, five, footer, names, opened, panel, table, told
from tests.app.waiting import until


@pytest.fixture
def workbench(workbench: type[MftuiApp], monkeypatch: pytest.MonkeyPatch) -> type[MftuiApp]:
    """The same with a slower tick: a key waits for the app to be idle, which it seldom is while a run is going."""
    monkeypatch.setattr(MftuiApp, "TICK", 0.1)
    return workbench


@pytest.fixture
def runs(scripted: Scripted, alive: Alive) -> dict[str, ScriptedRun]:
    """Five runs, one of them going."""
    return five(scripted, alive)


async def test_the_marked_runs_are_exported_with_their_settings(
    workbench: type[MftuiApp], runs: dict[str, ScriptedRun], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSH_CONNECTION", "1")
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await pilot.press("slash", *"state:finished", "enter", "e", "c")
        await until(pilot, lambda: list(tmp_path.glob("*.csv")))
        await pilot.press("e", "j")
        await until(pilot, lambda: list(tmp_path.glob("*.json")))
        await until(pilot, lambda: sum("scp gpubox-of-the-test:" in words for words in told(pilot)) == 2)
    with next(tmp_path.glob("*.csv")).open() as file:
        found = list(csv.DictReader(file))
    assert [(row["run"], row["name"], row["n_factors"], row["rmse"]) for row in found] == [
        ("ml-100k-notebook-20261124-0318", "", "8", "0.9523"),
        ("ml-100k-notebook-20261124-0312", "16 factors", "16", "0.8712"),
    ]
    assert [row["n_factors"] for row in msgspec.json.decode(next(tmp_path.glob("*.json")).read_bytes())] == [8, 16]


async def test_what_is_marked_is_exported_alone(
    workbench: type[MftuiApp], runs: dict[str, ScriptedRun], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await at(pilot, "20261124-0320")
        await pilot.press("space", "g", "e", "j")
        await until(pilot, lambda: list(tmp_path.glob("*.json")))
    (found,) = msgspec.json.decode(next(tmp_path.glob("*.json")).read_bytes())
    assert (found["run"], found["epochs"], found["epoch"]) == (runs["stopped"].run.name, 500, 40)


async def test_a_run_is_packed_opened_elsewhere_and_is_the_same(
    workbench: type[MftuiApp], runs: dict[str, ScriptedRun], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await at(pilot, "16 factors")
        await pilot.press("e", "z")
        await until(pilot, lambda: list(tmp_path.glob("*.zip")))
        with zipfile.ZipFile(next(tmp_path.glob("*.zip"))) as archive:
            archive.extractall(tmp_path / "copied")
        await pilot.press("o", *"copied", "enter")
        await until(pilot, lambda: table(pilot).row_count == 6)
        assert pilot.app.current_run == Run(tmp_path / "copied" / runs["good"].run.name)
        assert names(pilot).count("16 factors") == 2


async def test_a_place_without_runs_is_named(workbench: type[MftuiApp], home: object) -> None:
    async with workbench().run_test() as pilot:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
        await pilot.press("o", *"/nowhere", "enter")
        trouble = pilot.app.screen.query_one("#trouble", Static)
        assert str(trouble.content).startswith("There is no run in /nowhere.")
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, RunsScreen)


async def test_a_run_is_named_and_remarked_on(workbench: type[MftuiApp], runs: dict[str, ScriptedRun]) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await at(pilot, "20261124-0318")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunNote))
        await pilot.press(*"plain", "tab", *"q is a letter", "enter")
        await until(pilot, lambda: "plain" in names(pilot))
        assert runs["worse"].run.note() == Note("plain", "q is a letter")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunNote))
        assert pilot.app.screen.query_one("#remark", Input).value == "q is a letter"
        await pilot.press("x", "escape")
        assert runs["worse"].run.note() == Note("plain", "q is a letter")


async def test_a_note_that_can_not_be_written_stays_to_be_tried_again(
    workbench: type[MftuiApp], runs: dict[str, ScriptedRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(run: Run, note: Note) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with workbench().run_test() as pilot:
        await opened(pilot)
        await at(pilot, "20261124-0318")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunNote))
        with monkeypatch.context() as patched:
            patched.setattr(Run, "write_note", full)
            await pilot.press(*"plain", "enter")
            trouble = pilot.app.screen.query_one("#trouble", Static)
            await until(pilot, lambda: "can't be written: No space left on device." in str(trouble.content))
        await pilot.press("enter")
        await until(pilot, lambda: "plain" in names(pilot))


async def test_a_name_that_another_app_gave_appears(workbench: type[MftuiApp], runs: dict[str, ScriptedRun]) -> None:
    async with workbench().run_test() as pilot:
        await opened(pilot)
        runs["worse"].run.write_note(Note("from elsewhere"))
        await until(pilot, lambda: "from elsewhere" in names(pilot))


async def test_a_run_is_deleted_after_asking(workbench: type[MftuiApp], runs: dict[str, ScriptedRun]) -> None:
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await at(pilot, "16 factors")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("escape")
        assert runs["good"].run.path.exists()
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("d")
        await until(pilot, lambda: table(pilot).row_count == 4)
        assert not runs["good"].run.path.exists()
        assert len(all_runs()) == 4


async def test_the_current_run_gives_way_to_another_when_it_is_deleted(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    scripted("older").begin().epochs(1, 3).finish()
    newer = scripted("younger").begin().epochs(1, 3).finish()
    async with workbench().run_test() as pilot:
        await opened(pilot, 2)
        assert pilot.app.current_run == newer.run
        await at(pilot, "younger")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("d")
        await until(pilot, lambda: pilot.app.current_run is not None and pilot.app.current_run.name == "older")


async def test_a_current_run_that_somebody_else_deleted_gives_way_to_another(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    scripted("older").begin().epochs(1, 3).finish()
    newer = scripted("younger").begin().epochs(1, 3).finish()
    async with workbench().run_test() as pilot:
        await opened(pilot, 2)
        remove(newer.run)
        await until(pilot, lambda: pilot.app.current_run is not None and pilot.app.current_run.name == "older")
        assert names(pilot) == ["older"]


async def test_what_is_done_with_a_run_that_is_gone_is_refused_in_a_sentence(
    workbench: type[MftuiApp], scripted: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    gone = [scripted(name).begin().finish().run for name in ("one", "another")]
    async with workbench().run_test() as pilot:
        await opened(pilot, 2)
        for run, keys in zip(gone, (["D", "d"], ["e", "z"]), strict=True):
            await at(pilot, run.name)
            await pilot.press(keys[0])
            await until(pilot, lambda: isinstance(pilot.app.screen, Question))
            remove(run)
            await pilot.press(keys[1])
            await until(pilot, lambda run=run: f"There is no run in {run.path}." in told(pilot))
        assert not list(tmp_path.glob("*.zip"))


async def test_a_run_that_is_going_is_not_deleted(workbench: type[MftuiApp], runs: dict[str, ScriptedRun]) -> None:
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await at(pilot, "20261124-0331")
        await pilot.press("D")
        await until(pilot, lambda: told(pilot) == ["It is being trained: x stops it first."])
        assert runs["going"].run.path.exists()


async def test_a_run_that_is_going_is_stopped(workbench: type[MftuiApp], runs: dict[str, ScriptedRun]) -> None:
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await at(pilot, "20261124-0331")
        assert "x Stop" in footer(pilot)
        assert "r Resume" not in footer(pilot)
        await pilot.press("x")
        await until(pilot, runs["going"].run.stop.exists)


async def test_a_stopped_run_is_resumed_and_followed(
    workbench: type[MftuiApp], runs: dict[str, ScriptedRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    resumed: list[Run] = []
    monkeypatch.setattr(launch, "resume", resumed.append)
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await at(pilot, "20261124-0320")
        assert "r Resume" in footer(pilot)
        await pilot.press("r")
        await until(pilot, lambda: pilot.app.current_run == runs["stopped"].run)
        assert resumed == [runs["stopped"].run]


async def test_the_command_that_repeats_a_run_is_copied_and_shown(
    workbench: type[MftuiApp], runs: dict[str, ScriptedRun]
) -> None:
    async with workbench().run_test(notifications=True) as pilot:
        await opened(pilot)
        await at(pilot, "20261124-0320")
        await pilot.press("y")
        command = "mftui train ml-100k --preset notebook --set split=fold:1 --set epochs=500"
        assert pilot.app.clipboard == command
        assert told(pilot) == [command]


async def test_a_damaged_run_stays_in_the_list_and_can_be_deleted(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    run = scripted("broken").begin()
    (run.run.path / "run.json").write_text("{")
    async with workbench().run_test() as pilot:
        await opened(pilot, 1)
        assert "damaged" in panel(pilot)
        await pilot.press("y", "enter", "D")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("d")
        await until(pilot, lambda: not run.run.path.exists())
