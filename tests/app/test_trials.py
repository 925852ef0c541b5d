"""A study in the app: its row, what is said of it, its trials over the screen, its curve and its log."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from mftui.app import comparison
from mftui.app.app import MftuiApp
from mftui.app.run_list import RunList
from mftui.app.screens.runs import trials
from mftui.app.screens.runs.run_columns import cells_of
from mftui.app.screens.runs.screen import RunsScreen
from mftui.app.screens.runs.trials_dialog import Trials
from mftui.app.screens.train.run_log import RunLog
from mftui.app.widgets.figures import Figures
from mftui.app.widgets.footer import Footer
from mftui.app.widgets.histogram import Bars
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.progress import Progress
from mftui.app.widgets.run_panel import RunPanel
from mftui.app.widgets.table import Table
from mftui.core.paths import data_dir
from mftui.core.runs import events, planning
from mftui.core.runs.directory import Run, create
from mftui.core.runs.history import History, State
from mftui.core.runs.lock import hold
from tests.app.conftest import NOW, tell
from tests.app.waiting import until

NAME = "ml-100k-als-tune-20261124-0312"


def trial(number: int, figure: float | None, ending: str = "done", factors: int = 64) -> events.Trial:
    return events.Trial(
        time=NOW - 50 + number, trial=number, ending=ending, metric="rmse", figure=figure, best_epoch=4, epoch=9,
        settings={"n_factors": factors, "regularization": round(0.1 + number / 100, 2)}, seconds=1.5,
    )  # fmt: skip


TOLD = (
    events.Searching(time=NOW - 50, spent=0, ends=None),
    trial(1, 0.9188),
    trial(2, 0.9301, factors=12),
    trial(3, 0.9099, factors=96),
    trial(4, 0.9412, "pruned", factors=8),
    trial(5, None, "failed"),
)
MATTERED = events.Mattered(time=NOW - 30, importance={"regularization": 0.75, "n_factors": 0.25}, best=5, trials=12)
DONE = (
    events.Found(time=NOW - 20, trial=3, preset="als-ml-100k"),
    events.Finished(time=NOW - 10, epoch=5, reason="all 5 trials"),
)


@pytest.fixture
def run(home: Path) -> Run:
    """A study of five trials, all of them over."""
    config, search = planning.plan("als", {"split": "fold:1"}, trials=5)
    run = planning.begin(config, search, data_dir() / "runs" / NAME)
    run.write_record(msgspec.structs.replace(run.record(), created=NOW - 60))
    tell(run, *TOLD)
    return run


def said(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Static).content)


def rows(pilot: Pilot[None]) -> list[str]:
    table = pilot.app.screen.query_one(Table)
    return [" ".join(table.render_line(y).text.split()) for y in range(1, table.row_count + 1)]


async def opened(pilot: Pilot[None]) -> None:
    await pilot.press("6")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen) and pilot.app.screen.row() is not None)


async def trials_shown(pilot: Pilot[None], n: int) -> None:
    await opened(pilot)
    await pilot.press("t")
    await until(pilot, lambda: isinstance(pilot.app.screen, Trials) and len(rows(pilot)) == n)


def test_it_is_one_row_that_counts_its_trials_and_their_time(run: Run):
    (row,) = RunList().look()
    assert comparison.epochs(row) == "5 runs"
    assert row.seconds == pytest.approx(7.5)
    assert [text for _, text in cells_of(row, "", NOW)][1:5] == [
        "20261124-0312", "! interrupted", "ml-100k", "tune als split=fold:1",
    ]  # fmt: skip
    assert row.command == "mftui tune ml-100k --preset als --set split=fold:1 --metric rmse --trials 5"


def test_its_log_tells_each_trial_and_the_preset_once(run: Run):
    history = History(run)
    log = RunLog(history)
    history.poll()
    lines = [line for line, _ in log.news(State.RUNNING)]
    assert lines[2] == "trial 3: rmse 0.9099 after epoch 4: n_factors=96 regularization=0.13"
    assert lines[3].startswith("trial 4: rmse 0.9412 after epoch 4 (pruned)")
    assert lines[4].startswith("trial 5: no figure (failed)")
    tell(run, *DONE)
    history.poll()
    assert log.news(State.FINISHED) == [
        ("Trial 3 is kept as the preset als-ml-100k", "good"), ("Finished: all 5 trials", "good"),
    ]  # fmt: skip


async def test_the_panel_says_what_came_of_it_and_what_mattered(workbench: type[MftuiApp], run: Run):
    tell(run, MATTERED, *DONE)
    async with workbench("ml-100k").run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.pause()
        panel = " ".join(str(pilot.app.screen.query_one(RunPanel).query_one(Static).content).split())
        for words in (
            "Trial 3 is the best: rmse 0.9099 on the validation rows that chose it; the preset als itself",
            "n_factors=96 regularization=0.13, kept as the preset als-ml-100k",
            "regularization 75%, n_factors 25%",
            "regularization (0.02 to 0.5, log)",
        ):
            assert words in panel
        assert "t Trials" in str(pilot.app.screen.query_one(Footer).content)


async def test_the_trials_are_listed_best_first_and_one_that_is_chosen_is_what_all_screens_show(
    workbench: type[MftuiApp], run: Run
):
    first = create(run.record().config, run.part("trial-1").path, tested=False)
    tell(run, MATTERED)
    async with workbench("ml-100k").run_test(size=(120, 36)) as pilot:
        await trials_shown(pilot, 5)
        assert rows(pilot) == [
            "▸ 3 0.9099 4 9 ✓ done n_factors=96 regularization=0.13 1.5 s",
            "1 0.9188 4 9 ✓ done n_factors=64 regularization=0.11 1.5 s",
            "2 0.9301 4 9 ✓ done n_factors=12 regularization=0.12 1.5 s",
            "4 0.9412 4 9 ✂ pruned n_factors=8 regularization=0.14 1.5 s",
            "5 - 4 9 ✗ failed n_factors=64 regularization=0.15 1.5 s",
        ]
        assert "the best 5 of 12 trials" in said(pilot, "#mattered")
        assert [(bar.label, bar.figures) for bar in pilot.app.screen.query_one(Bars).bars] == [
            ("regularization", ("75%",)), ("n_factors", ("25%",)),
        ]  # fmt: skip
        await pilot.press("j")
        assert said(pilot, "#settings") == "trial 1: rmse 0.9188 after epoch 4: n_factors=64 regularization=0.11"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
        assert pilot.app.current_run == first


async def test_while_it_goes_new_trials_come_in_and_the_open_one_is_there(workbench: type[MftuiApp], run: Run):
    own = create(run.record().config, run.part("trial-6").path, tested=False)
    tell(own, events.Progress(time=NOW, doing="reading ratings"))
    with hold(run):
        async with workbench("ml-100k").run_test(size=(120, 36)) as pilot:
            await trials_shown(pilot, 6)
            assert rows(pilot)[-1] == "6 - - 0 ▶ running n_factors=64 regularization=0.12 -"
            tell(run, trial(6, 0.9001, factors=33))
            await until(pilot, lambda: "6 0.9001" in rows(pilot)[0])
            assert len(rows(pilot)) == 6
            assert "Trial 6 is the best" in said(pilot, "#outcome")


async def test_screens_that_need_one_model_point_to_the_trials(workbench: type[MftuiApp], run: Run):
    async with workbench("ml-100k").run_test(size=(80, 24)) as pilot:
        pilot.app.use_run(run)
        for key in ("3", "4", "5"):
            await pilot.press(key)
            offer = pilot.app.screen.query_one(Offer)
            await until(pilot, lambda offer=offer: offer.display and "trials" in str(offer.query_one(Static).content))


async def test_before_there_is_a_trial_it_says_so(workbench: type[MftuiApp], run: Run):
    run.events.write_bytes(events.encode(TOLD[0]))
    async with workbench("ml-100k").run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, Trials))
        await until(pilot, lambda: "No trial has come to a figure yet." in said(pilot, "#outcome"))
        assert "After ten trials" in said(pilot, "#mattered")


async def test_train_draws_its_trials_and_how_far_it_is_and_after_it_another_run_s_own_curve(
    workbench: type[MftuiApp], run: Run, scripted: Callable, monkeypatch: pytest.MonkeyPatch
):
    other = scripted("other", epochs=5).begin().epochs(1, 5).finish()
    monkeypatch.setattr("mftui.app.wording.time", type("Clock", (), {"time": staticmethod(lambda: NOW)}))
    tell(run, events.Searching(time=NOW - 5, spent=0, ends=NOW + 90))
    tell(run, events.Progress(time=NOW - 1, doing="trial 6 of 9, epoch 3 of 10", fraction=0.6))
    with hold(run):
        async with workbench("ml-100k").run_test(size=(120, 36)) as pilot:
            pilot.app.use_run(run)
            await pilot.press("2")
            monitor = pilot.app.screen.query_one("Monitor")
            await until(pilot, lambda: monitor.held_out.xs == range(1, 6))
            assert [monitor.held_out.at(x) for x in range(1, 6)] == [0.9188, 0.9301, 0.9099, 0.9412, None]
            assert list(monitor.train.ys) == [0.9188, 0.9188, 0.9099, 0.9099, 0.9099]
            assert monitor.chart.x_name == "trial"
            assert (monitor.chart.mark.x, monitor.chart.mark.y) == (3, 0.9099)
            figures = str(monitor.query_one(Figures).content)
            assert "0.9099 in 3" in figures
            assert "preset's own" in figures
            progress = str(monitor.query_one(Progress).content)
            assert "60%  trial 6 of 9, epoch 3 of 10, 1:30 left" in progress
            pilot.app.use_run(other.run)
            await until(pilot, lambda: monitor.chart.x_name == "epoch" and len(monitor.train.xs) == 5)
            assert monitor.train.name == "train"


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_looks(workbench: type[MftuiApp], run: Run, snap_compare, size: tuple[int, int]):
    tell(run, MATTERED, *DONE)

    async def before(pilot: Pilot[None]) -> None:
        await trials_shown(pilot, 5)
        await until(pilot, lambda: bool(pilot.app.screen.query_one(Bars).bars))

    assert snap_compare(workbench("ml-100k"), terminal_size=size, run_before=before)


def test_what_has_no_trials_has_no_bars():
    assert trials.bars(None) == ()
