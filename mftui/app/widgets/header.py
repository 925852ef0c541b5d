"""The two lines at the top: where you are, and what the current run is doing."""

from typing import TYPE_CHECKING, cast

from textual.content import Content
from textual.widgets import Static

from mftui.app import wording

if TYPE_CHECKING:
    from mftui.app.app import MftuiApp


class Header(Static):
    """The screens with their keys, the host and device; below them dataset, run, state, epoch and time left.

    A click on a screen's name goes there.
    """

    DEFAULT_CSS = """
    Header {
        dock: top;
        height: 2;
        background: $panel;
        color: $foreground;
        text-wrap: nowrap;
    }
    """

    def on_mount(self) -> None:
        """Draw for the first time."""
        self.auto_links = False  # they look as they are
        self.refresh_lines()

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        self.refresh_lines()

    def refresh_lines(self) -> None:
        """Draw what the app knows now."""
        app = cast("MftuiApp", self.app)
        width = self.size.width or self.app.size.width
        places = wording.places(app.PLACES, app.current_mode)
        if places.cell_length > width:
            short = {mode: title if mode == app.current_mode else title[:1] for mode, title in app.PLACES.items()}
            places = wording.places(short, app.current_mode)
        where = Content.styled(wording.host_and_device(app.history), "$foreground 60%")
        status = wording.status(app.dataset, app.history, app.state, app.now(), width - 2)
        lines = Content("\n").join([wording.spread(places, where, width), Content.assemble(" ", status)])
        if lines != self.content:
            # A new layout would repaint the whole screen at every tick.
            self.update(lines, layout=False)
