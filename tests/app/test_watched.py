"""The Train screen on a run that a ranking metric chooses, on one that only ranks, and on one in parts."""

import time

import pytest
from msgspec.structs import replace

from mftui.app.app import MftuiApp
from mftui.app.screens.train.monitor import Monitor
from mftui.app.widgets.figures import Figures
from mftui.app.widgets.progress import Progress
from mftui.core.runs import events
from mftui.core.runs.config import Config
from mftui.core.runs.directory import create
from mftui.core.runs.parts import plan
from tests.app.conftest import ScriptedRun
from tests.app.test_train_screen import Alive, Scripted
from tests.app.waiting import until


def watching(run: ScriptedRun, values: list[float]) -> ScriptedRun:
    """Epochs whose NDCG is given; those that raise it are the best."""
    for number, value in enumerate(values, 1):
        epoch = replace(run._epoch(number), held_out=None, held_out_mse=None, watched="ndcg@10", watched_value=value)
        run.tell(replace(epoch, best=value == max(values[:number])))
    return run


async def test_the_metric_that_chooses_is_among_the_figures_and_a_ranking_models_curve_is_its_loss(
    workbench: type[MftuiApp], scripted: Scripted, alive: Alive
) -> None:
    settings = {"solver": "ials", "held_out": "validation", "watch": "ndcg@10", "patience": 5, "epochs": 20}
    alive(watching(scripted(**settings).begin(), [0.2, 0.3, 0.25]))
    async with workbench().run_test(size=(120, 36)) as pilot:
        figures = pilot.app.screen.query_one(Figures)
        await until(pilot, lambda: "ndcg@10" in str(figures.content))
        assert "0.2500" in str(figures.content)
        assert "0.3000 at 2" in str(figures.content)
        assert "4 left" in str(figures.content)
        curve = pilot.app.screen.query_one(Monitor).query_one("#curve")
        assert curve.border_title == "Loss"
        await pilot.press("y")
        assert curve.border_title == "Loss, log axis"


async def test_the_curve_of_a_model_of_ratings_is_their_mean_squared_error(
    workbench: type[MftuiApp], scripted: Scripted, alive: Alive
) -> None:
    alive(scripted().begin().epochs(1, 5))
    async with workbench().run_test() as pilot:
        monitor = pilot.app.screen.query_one(Monitor)
        await until(pilot, lambda: len(monitor.train.xs) == 5)
        assert monitor.query_one("#curve").border_title == "Mean squared error"


@pytest.mark.parametrize("done", [0, 2])
async def test_the_bar_of_a_run_in_parts_follows_its_parts(workbench: type[MftuiApp], alive: Alive, done: int) -> None:
    config = Config()
    scripted = ScriptedRun.__new__(ScriptedRun)
    scripted.run, scripted.config = create(config, parts=plan(config, folds=5)), config
    for number in range(1, done + 1):
        part = events.Part(time=time.time(), name=f"fold-{number}", part=number, parts=5, figures={"rmse": 0.9})
        scripted.tell(part)
    doing = f"fold-{done + 1}, {done + 1} of 5"
    alive(scripted.tell(events.Progress(time=time.time(), doing=doing)))
    async with workbench().run_test() as pilot:
        bar = pilot.app.screen.query_one(Progress)
        await until(pilot, lambda: doing in str(bar.content))
        assert f" {done / 5:.0%} " in str(bar.content).replace("  ", " ")


async def test_that_the_solver_is_compiling_is_said_while_it_does(
    workbench: type[MftuiApp], scripted: Scripted, alive: Alive
) -> None:
    words = "compiling the solver, once for this machine"
    run = scripted(solver="sgd").tell(events.Progress(time=time.time(), doing="preparing the solver"))
    alive(run.tell(events.Progress(time=time.time(), doing=words)))
    async with workbench().run_test(size=(120, 36)) as pilot:
        bar = pilot.app.screen.query_one(Progress)
        await until(pilot, lambda: words in str(bar.content))
        run.begin()
        await until(pilot, lambda: "in its first epoch" in str(bar.content))
        run.epochs(1, 2)
        await until(pilot, lambda: " left" in str(bar.content))
