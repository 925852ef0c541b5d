"""What all screens share: the line of keys, the names of the screens, help, palette, and keys of one's own."""

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from mftui.app import screens
from mftui.app.actions import APP, SCREENS
from mftui.app.app import MftuiApp
from mftui.app.keys import own_keys, own_keys_file
from mftui.app.screens.choices import Choice, Choices
from mftui.app.screens.dialog import Dialog
from mftui.app.screens.dialogs import Explanation, Question
from mftui.app.screens.evaluation.tab_line import TabLine
from mftui.app.widgets.footer import Footer
from mftui.app.widgets.header import Header
from mftui.core.errors import SettingError
from mftui.core.evaluation.report import write
from tests.app.conftest import ScriptedRun
from tests.app.reports import evaluation
from tests.app.waiting import until


async def click(pilot: Pilot[None], selector: type[Static] | str, words: str) -> None:
    """Click on these words of a widget of the screen in front."""
    widget = pilot.app.screen.query_one(selector, Static)
    for y in range(widget.size.height):
        if words in (line := widget.render_line(y).text):
            await pilot.click(widget, offset=(line.index(words) + widget.gutter.left, y + widget.gutter.top))
            return
    pytest.fail(f"{words} is not there")


@pytest.mark.parametrize("words", ["2 Train", "6 Runs", "4 Clusters"])
async def test_a_click_on_a_screens_name_goes_there(workbench: type[MftuiApp], words: str) -> None:
    async with workbench().run_test() as pilot:
        await click(pilot, Header, words)
        await until(pilot, lambda: words[2:] == pilot.app.screen.TITLE)


async def test_a_click_on_a_key_of_the_footer_does_what_the_key_does(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test() as pilot:
        await click(pilot, Footer, "Help")
        await until(pilot, lambda: isinstance(pilot.app.screen, Explanation))
        await pilot.press("escape")
        await click(pilot, Footer, "Quit")
        await until(pilot, lambda: pilot.app._exit)


async def test_a_click_on_an_answer_or_an_offer_does_what_its_key_does(workbench: type[MftuiApp], home: object) -> None:
    answers: list[str | None] = []
    async with workbench().run_test() as pilot:
        await pilot.press("6")
        await until(pilot, lambda: pilot.app.screen.query_one("#keys").size.height)
        await click(pilot, "#keys", "Train a model")
        await until(pilot, lambda: pilot.app.screen.TITLE == "Train")
        for words in ("delete it", "keep it"):
            question = Question("Delete?", "It is gone then.", {"d": "delete it", "esc": "keep it"})
            pilot.app.push_screen(question, answers.append)
            await until(pilot, lambda question=question: pilot.app.screen is question and question.query(".answers"))
            await pilot.pause()
            await click(pilot, ".answers", words)
            await until(pilot, lambda question=question: pilot.app.screen is not question)
    assert answers == ["d", None]


async def test_a_click_on_a_tab_brings_it_to_the_front(
    workbench: type[MftuiApp], scripted: Callable[..., ScriptedRun]
) -> None:
    write(scripted().begin().finish().run.path, evaluation())
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: pilot.app.screen.query_one(TabLine).size.width)
        await pilot.pause()
        await click(pilot, TabLine, "Compare")
        await until(pilot, lambda: pilot.app.screen.query_one(TabLine).current == "compare-pane")
        assert pilot.app.focused is pilot.app.screen.query_one("#opponents")


def titles(pilot: Pilot[None]) -> list[str]:
    return [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]


def explained(pilot: Pilot[None]) -> str:
    return "\n".join(str(line.content) for line in pilot.app.screen.query(Static))


async def test_the_palette_names_every_action_with_its_key(
    workbench: type[MftuiApp], scripted: Callable[..., ScriptedRun]
) -> None:
    scripted().begin().finish()
    async with workbench().run_test() as pilot:
        await pilot.press("6")
        await until(pilot, lambda: "Delete (D)" in titles(pilot))
        assert {"Open (⏎)", "Filter (/)", "Copy (y)", "Sort (s)", "Train (2)", "Help (?)", "Theme (^t)"} <= set(
            titles(pilot)
        )
        assert not any(title.startswith("Resume") for title in titles(pilot))  # of a run that is finished


@pytest.mark.parametrize(("number", "title"), enumerate(SCREENS, 1))
async def test_help_explains_every_screen_with_all_its_keys(workbench: type[MftuiApp], number: int, title: str) -> None:
    async with workbench().run_test() as pilot:
        await pilot.press(str(number))
        await until(pilot, lambda: title == pilot.app.screen.TITLE)
        help_ = str(pilot.app.screen.HELP)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, Explanation))
        assert len(help_) > 80
        for words in (help_, *(action.meaning for action in (*SCREENS[title], *APP))):
            assert words in explained(pilot)
        await pilot.press("question_mark")
        assert title == pilot.app.screen.TITLE


def kinds(kind: type[Dialog[Any]]) -> set[type[Dialog[Any]]]:
    return {found for one in kind.__subclasses__() for found in (one, *kinds(one))}


def test_every_dialog_says_what_it_is_for() -> None:
    for module in pkgutil.walk_packages(screens.__path__, "mftui.app.screens."):
        importlib.import_module(module.name)
    assert len(kinds(Dialog)) > 12
    assert [kind.__name__ for kind in kinds(Dialog) if not kind.HELP and kind is not Explanation] == []


async def test_a_question_explains_its_answers_by_help_as_well(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test() as pilot:
        question = Question("Delete?", "It is gone then.", {"d": "delete it", "esc": "keep it"})
        pilot.app.push_screen(question)
        await until(pilot, lambda: pilot.app.screen is question)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, Explanation))
        assert "d\ndelete it\nesc\nkeep it" in explained(pilot)


async def test_help_explains_the_keys_of_a_dialog_and_goes_back_to_it(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test() as pilot:
        dialog = Choices("Which?", {"k": Choice("lists of", [(1, "one"), (2, "two")])}, "enter takes")
        pilot.app.push_screen(dialog)
        await until(pilot, lambda: pilot.app.screen is dialog)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, Explanation))
        assert pilot.app.screen.query_one(".dialog").border_title == "Which?"
        assert "→ l\nNext" in explained(pilot)
        await pilot.press("escape")
        assert pilot.app.screen is dialog


async def test_an_action_has_the_key_that_a_person_gave_it_everywhere(
    workbench: type[MftuiApp], scripted: Callable[..., ScriptedRun]
) -> None:
    scripted().begin().finish()
    own_keys_file().write_text('delete = "ctrl+d"\nname = "m"\n"log axis" = "l"\n')
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: "Delete (^d)" in titles(pilot))
        assert "m Name" in str(pilot.app.screen.query_one(Footer).content)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, Explanation))
        assert "^d\nDelete the run for good; asks first" in explained(pilot)
        await pilot.press("escape", "D")
        assert pilot.app.screen.TITLE == "Runs"
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("delete = ", "can't be read: Invalid value"),
        ('dlete = "d"', "there is no action 'dlete'. ctrl+p names them."),
        ("delete = 3", 'delete has no key. Write delete = "ctrl+d".'),
        ('delete = "s"', "on Runs, s is both delete and sort."),
        ('delete = "q"', "on Runs, q is both delete and quit."),
    ],
)
def test_keys_that_can_not_be_had_are_refused_in_a_sentence(home: Path, text: str, words: str) -> None:
    own_keys_file().parent.mkdir(parents=True)
    own_keys_file().write_text(text)
    with pytest.raises(SettingError) as refused:
        own_keys()
    assert words in str(refused.value)


def test_two_actions_may_change_their_keys(home: Path) -> None:
    own_keys_file().parent.mkdir(parents=True)
    own_keys_file().write_text('delete = "s"\nsort = "D"')
    assert own_keys() == {"delete": "s", "sort": "D"}


async def test_where_own_keys_are_refused_it_is_said_and_the_usual_ones_stay(
    workbench: type[MftuiApp], scripted: Callable[..., ScriptedRun]
) -> None:
    scripted().begin().finish()
    own_keys_file().write_text('delete = "s"')
    async with workbench().run_test() as pilot:
        await pilot.press("6")
        await until(pilot, lambda: "Delete (D)" in titles(pilot))
        assert any("s is both delete and sort" in notice.message for notice in pilot.app._notifications)
