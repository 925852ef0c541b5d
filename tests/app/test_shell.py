"""What all screens share: the line of keys, the names of the screens, help, palette, and keys of one's own."""

import pytest
from textual.pilot import Pilot

from mftui.app.app import MftuiApp
from mftui.app.screens.dialogs import Explanation
from mftui.app.widgets.footer import Footer
from mftui.app.widgets.header import Header
from tests.app.waiting import until


async def click(pilot: Pilot[None], kind: type[Footer] | type[Header], words: str) -> None:
    """Click on these words of the header or the footer in front."""
    widget = pilot.app.screen.query_one(kind)
    for y in range(widget.size.height):
        if words in (line := widget.render_line(y).text):
            await pilot.click(kind, offset=(line.index(words), y))
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
