"""What a screen says in place of what is not there yet: what can be had, how far the work is, or why not."""

from textual.app import ComposeResult
from textual.containers import Center, Vertical
from textual.content import Content
from textual.widgets import ProgressBar, Static

from mftui.app.widgets.clicks import choices
from mftui.core.text import clean


class Offer(Vertical):
    """A calm panel with a title, a few words, a line for what to press, and a progress bar while something goes on."""

    DEFAULT_CSS = """
    Offer { align: center middle; height: 1fr; }
    Offer > Center { height: auto; }
    Offer #offer {
        width: 72;
        max-width: 96%;
        height: auto;
        border: round $border;
        border-title-color: $text;
        border-title-style: bold;
        padding: 1 2;
    }
    Offer Static { height: auto; }
    Offer #keys, Offer #error, Offer #doing { margin-top: 1; }
    Offer #error { color: $text-error; }
    Offer #bar Bar { width: 1fr; }
    """

    def compose(self) -> ComposeResult:
        """The words, then the bar."""
        with Center(), Vertical(id="offer") as box:
            box.border_title = "No ratings yet"
            yield Static(id="words", markup=False)
            yield Static(id="error", markup=False)
            yield (keys := Static(id="keys", markup=False))
            keys.auto_links = False  # they look as they are
            yield Static(id="doing", markup=False)
            yield ProgressBar(total=1.0, show_eta=False, id="bar")

    def show(self, title: str, words: str, keys: dict[str, str], error: str | None = None) -> None:
        """Say what there is and what each key does."""
        self.query_one("#offer", Vertical).border_title = Content(clean(title))
        self.query_one("#words", Static).update(words)
        self.query_one("#words").display = True
        self.query_one("#error", Static).update(f"✗ {clean(error)}" if error else "")
        self.query_one("#error").display = bool(error)
        self.query_one("#keys", Static).update(choices(keys))
        self.query_one("#keys").display = True
        self.query_one("#doing").display = self.query_one("#bar").display = False

    def show_progress(self, title: str, doing: str, fraction: float | None) -> None:
        """Say how far it is; there is no bar where the work can't tell."""
        self.query_one("#offer", Vertical).border_title = Content(clean(title))
        self.query_one("#error").display = self.query_one("#keys").display = False
        words = self.query_one("#words", Static)
        words.display = bool(words.content)
        self.query_one("#doing", Static).update(clean(doing) or "Starting")
        bar = self.query_one(ProgressBar)
        bar.update(progress=fraction or 0.0)
        self.query_one("#doing").display = True
        bar.display = fraction is not None
