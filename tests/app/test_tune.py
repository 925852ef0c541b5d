"""Beginning a study from the Train screen: what is asked, what is refused, and what is started."""

from textual.pilot import Pilot
from textual.widgets import Input, Static

from mftui.app.app import MftuiApp
from mftui.app.screens.train.screen import TrainScreen
from mftui.app.screens.train.tune import Tune
from mftui.app.widgets.settings_form import SettingsForm
from mftui.core.runs import own_presets, presets
from mftui.core.runs.directory import Run
from mftui.core.runs.own_presets import Origin, Preset
from tests.app.waiting import until

ORIGIN = Origin(run="/runs/study", trial=7, data="planted", metric="rmse", figure=0.9, created=1.0)


def said(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Static).content)


def plan_from(pilot: Pilot[None], **changes: str) -> None:
    """Let the form of the Train screen say so."""
    screen = pilot.app.screen
    assert isinstance(screen, TrainScreen)
    for key, text in changes.items():
        screen._accept(key, text)


async def edit(pilot: Pilot[None], key: str, text: str) -> None:
    """Type another value into a line of the dialog."""
    keys = [field.key for field in pilot.app.screen.query_one(SettingsForm)._fields]
    await pilot.press("g", *["j"] * keys.index(key), "enter")
    pilot.app.screen.query_one(Input).value = text
    await pilot.press("enter")


async def asked(pilot: Pilot[None], **changes: str) -> None:
    await pilot.press("2")
    plan_from(pilot, **changes)
    await pilot.press("t")
    await until(pilot, lambda: isinstance(pilot.app.screen, Tune))


async def test_it_starts_the_study_whose_command_line_is_shown(
    workbench: type[MftuiApp], planted: str, started: list[Run]
):
    async with workbench("planted").run_test(size=(120, 36)) as pilot:
        await asked(pilot, preset="als", n_factors="12")
        assert "regularization       0.02 to 0.5, log" in said(pilot, "#searched")
        assert "n_factors" not in said(pilot, "#searched")
        await edit(pilot, "trials", "7")
        await edit(pilot, "metric", "ndcg@10")
        shown = said(pilot, "#command")
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrainScreen))
        (run,) = started
        record = run.record()
        assert shown.split() == record.command.replace(record.config.data, "planted").split()
        assert shown == ("mftui tune planted --preset als --set n_factors=12 --metric ndcg@10 --trials 7 --budget 10m")
        assert (record.search.trials, record.search.seconds, record.search.metric) == (7, 600, "ndcg@10")
        assert pilot.app.current_run == run


REFUSED = {
    ("budget", "soon"): "'soon' is no length of time.",
    ("budget", ""): "Nothing ends the search.",
    ("trials", "many"): "trials can't be many.",
    ("trials", "1"): "A search of 1 trial finds nothing.",
    ("metric", "luck"): "There is no metric 'luck'.",
    ("name", "als"): "There is a preset als already.",
}


async def test_what_makes_no_search_is_told_in_the_form(workbench: type[MftuiApp], planted: str, started: list[Run]):
    async with workbench("planted").run_test(size=(80, 24)) as pilot:
        await asked(pilot, preset="als")
        before = said(pilot, "#command")
        for (key, text), words in REFUSED.items():
            await edit(pilot, key, text)
            assert words in said(pilot, ".meaning")
            await pilot.press("escape")
            assert said(pilot, "#command") == before
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrainScreen))
        assert not started


async def test_where_everything_is_set_there_is_nothing_to_ask(workbench: type[MftuiApp], planted: str):
    async with workbench("planted").run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        plan_from(pilot, preset="als", n_factors="12", regularization="0.3")
        await pilot.press("t")
        await pilot.pause()
        assert isinstance(pilot.app.screen, TrainScreen)
        assert "All that could be searched is set." in [n.message for n in pilot.app._notifications][-1]


async def test_a_preset_of_one_s_own_is_in_the_form_s_choices_and_a_damaged_one_is_told(
    workbench: type[MftuiApp], planted: str
):
    own_presets.write("mine", Preset(presets.preset("als").with_changes({"n_factors": 9}), "tuned", ORIGIN))
    own_presets.write("worse", Preset(presets.preset("als"), "tuned"))
    async with workbench("planted").run_test(size=(120, 36)) as pilot:
        await pilot.press("2")
        plan_from(pilot, preset="mine")
        screen = pilot.app.screen
        assert screen.plan.config.values()["n_factors"] == 9
        assert screen.plan.command == "mftui train planted --preset mine"
        assert screen.plan.fields()[0].choices[-2:] == ("mine", "worse")
        assert screen.plan.fields()[0].meaning == "your own: tuned"
        own_presets._path("worse").write_text("{")
        await edit(pilot, "preset", "worse")
        assert "worse.json is damaged" in said(pilot, "#form .meaning")
        await pilot.press("escape")
        own_presets.remove("mine")  # the form keeps what it has read
        plan_from(pilot, epochs="4")
        assert screen.plan.config.epochs == 4


def test_looks(workbench: type[MftuiApp], planted: str, snap_compare):
    async def before(pilot: Pilot[None]) -> None:
        await asked(pilot, preset="als")

    assert snap_compare(workbench("planted"), terminal_size=(80, 24), run_before=before)
