"""Large figures side by side, a line of what each is and two of what it stands beside."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Digits, Static

from mftui.app.screens.evaluation.headlines import Headline

_PLACES = 3


class HeadlineRow(Horizontal):
    """Up to three headlines."""

    DEFAULT_CSS = """
    HeadlineRow { height: 6; }
    HeadlineRow > Vertical { width: 1fr; height: 6; padding: 0 1; }
    HeadlineRow .title { text-style: bold; }
    HeadlineRow Digits { width: auto; color: $text-primary; }
    HeadlineRow .below { color: $text-muted; }
    """

    def compose(self) -> ComposeResult:
        """A column for each."""
        for place in range(_PLACES):
            with Vertical(id=f"headline-{place}"):
                yield Static(classes="title", markup=False)
                yield Digits()
                yield Static(classes="below", markup=False)

    def show(self, headlines: Sequence[Headline]) -> None:
        """Draw these, from the left; places that are left stay empty."""
        for place in range(_PLACES):
            column = self.query_one(f"#headline-{place}", Vertical)
            column.display = place < len(headlines)
            if place < len(headlines):
                one = headlines[place]
                column.query_one(".title", Static).update(one.title)
                column.query_one(Digits).update(one.figure)
                column.query_one(".below", Static).update(f"{one.interval}\n{one.beside}")
