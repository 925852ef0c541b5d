"""What is done with a study that is over: more trials of it, and any trial's settings as a preset."""

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from mftui.app.app import MftuiApp
from mftui.app.screens.more_trials import MoreTrials
from mftui.app.screens.runs.keep_trial import KeepTrial
from mftui.app.screens.runs.screen import RunsScreen
from mftui.app.screens.runs.trials_dialog import Trials
from mftui.app.widgets.figures import Figures
from mftui.app.widgets.table import Table
from mftui.core.paths import data_dir
from mftui.core.runs import events, own_presets, planning, presets
from mftui.core.runs.directory import Run
from tests.app.conftest import NOW, tell
from tests.app.waiting import until


def trial(number: int, figure: float | None, ending: str = "done") -> events.Trial:
    return events.Trial(
        time=NOW - 50 + number, trial=number, settings={"n_factors": 8 * number, "regularization": 0.1}, ending=ending,
        metric="rmse", figure=figure, best_epoch=4, epoch=9, seconds=1.5,
    )  # fmt: skip


TOLD = (
    events.Searching(time=NOW - 50, spent=0, ends=None),
    trial(1, 0.95),
    trial(2, 0.93),
    trial(3, None, "failed"),
    events.Found(time=NOW - 46, trial=2, preset="als-ml-100k"),
    events.Finished(time=NOW - 46, epoch=3, reason="all 3 trials"),
)


@pytest.fixture
def run(home) -> Run:
    """A study that has made its three trials."""
    asked = planning.plan("als", {"split": "fold:1"}, trials=3)
    run = planning.begin(*asked, data_dir() / "runs" / "ml-100k-als-tune-20261124-0312")
    run.write_record(msgspec.structs.replace(run.record(), created=NOW - 60))
    tell(run, *TOLD)
    return run


def said(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Static).content)


async def on_runs(pilot: Pilot[None]) -> None:
    await pilot.press("6")
    await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen) and pilot.app.screen.row() is not None)


async def trials_shown(pilot: Pilot[None]) -> None:
    await on_runs(pilot)
    await pilot.press("t")
    await until(pilot, lambda: isinstance(pilot.app.screen, Trials) and pilot.app.screen.query_one(Table).row_count)


@pytest.mark.parametrize("screen", ["2", "6"], ids=["train", "runs"])
async def test_a_finished_study_is_given_more_trials_and_goes_on(
    workbench: type[MftuiApp], run: Run, started: list[Run], screen: str
):
    async with workbench("ml-100k").run_test(size=(80, 24)) as pilot:
        await on_runs(pilot)
        pilot.app.use_run(run)
        await pilot.press(screen)
        await until(pilot, lambda: pilot.app.screen.check_action("resume", ()))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, MoreTrials))
        assert "20 more" in said(pilot, "#lines")
        await pilot.press("right", "down", "right", "enter")
        await until(pilot, lambda: started)
        search = run.record().search
        assert (started, search.trials, search.seconds) == ([run], 3 + 50, 4 + 300)
        assert pilot.app.current_run == run


async def test_it_stays_as_it_is_where_a_person_goes_back(workbench: type[MftuiApp], run: Run, started: list[Run]):
    async with workbench("ml-100k").run_test(size=(80, 24)) as pilot:
        await on_runs(pilot)
        await pilot.press("r", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
        assert (started, run.record().search.trials) == ([], 3)


async def test_train_counts_towards_what_it_was_given_elsewhere(workbench: type[MftuiApp], run: Run):
    async with workbench("ml-100k").run_test(size=(120, 36)) as pilot:
        pilot.app.use_run(run)
        await pilot.press("2")
        figures = pilot.app.screen.query_one(Figures)
        await until(pilot, lambda: "3/3" in str(figures.content))
        planning.extend(run, trials=6)
        tell(run, events.Searching(time=NOW - 40, spent=4, ends=None), trial(4, 0.94))
        await until(pilot, lambda: "4/9" in str(figures.content))


async def test_any_trial_is_kept_as_a_preset_under_a_name_that_is_free(workbench: type[MftuiApp], run: Run):
    async with workbench("ml-100k").run_test(size=(120, 36)) as pilot:
        await trials_shown(pilot)
        await pilot.press("j", "p")
        await until(pilot, lambda: isinstance(pilot.app.screen, KeepTrial))
        line = pilot.app.screen.query_one(Input)
        assert line.value == "als-ml-100k"
        for taken, words in (("fast", "There is a preset fast already."), ("My films", "is no name for a preset")):
            line.value = taken
            await pilot.press("enter")
            assert words in said(pilot, "#trouble")
        line.value = "small"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Trials))
        assert presets.preset("small").values()["n_factors"] == 8
        assert own_presets.names() == ["small"]


async def test_a_trial_without_a_figure_is_not_kept(workbench: type[MftuiApp], run: Run):
    async with workbench("ml-100k").run_test(size=(120, 36)) as pilot:
        await trials_shown(pilot)
        await pilot.press("G", "p")
        await pilot.pause()
        assert isinstance(pilot.app.screen, Trials)
        assert "Only a trial that came to a figure" in [n.message for n in pilot.app._notifications][-1]


@pytest.mark.parametrize("what", ["more", "keep"])
def test_looks(workbench: type[MftuiApp], run: Run, snap_compare, what: str):
    async def before(pilot: Pilot[None]) -> None:
        if what == "more":
            await on_runs(pilot)
            await pilot.press("r")
            await until(pilot, lambda: isinstance(pilot.app.screen, MoreTrials))
        else:
            await trials_shown(pilot)
            await pilot.press("p")
            await until(pilot, lambda: isinstance(pilot.app.screen, KeepTrial))

    assert snap_compare(workbench("ml-100k"), terminal_size=(80, 24), run_before=before)
