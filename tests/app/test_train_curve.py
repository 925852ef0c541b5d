"""The curve on Train as it is read: best value, cursor, other runs beside it, smoothing and zoom."""

from mftui.app.app import MftuiApp
from mftui.app.screens.runs.screen import RunsScreen
from mftui.app.screens.train.monitor import Monitor
from mftui.app.screens.train.screen import TrainScreen
from mftui.app.widgets.chart import Chart
from mftui.core.paths import data_dir
from mftui.core.runs.directory import Run
from tests.app.test_train_screen import Alive, Scripted
from tests.app.waiting import until


async def test_overfitting_is_said_in_words(workbench: type[MftuiApp], scripted: Scripted) -> None:
    scripted().begin().epochs(1, 128).finish()
    async with workbench().run_test() as pilot:
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen.query_one("#curve").border_subtitle)
        subtitle = str(pilot.app.screen.query_one("#curve").border_subtitle)
        assert subtitle == "overfitting: since epoch 64 the test error has risen 16%"
        assert "best 0.8591 at 64" in pilot.app.export_screenshot().replace("&#160;", " ")


async def test_the_arrows_read_the_curve(workbench: type[MftuiApp], scripted: Scripted) -> None:
    scripted().begin().epochs(1, 128).finish()
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("2")
        chart = pilot.app.screen.query_one(Monitor).chart
        await until(pilot, lambda: chart.traces[0].xs)
        await pilot.press("left", "left")
        assert chart.cursor is not None
        assert 120 < chart.cursor < 128
        assert f"epoch {chart.cursor} " in chart.render_line(0).text
        await pilot.press("escape")
        assert chart.cursor is None


async def test_other_runs_on_the_same_test_rows_are_drawn_beside(workbench: type[MftuiApp], scripted: Scripted) -> None:
    scripted("before").begin().epochs(1, 50).finish()
    scripted("elsewhere", split="fold:1").begin().epochs(1, 50).finish()
    scripted("newest").begin().epochs(1, 128).finish()
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("2")
        chart = pilot.app.screen.query_one(Monitor).chart
        await until(pilot, lambda: chart.traces[0].xs)
        assert not chart.beside
        await pilot.press("c")
        await until(pilot, lambda: [trace.name for trace in chart.beside.values()] == ["before"])
        assert "A┈┈ before" in chart.render_line(1).text
        await pilot.press("c")
        await until(pilot, lambda: not chart.beside)


async def test_marked_runs_are_drawn_beside_without_asking_and_keep_growing(
    workbench: type[MftuiApp], scripted: Scripted, alive: Alive
) -> None:
    scripted("newest").begin().epochs(1, 128).finish()
    other = scripted("elsewhere", split="fold:1", epochs=500).begin().epochs(1, 5)
    alive(other)
    app = workbench()
    app.marks.toggle(other.run.path)
    async with app.run_test(size=(120, 36)) as pilot:
        app.use_run(Run(other.run.path.with_name("newest")))
        await pilot.press("2")
        chart = pilot.app.screen.query_one(Monitor).chart
        await until(pilot, lambda: chart.beside and chart.beside["A"].xs == range(1, 6))
        other.epochs(6, 9)
        await until(pilot, lambda: len(chart.beside["A"].xs) == 9)


async def test_a_run_has_the_same_letter_and_so_colour_and_line_on_runs_and_on_train_and_when_opened_again(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    for name in ("one", "two", "three"):
        scripted(name).begin().epochs(1, 9).finish()
    seen = []
    for marked in (("one", "three"), ("three", "two")):
        app = workbench()
        for name in marked:
            app.marks.toggle(data_dir() / "runs" / name)
        async with app.run_test(size=(120, 36)) as pilot:
            for screen in (RunsScreen, TrainScreen):
                await pilot.press("6" if screen is RunsScreen else "2")
                await until(pilot, lambda: isinstance(pilot.app.screen, screen))  # noqa: B023
                chart = pilot.app.screen.query_one(Chart)
                app.use_run(Run(data_dir() / "runs" / "one"))
                await until(pilot, lambda: chart.beside)  # noqa: B023
                seen.append({letter: trace.name for letter, trace in chart.beside.items()})
    assert seen == [{"A": "one", "B": "three"}, {"B": "three"}, {"B": "three", "C": "two"}, {"B": "three", "C": "two"}]


async def test_where_there_is_nothing_to_compare_with_it_says_so(workbench: type[MftuiApp], scripted: Scripted) -> None:
    scripted().begin().epochs(1, 128).finish()
    async with workbench().run_test() as pilot:
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen.query_one(Monitor).train.xs)
        await pilot.press("c")
        await until(pilot, lambda: any("no other run" in n.message for n in pilot.app._notifications))


async def test_curves_are_smoothed_and_their_title_says_how(workbench: type[MftuiApp], scripted: Scripted) -> None:
    scripted().begin().epochs(1, 128).finish()
    async with workbench().run_test() as pilot:
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen.query_one(Monitor).train.xs)
        titles = []
        for key in "wyzwwz":
            await pilot.press(key)
            titles.append(str(pilot.app.screen.query_one("#curve").border_title))
        assert titles == [
            "Mean squared error, exponential mean",
            "Mean squared error, log axis, exponential mean",
            "Mean squared error, from epoch 117, log axis, exponential mean",
            "Mean squared error, from epoch 117, log axis, median of 9",
            "Mean squared error, from epoch 117, log axis",
            "Mean squared error, log axis",
        ]
