"""The shell around the screens: how one gets to them, the palette, help, keys of one's own, and colours."""

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.screen import Screen

from mftui.app import themes
from mftui.app.actions import APP, MOVING, Action, bindings
from mftui.app.keys import own_keys
from mftui.app.screens.base import WorkbenchScreen
from mftui.app.screens.dialog import Dialog
from mftui.app.screens.dialogs import Explanation
from mftui.core.errors import MftuiError


def _data() -> Screen[None]:
    from mftui.app.screens.data.screen import DataScreen

    return DataScreen()


def _train() -> Screen[None]:
    from mftui.app.screens.train.screen import TrainScreen

    return TrainScreen()


def _evaluation() -> Screen[None]:
    from mftui.app.screens.evaluation.screen import EvaluationScreen

    return EvaluationScreen()


def _clusters() -> Screen[None]:
    from mftui.app.screens.clusters.screen import ClustersScreen

    return ClustersScreen()


def _recommend() -> Screen[None]:
    from mftui.app.screens.recommend.screen import RecommendScreen

    return RecommendScreen()


def _runs() -> Screen[None]:
    from mftui.app.screens.runs.screen import RunsScreen

    return RunsScreen()


class Shell(App[None]):
    """An app of six screens; it knows nothing of ratings and runs."""

    TITLE = "mftui"
    CSS_PATH = "app.tcss"
    MODES = {
        "data": _data, "train": _train, "evaluation": _evaluation, "clusters": _clusters, "recommend": _recommend,
        "runs": _runs,
    }  # fmt: skip
    PLACES: ClassVar[dict[str, str]] = {
        "data": "1 Data", "train": "2 Train", "evaluation": "3 Evaluate", "clusters": "4 Clusters",
        "recommend": "5 Recommend", "runs": "6 Runs",
    }  # fmt: skip
    """The screens in the header, with their keys."""
    BINDINGS = bindings(APP)
    keeps_screens = False
    """Whether its screens last as long as the process does, as they do where it is the program."""
    own_keys: Mapping[str, str]
    """The keys that a person gave to actions, by the action's name."""

    def __init__(self) -> None:
        """Take the colours that suit the terminal."""
        super().__init__()
        for theme in themes.OWN:
            self.register_theme(theme)
        self.theme = themes.first_choice(self.console.color_system)
        self.own_keys = {}

    def on_load(self) -> None:
        """Let tasks begin when it is their turn.

        From Python 3.12 on Textual lets them begin where they are made, so that an input of the first screen looks for
        that screen before it is there, which ends the app.
        """
        asyncio.get_running_loop().set_task_factory(None)

    def on_mount(self) -> None:
        """Give actions the keys that the person has chosen for them; say it where that can't be done."""
        try:
            self.own_keys = own_keys()
        except MftuiError as error:
            self.notify(str(error), title="Your own keys", severity="error", timeout=20, markup=False)
        self.set_keymap(self.own_keys)

    async def action_mode(self, mode: str) -> None:
        """Bring a screen to the front."""
        await self.switch_mode(mode)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Everything that can be done here and now, for the palette."""
        here = screen.ACTIONS if isinstance(screen, WorkbenchScreen) else ()
        for action in (*here, *APP):
            call = action.call if action.call.startswith("app.") else f"screen.{action.call}"
            name = action.call.partition("(")[0]
            if action.palette and (name.startswith("app.") or screen.check_action(name, ())):
                title = f"{action.label} ({action.shown(self.own_keys)})"
                yield SystemCommand(title, action.meaning, partial(self.run_action, call))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Digits change the screen only where no dialog lies over it."""
        return not (action == "mode" and isinstance(self.screen, Dialog))

    def action_explain(self) -> None:
        """Say what the screen or dialog in front shows, and its keys."""
        if isinstance(screen := self.screen, WorkbenchScreen):
            keys, everywhere = self._meanings(screen.ACTIONS), self._meanings((*MOVING, *APP))
            self.push_screen(Explanation(str(screen.TITLE), screen.HELP, keys, everywhere, screen.TERMS))
        elif isinstance(screen, Dialog):
            lists = self._meanings(MOVING) if screen.focused else {}
            self.push_screen(Explanation(screen.heading, screen.HELP, screen.keys(), lists))

    def _meanings(self, actions: tuple[Action, ...]) -> dict[str, str]:
        return {action.shown(self.own_keys): action.meaning for action in actions}

    def action_next_theme(self) -> None:
        """Take the next colour theme."""
        names = themes.NAMES
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]
