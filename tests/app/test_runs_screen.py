"""The Runs screen, by the keys that a person presses and the words that appear, on scripted runs."""

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from mftui.app.app import MftuiApp
from mftui.app.screens.dialogs import Question
from mftui.app.screens.runs.run_note import RunNote
from mftui.app.screens.runs.screen import RunsScreen
from mftui.app.widgets.chart import Chart
from mftui.app.widgets.footer import Footer
from mftui.app.widgets.header import Header
from mftui.app.widgets.run_panel import RunPanel
from mftui.app.widgets.table import Table
from mftui.core.evaluation.report import write
from mftui.core.runs import launch
from mftui.core.runs.directory import Note, Record, Run, all_runs
from mftui.core.runs.events import Failed, Stopped
from mftui.core.runs.presets import preset
from tests.app.conftest import NOW, ScriptedRun
from tests.app.reports import HOSTILE
from tests.app.test_run_list import judged
from tests.app.waiting import until

Scripted = Callable[..., ScriptedRun]
Alive = Callable[[ScriptedRun], None]


@pytest.fixture
def workbench(workbench: type[MftuiApp], monkeypatch: pytest.MonkeyPatch) -> type[MftuiApp]:
    """The same with a slower tick: a key waits for the app to be idle, which it seldom is while a run is going."""
    monkeypatch.setattr(MftuiApp, "TICK", 0.1)
    return workbench


@pytest.fixture
def runs(scripted: Scripted, alive: Alive) -> dict[str, ScriptedRun]:
    """A good run with a name and other settings, a worse one, one that was stopped, one failed, and one going."""
    made = {
        "good": scripted("ml-100k-notebook-20261124-0312", seed=3, n_factors=16).begin().epochs(1, 128).finish(),
        "worse": scripted("ml-100k-notebook-20261124-0318").begin().epochs(1, 128).finish(),
        "stopped": scripted("ml-100k-notebook-20261124-0320", epochs=500, split="fold:1").begin().epochs(1, 40),
        "failed": scripted("ml-100k-notebook-20261124-0330", learning_rate=10).begin(),
        "going": scripted("ml-100k-notebook-20261124-0331").begin().epochs(1, 12),
    }
    for at, run in enumerate(made.values()):
        run.run.write_record(created_at(run.run, NOW - 7200 + 1200 * at))
    write(made["good"].run.path, judged(0.8712, 0.25))
    write(made["worse"].run.path, judged(0.9523, 0.31))
    made["good"].run.write_note(Note("16 factors", "the one to keep"))
    made["stopped"].tell(Stopped(time=NOW, epoch=40))
    made["failed"].tell(Failed(time=NOW, message="The loss is not a number.", hint="Lower the learning rate."))
    alive(made["going"])
    return made


def created_at(run: Run, created: float) -> Record:
    return msgspec.structs.replace(run.record(), created=created)


def table(pilot: Pilot[None]) -> Table:
    return pilot.app.screen.query_one("#runs", Table)


def rows(pilot: Pilot[None]) -> list[str]:
    return [table(pilot).render_line(y).text[2:].rstrip() for y in range(1, table(pilot).row_count + 1)]


def names(pilot: Pilot[None]) -> list[str]:
    return [row[3:].split("  ")[0] for row in rows(pilot)]


def panel(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(RunPanel).query_one(Static).content)


def footer(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(Footer).content)


def told(pilot: Pilot[None]) -> list[str]:
    return [notification.message for notification in pilot.app._notifications]


async def opened(pilot: Pilot[None], n_runs: int = 5) -> None:
    await pilot.press("6")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen) and table(pilot).row_count == n_runs)


async def at(pilot: Pilot[None], name: str) -> None:
    """Put the cursor on a run."""
    await pilot.press("g")
    for _ in range(names(pilot).index(name)):
        await pilot.press("j")
    await pilot.pause()


async def test_every_run_is_listed_newest_first_with_its_state_and_figures(
    workbench: type[MftuiApp], runs: dict[str, ScriptedRun]
) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        assert [" ".join(row.split()) for row in rows(pilot)] == [
            "• 20261124-0331 ▶ running ml-100k notebook 12/128 - - 0.4 s 40 min ago",
            "20261124-0330 ✗ failed ml-100k notebook lear… 0/128 - - - 1 h ago",
            "20261124-0320 ■ stopped ml-100k notebook spli… 40/500 - - 1.2 s 1 h ago",
            "20261124-0318 ✓ finished ml-100k notebook 128 0.9523 0.3100 3.8 s 1 h ago",
            "16 factors ✓ finished ml-100k notebook seed… 128 0.8712 0.2500 3.8 s 2 h ago",
        ]


async def test_the_panel_says_all_about_the_run_under_the_cursor(
    workbench: type[MftuiApp], runs: dict[str, ScriptedRun]
) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await at(pilot, "16 factors")
        for words in (
            "16 factors  the one to keep",
            "RMSE 0.8712, MAE 0.6970, NDCG@10 0.2500 on 20,000 test rows (random: 20% of the rows, seed 42)",
            "notebook: seed=3 n_factors=16",
            "mftui train ml-100k --preset notebook --set seed=3 --set n_factors=16",
        ):
            assert words in panel(pilot)
        await at(pilot, "20261124-0330")
        assert "The loss is not a number. Lower the learning rate." in panel(pilot)


async def test_at_80_columns_names_are_whole_beside_a_scroll_bar(workbench: type[MftuiApp], scripted: Scripted) -> None:
    for minute in range(20):
        scripted(f"ml-100k-notebook-20261124-03{minute + 10}-2")
    async with workbench().run_test(size=(80, 24)) as pilot:
        await opened(pilot, 20)
        assert not any("…" in name for name in names(pilot))


async def test_epochs_of_a_run_that_is_going_appear(workbench: type[MftuiApp], runs: dict[str, ScriptedRun]) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await at(pilot, "20261124-0320")
        runs["going"].epochs(13, 20)
        await until(pilot, lambda: "20/128" in rows(pilot)[0])
        assert table(pilot).cursor == 2


async def test_a_filter_is_typed_and_taken_away(workbench: type[MftuiApp], runs: dict[str, ScriptedRun]) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("slash", *"rmse<0.9 preset:note")
        await until(pilot, lambda: names(pilot) == ["16 factors"])
        assert str(pilot.app.screen.query_one("#list").border_title) == "Runs  1 of 5"
        await pilot.press("enter", "escape")
        await until(pilot, lambda: table(pilot).row_count == 5)
        await pilot.press("slash", *"rsme<1")
        await until(pilot, lambda: str(pilot.app.screen.query_one("#count", Static).content) == "there is no rsme")
        await pilot.press("escape")
        assert pilot.app.focused is table(pilot)


async def test_a_filter_that_nothing_passes_says_so(workbench: type[MftuiApp], runs: dict[str, ScriptedRun]) -> None:
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await pilot.press("slash", *"zzz")
        await until(pilot, lambda: table(pilot).row_count == 0)
        assert "No run passes this filter" in table(pilot).render_line(0).text
        await pilot.press("enter")
        for key in ("enter", "space", "n", "y", "D", "r", "x", "s"):
            await pilot.press(key)
        assert isinstance(pilot.app.screen, RunsScreen)


async def test_one_key_sorts_by_the_next_column(workbench: type[MftuiApp], runs: dict[str, ScriptedRun]) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press(*"sssssss")
        await until(pilot, lambda: names(pilot)[:2] == ["16 factors", "20261124-0318"])
        await pilot.press("s")
        await until(pilot, lambda: names(pilot)[:2] == ["20261124-0318", "16 factors"])


async def test_enter_makes_a_run_the_current_one(workbench: type[MftuiApp], runs: dict[str, ScriptedRun]) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await at(pilot, "16 factors")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.current_run == runs["good"].run)
        assert "✓ finished" in str(pilot.app.screen.query_one(Header).content)
        await pilot.press("3")
        await until(pilot, lambda: "0.8712" in pilot.app.export_screenshot())


async def test_opening_a_run_of_another_dataset_takes_its_dataset_along(
    workbench: type[MftuiApp], scripted: Scripted, runs: dict[str, ScriptedRun]
) -> None:
    other = scripted("others", data="ml-1m").begin().epochs(1, 3)
    async with workbench().run_test() as pilot:
        await opened(pilot, 6)
        await at(pilot, "others")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.dataset == "ml-1m")
        assert pilot.app.current_run == other.run


async def test_marked_runs_stand_side_by_side(workbench: type[MftuiApp], runs: dict[str, ScriptedRun]) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await at(pilot, "16 factors")
        await pilot.press("space")
        await at(pilot, "20261124-0318")
        await pilot.press("space")
        await until(pilot, lambda: "A 16 factors" in panel(pilot))
        lines = [line.split() for line in panel(pilot).splitlines()]
        assert lines[0] == ["A", "16", "factors", "B", "notebook-20261124-0318"]
        assert ["test", "RMSE", "0.8712", "◂", "best", "0.9523"] in lines
        assert ["NDCG@10", "0.2500", "0.3100", "◂", "best"] in lines
        assert ["n_factors", "16", "8"] in lines
        assert not any(line[0] == "batch_size" for line in lines)
        assert [row[0] for row in rows(pilot)] == ["•", " ", " ", "B", "A"]
        await pilot.press("escape")
        await until(pilot, lambda: "◂" not in panel(pilot))


async def test_a_run_that_is_marked_again_has_its_letter_again(
    workbench: type[MftuiApp], runs: dict[str, ScriptedRun]
) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("space", "j", "space", "j", "space", "k", "space", "G", "space")
        await until(pilot, lambda: [row[0] for row in rows(pilot)] == ["A", " ", "C", " ", "D"])
        await pilot.press("g", "j", "space")
        await until(pilot, lambda: [row[0] for row in rows(pilot)] == ["A", "B", "C", " ", "D"])


@pytest.mark.parametrize(("size", "keys"), [((120, 36), []), ((80, 24), ["c"])])
async def test_the_curves_of_marked_runs_lie_over_one_another(
    workbench: type[MftuiApp], runs: dict[str, ScriptedRun], size: tuple[int, int], keys: list[str]
) -> None:
    async with workbench().run_test(size=size) as pilot:
        await opened(pilot)
        chart = pilot.app.screen.query_one(Chart)
        assert chart.region.height == 0
        await at(pilot, "16 factors")
        await pilot.press("space")
        await at(pilot, "20261124-0331")
        await pilot.press("space", *keys)
        await until(pilot, lambda: "A┈┈ 16 factors" in chart.render_line(0).text + chart.render_line(1).text)
        assert len(chart.beside["A"].xs) == 128
        runs["going"].epochs(13, 20)
        await until(pilot, lambda: chart.beside["B"].xs == range(1, 21))


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


async def test_without_a_run_it_says_what_to_do(workbench: type[MftuiApp], home: object) -> None:
    async with workbench().run_test() as pilot:
        await pilot.press("6")
        await until(pilot, lambda: pilot.app.screen.query("#words"))
        await until(pilot, lambda: "Train a model" in str(pilot.app.screen.query_one("#keys", Static).content))
        assert not pilot.app.screen.query_one("#list").display
        assert "Mark" not in footer(pilot)


async def test_a_run_made_elsewhere_appears(workbench: type[MftuiApp], scripted: Scripted) -> None:
    async with workbench().run_test() as pilot:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
        scripted().begin()
        await until(pilot, lambda: table(pilot).row_count == 1)
        assert pilot.app.screen.query_one("#list").display


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


async def test_names_and_remarks_that_mean_harm_stay_text_and_aligned(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    for at_, title in enumerate(HOSTILE):
        scripted(f"run[red]{at_}").run.write_note(Note(title, title))
    async with workbench().run_test(size=(120, 36), notifications=True) as pilot:
        await opened(pilot, len(HOSTILE))
        for y in range(1, len(HOSTILE) + 1):
            line = table(pilot).render_line(y)
            assert line.cell_length == table(pilot).scrollable_size.width
            assert "\x1b" not in line.text
        assert any("[bold red]Markup" in row for row in rows(pilot))
        for _ in HOSTILE:
            await pilot.press("space", "j")
            assert "\x1b" not in panel(pilot)
            assert "\u202e" not in panel(pilot)
        await pilot.press("escape")
        await pilot.press("enter", "n")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunNote))
        await pilot.press("escape", "D")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        assert "\x1b" not in pilot.app.export_screenshot()


async def test_compared_runs_of_the_same_minute_are_told_apart_at_80_columns(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    for kind in ("notebook", "ranking"):
        run = scripted(f"ml-100k-{kind}-20261124-1602").begin().run
        run.write_record(msgspec.structs.replace(run.record(), config=preset(kind)))
    async with workbench().run_test(size=(80, 24)) as pilot:
        await opened(pilot, 2)
        await pilot.press("space", "j", "space")
        await until(pilot, lambda: "B notebook-20261124-1602" in panel(pilot))
        assert "A ranking-20261124-1602" in panel(pilot)


async def test_the_study_of_the_trial_that_is_current_has_the_sign_and_the_header_names_both(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    study = scripted("ml-100k-notebook-tune-20261124-1602").begin()
    trial = scripted("ml-100k-notebook-tune-20261124-1602/parts/trial-1").begin().epochs(1, 3).finish()
    async with workbench().run_test(size=(80, 24)) as pilot:
        await opened(pilot, 1)
        pilot.app.use_run(trial.run)
        await until(pilot, lambda: "trial 1 of noteb" in str(pilot.app.screen.query_one(Header).content))
        assert rows(pilot)[0].startswith("•")
        assert trial.run.whole == study.run
        assert study.run.whole is None


@pytest.mark.parametrize("theme", ["mftui-dark", "mftui-light", "NO_COLOR"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
@pytest.mark.parametrize("marked", [False, True], ids=["one", "compared"])
def test_looks(
    workbench: type[MftuiApp], runs: dict[str, ScriptedRun], snap_compare: Any, size: tuple[int, int], theme: str,
    marked: bool, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("TEXTUAL_THEME", theme) if theme != "NO_COLOR" else monkeypatch.setenv(theme, "1")
    monkeypatch.setenv("TZ", "UTC")

    async def before(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await at(pilot, "16 factors")
        if marked:
            await pilot.press("space", "k", "space", "k", "space")
            await until(pilot, lambda: "20261124-0320" in panel(pilot))

    assert snap_compare(workbench(), terminal_size=size, run_before=before)
