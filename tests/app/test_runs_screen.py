"""The Runs screen, by the keys that a person presses and the words that appear, on scripted runs."""

from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from mftui.app.app import MftuiApp
from mftui.app.screens.dialogs import Question
from mftui.app.screens.runs.run_note import RunNote
from mftui.app.screens.runs.screen import RunsScreen
from mftui.app.widgets.chart import Chart
from mftui.app.widgets.header import Header
from mftui.core.evaluation.report import write
from mftui.core.runs.directory import Note
from mftui.core.runs.presets import preset
from tests.app.conftest import ScriptedRun
from tests.app.reports import HOSTILE
from tests.app.runs_screen import Alive, Scripted, at, five, footer, names, opened, panel, rows, table
from tests.app.test_run_list import judged
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


SORTED = {
    "Run": ["20261124-0318", "20261124-0320", "20261124-0330", "20261124-0331", "16 factors"],
    "State": ["20261124-0330", "20261124-0318", "16 factors", "20261124-0331", "20261124-0320"],
    "Epochs": ["20261124-0318", "16 factors", "20261124-0320", "20261124-0331", "20261124-0330"],
    "RMSE": ["16 factors", "20261124-0318"],
    "NDCG": ["20261124-0318", "16 factors"],
    "Time": ["20261124-0318", "16 factors", "20261124-0320", "20261124-0331", "20261124-0330"],
    "When": ["20261124-0331", "20261124-0330", "20261124-0320", "20261124-0318", "16 factors"],
}
"""By which column, and the runs in that order, as far as they differ in it."""


@pytest.mark.parametrize("column", SORTED)
async def test_a_click_on_a_heading_sorts_by_it_and_a_second_one_turns_the_order_around(
    workbench: type[MftuiApp], runs: dict[str, ScriptedRun], column: str
) -> None:
    order = sorted(SORTED[column]) if column == "Run" else SORTED[column]
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        at_ = table(pilot).render_line(0).text.index(column)
        if column != "When":  # by which it is sorted at first
            await pilot.click("#runs", offset=(at_, 0))
        await until(pilot, lambda: names(pilot)[: len(order)] == order)
        assert f"{column} {'▲' if column in ('Run', 'State', 'RMSE') else '▼'}" in table(pilot).render_line(0).text
        await pilot.click("#runs", offset=(at_, 0))
        await until(pilot, lambda: names(pilot)[-1] in order[:2])  # equals keep their order


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


async def test_it_is_said_how_sure_the_figures_are_and_what_tells_them_from_chance(
    workbench: type[MftuiApp], runs: dict[str, ScriptedRun]
) -> None:
    for name, interval in (("good", (0.86, 0.88)), ("worse", (0.94, 0.97))):
        made = judged(0.9)
        write(
            runs[name].run.path,
            msgspec.structs.replace(made, ratings=msgspec.structs.replace(made.ratings, rmse_interval=interval)),
        )
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("G", "space", "k", "space")
        await until(pilot, lambda: "95% interval" in panel(pilot))
        lines = [line.split() for line in panel(pilot).splitlines()]
        assert ["95%", "interval", "±", "0.0100", "±", "0.0150"] in lines
        assert "v tells whether they differ by more than chance." in panel(pilot)
        await pilot.press("k", "space", "G", "space")  # now one that is not evaluated, and the worse
        await until(pilot, lambda: "v tells" not in panel(pilot))
        assert "v Verdict" not in footer(pilot)


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


async def test_compared_runs_of_one_minute_that_have_no_room_go_by_their_presets(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    for kind in ("als", "best", "fast", "notebook"):
        run = scripted(f"ml-100k-{kind}-20261124-1602").begin().run
        run.write_record(msgspec.structs.replace(run.record(), config=preset(kind)))
    async with workbench().run_test(size=(80, 24)) as pilot:
        await opened(pilot, 4)
        await pilot.press(*["space", "j"] * 4)
        await until(pilot, lambda: "D " in panel(pilot))
        assert panel(pilot).splitlines()[0].split() == ["A", "notebook", "B", "fast", "C", "best", "D", "als"]


async def test_of_many_compared_runs_the_end_of_each_name_is_kept(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    for minute in range(4):
        scripted(f"ml-100k-notebook-20261124-160{minute}").begin()
    async with workbench().run_test(size=(80, 24)) as pilot:
        await opened(pilot, 4)
        await pilot.press(*["space", "j"] * 4)
        await until(pilot, lambda: "D " in panel(pilot))
        assert [word[-4:] for word in panel(pilot).splitlines()[0].split()[1::2]] == ["1603", "1602", "1601", "1600"]


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
