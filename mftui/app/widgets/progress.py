"""A thin bar with words: how far something is."""

from textual.content import Content
from textual.widgets import Static


class Progress(Static):
    """A line of the form `━━━━━───── 50%  reading ratings`."""

    DEFAULT_CSS = """
    Progress { height: 1; }
    """

    def __init__(self, id: str | None = None) -> None:
        """Start empty."""
        super().__init__(id=id)
        self._fraction: float | None = None
        self._words = ""

    def on_resize(self) -> None:
        """Fit the bar to the new width."""
        self._draw()

    def show(self, fraction: float | None, words: str) -> None:
        """Show how far it is, from 0 to 1 (None: nobody can say), and what is being done."""
        if (fraction, words) != (self._fraction, self._words):
            self._fraction, self._words = fraction, words
            self._draw()

    def _draw(self) -> None:
        percent = "" if self._fraction is None else f"{self._fraction:4.0%}"
        words = f"  {self._words}" if self._words else ""
        width = self.size.width - len(percent) - len(words) - 1
        if width < 8:
            self.update(Content(f"{percent}{words}".strip()), layout=False)
            return
        done = round((self._fraction or 0.0) * width)
        self.update(
            Content.assemble(
                ("━" * done, "$primary"),
                ("─" * (width - done), "$foreground 25%"),
                f" {percent}",
                (words, "$foreground 60%"),
            ),
            layout=False,
        )
