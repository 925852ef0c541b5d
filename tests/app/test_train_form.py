"""The form of the Train screen: every setting with its meaning, values that are refused, the command line it makes."""

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from mftui.app.app import MftuiApp
from mftui.app.widgets.settings_form import Editor
from mftui.core.runs.directory import all_runs
from mftui.core.runs.presets import PRESETS

SIZES = [(80, 24), (120, 36)]


def words(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Static).content)


async def to(pilot: Pilot[None], key: str) -> None:
    """Put the form's cursor on a setting."""
    settings = pilot.app.screen.query_one(OptionList)
    while settings.highlighted != settings.get_option_index(key):
        await pilot.press("j")


async def test_a_setting_is_changed_and_the_command_line_follows(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("2")
        await to(pilot, "split_seed")
        await pilot.press("enter", "7", "enter")
        command = str(pilot.app.screen.query_one("#command", Static).content)
        assert command == "mftui train ml-100k --preset notebook --set split_seed=7"
        await pilot.press("backspace")
        command = str(pilot.app.screen.query_one("#command", Static).content)
        assert command == "mftui train ml-100k --preset notebook"


async def test_an_invalid_value_is_named_and_escape_leaves_the_setting_as_it_was(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("2")
        await to(pilot, "split_seed")
        await pilot.press("enter", "z", "enter")
        meaning = pilot.app.screen.query_one(".meaning", Static)
        assert str(meaning.content).startswith("split_seed can't be z.")
        await pilot.press("escape")
        assert "split_seed=" not in str(pilot.app.screen.query_one("#command", Static).content)


async def test_letters_are_text_while_a_setting_is_open(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("2")
        await to(pilot, "split_seed")
        await pilot.press("enter", "q", "s", "1")
        assert pilot.app.current_mode == "train"
        assert pilot.app.is_running
        assert not all_runs()


@pytest.mark.parametrize("size", SIZES)
async def test_each_setting_of_each_preset_says_what_it_means_and_takes_without_being_cut(
    workbench: type[MftuiApp], size: tuple[int, int]
) -> None:
    async with workbench().run_test(size=size) as pilot:
        await pilot.press("2")
        screen = pilot.app.screen
        settings, meaning = screen.query_one(OptionList), screen.query_one(".meaning", Static)
        for name, preset in PRESETS.items():
            screen._accept("preset", name)
            told = {setting.key: setting for setting in preset.config.settings()}
            keys = [option.id for option in settings.options]
            assert sorted(keys) == sorted({"preset", *told} - {"data", "columns"})
            assert keys[:2] == ["preset", "solver"]
            for key in keys:
                settings.highlighted = settings.get_option_index(key)
                screen._form._explain()  # at once, rather than when the news of the cursor comes
                said = words(pilot, ".meaning")
                assert said
                if key in told:
                    assert told[key].description in said
                    assert told[key].allowed in said
                assert len(meaning.visual.wrap(meaning.size.width)) <= meaning.size.height
            assert settings.region.height >= 8


async def test_a_setting_that_was_changed_says_what_the_preset_has(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("2")
        await to(pilot, "epochs")
        assert "preset" not in words(pilot, ".meaning")
        await pilot.press("enter", "4", "0", "enter")
        assert words(pilot, ".meaning").endswith("The preset has 128")


async def test_choosing_a_preset_says_what_each_is_for(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("2", "enter")
        for preset in (*list(PRESETS)[1:], "notebook"):
            await pilot.press("down")
            assert words(pilot, ".meaning").startswith(PRESETS[preset].summary)
        await pilot.press("down", "enter")
        assert words(pilot, "#command") == f"mftui train ml-100k --preset {list(PRESETS)[1]}"


async def test_a_refused_value_is_marked_until_it_is_changed(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("2")
        await to(pilot, "n_factors")
        await pilot.press("enter", "0", "enter")
        editor = pilot.app.screen.query_one(Editor)
        assert words(pilot, ".meaning") == "n_factors can't be 0. It takes a whole number from 1 to 4,096."
        assert editor.has_class("-refused")
        await pilot.press("backspace", "9")
        assert not editor.has_class("-refused")
        assert words(pilot, ".meaning").startswith("numbers that describe")
        await pilot.press("enter")
        assert words(pilot, "#command").endswith("--set n_factors=9")


async def test_whatever_is_pasted_is_refused_in_words_that_are_text(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await to(pilot, "learning_rate")
        await pilot.press("enter")
        for typed in ("1e400", "\x1b[31m\x07red", "[red]", "9" * 5_000, "nan", "-0", " "):
            pilot.app.screen.query_one(Editor).value = typed
            await pilot.press("enter")
            said = words(pilot, ".meaning")
            assert said.startswith("learning_rate can't be ")
            assert said.endswith("It takes a number above 0 to 10.")
            assert said.isprintable()
        assert "learning_rate" not in words(pilot, "#command")


@pytest.mark.parametrize("size", SIZES)
async def test_a_long_command_line_is_shown_whole(workbench: type[MftuiApp], size: tuple[int, int]) -> None:
    changes = {"n_factors": "16", "learning_rate": "0.0025", "batch_size": "512", "biases": "yes", "epochs": "90"}
    async with workbench().run_test(size=size) as pilot:
        await pilot.press("2")
        for key, text in changes.items():
            pilot.app.screen._accept(key, text)
        await pilot.pause()
        command = pilot.app.screen.query_one("#command", Static)
        assert len(command.visual.wrap(command.size.width)) <= command.size.height
        assert words(pilot, "#command").endswith("--set biases=yes")
