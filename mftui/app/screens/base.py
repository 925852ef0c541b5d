"""What all screens of the workbench have in common."""

import gc
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.events import Resize, ScreenResume
from textual.screen import Screen
from textual.widgets import Static

from mftui.app.actions import Action
from mftui.app.messages import DatasetChanged, JobChanged, RunChanged
from mftui.app.widgets.footer import Footer
from mftui.app.widgets.header import Header

if TYPE_CHECKING:
    from mftui.app.app import MftuiApp

_SETTLED = 1.0
"""Seconds after which a screen has what it is made of."""

_COLUMNS, _ROWS = 60, 18
"""Cells of the smallest terminal that something can be shown on."""


class WorkbenchScreen(Screen[None]):
    """A screen between the header and the footer.

    A subclass gives `TITLE`, `HELP`, `ACTIONS` (with `BINDINGS = bindings(ACTIONS)`) and `CSS_PATH`, yields its
    widgets in `compose_body`, and draws in the three `show_…` methods. Each of them is called when the screen
    comes to the front and again whenever its subject has news while the screen is in front, so that a hidden
    screen costs nothing. They may be called often: draw only what differs.

    Under 100 columns the screen has the class `-narrow`, else `-wide`.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]
    ACTIONS: ClassVar[tuple[Action, ...]] = ()
    HELP: ClassVar[str] = ""
    """What the screen shows and how to read it, in a few plain sentences, for `?`."""
    TERMS: ClassVar[Mapping[str, str]] = {}
    """The figures and words that it shows, each with a sentence, for `?` as well."""
    AUTO_FOCUS = ""

    @property
    def workbench(self) -> "MftuiApp":
        """The app, which knows the current dataset (`dataset`, `summary`) and run (`run`, `history`)."""
        return cast("MftuiApp", self.app)

    def compose(self) -> ComposeResult:
        """The body between header and footer, and what is said where there is no room for them."""
        yield Header()
        yield from self.compose_body()
        yield Footer()
        yield Static(id="too-small")

    @on(Resize)
    def _measure(self, event: Resize) -> None:
        """Say so where the terminal is too small to show anything."""
        columns, rows = event.size
        self.set_class(columns < _COLUMNS or rows < _ROWS, "-too-small")
        words = f"This terminal has {columns} by {rows} cells; mftui needs {_COLUMNS} by {_ROWS}, better 80 by 24."
        self.query_one("#too-small", Static).update(words)

    def compose_body(self) -> ComposeResult:
        """The screen's own widgets."""
        yield from ()

    def on_mount(self) -> None:
        """Have garbage looked for among what comes later: a look at all that screens are made of takes 100 ms."""
        if self.workbench.keeps_screens:
            self.set_timer(_SETTLED, _settle)

    def show_dataset(self) -> None:
        """Draw what depends on `workbench.dataset` and `workbench.summary` (None until the data is read)."""

    def show_run(self) -> None:
        """Draw what depends on `workbench.run` and `workbench.history` (both None where there is no run)."""

    def show_job(self) -> None:
        """Draw what depends on `workbench.job`: a fetch or another child process and how far it is."""

    @on(ScreenResume)
    @on(DatasetChanged)
    def _draw_dataset(self) -> None:
        self.query_one(Header).refresh_lines()
        self.show_dataset()

    @on(ScreenResume)
    @on(RunChanged)
    def _draw_run(self) -> None:
        self.query_one(Header).refresh_lines()
        self.show_run()
        self.refresh_bindings()

    @on(ScreenResume)
    @on(JobChanged)
    def _draw_job(self) -> None:
        self.show_job()
        self.refresh_bindings()


def _settle() -> None:
    gc.collect(1)
    gc.freeze()
