"""The figures of a dataset: the notebook's counts, the histogram of ratings, the long tails, ratings over time."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from mftui.app.widgets.histogram import Bars, Columns, counted
from mftui.app.widgets.scroll_panel import ScrollPanel
from mftui.core.data.summary import Summary
from mftui.core.text import clean, day

COUNTING = "counting…"
"""What stands where a figure will be."""


class SummaryPanel(ScrollPanel):
    """Draws a `Summary`; scrolls where it is given too little room."""

    def compose(self) -> ComposeResult:
        """Figures first, then pictures."""
        with Vertical(id="about", classes="block"):
            yield Static(id="figures")
        with Vertical(id="values", classes="block"):
            yield Static("How often each rating was given", classes="heading")
            yield Bars()
        for part, heading in (("user", "Ratings per user"), ("item", "Ratings per movie"), ("month", "Over time")):
            with Vertical(id=f"per-{part}", classes="block tail"):
                yield Static(heading, classes="heading")
                yield Columns()

    def show(self, summary: Summary) -> None:
        """Draw another dataset's figures."""
        self.border_title = Content(clean(summary.name))
        self.query_one("#figures", Static).update(figures(summary))
        self.query_one(Bars).bars = tuple(counted([(f"{value:g}", count) for value, count in summary.histogram]))
        self._tail("user", summary.ratings_per_user, ("most", "least"))
        self._tail("item", summary.ratings_per_item, ("most", "least"))
        months = summary.per_month
        self.query_one("#per-month").display = bool(months) or (summary.first is not None and not summary.is_whole)
        columns = self.query_one("#per-month Columns", Columns)
        columns.values = tuple(count for _, count in months)
        columns.ends = (months[0][0], months[-1][0]) if months else (COUNTING, "")
        n_notes = len(notes(summary))
        self.border_subtitle = f"d shows {n_notes} note{'s' * (n_notes > 1)} on how it was read" if n_notes else ""

    def _tail(self, part: str, counts: list[int], ends: tuple[str, str]) -> None:
        columns = self.query_one(f"#per-{part}", Vertical).query_one(Columns)
        columns.values = tuple(counts)
        columns.ends = (f"{ends[0]} {counts[0]:,}", f"{ends[1]} {counts[-1]:,}") if counts else (COUNTING, "")


def notes(summary: Summary) -> list[str]:
    """What was decided while the ratings were read, a sentence each."""
    n_unrated = summary.n_unrated_items
    unrated = [f"{n_unrated:,} movies that nobody rated are left out."] if n_unrated else []
    return [*map(clean, summary.notes), *unrated]


def figures(summary: Summary) -> Content:
    """The counts in two aligned columns."""
    rows = [
        ("Users", f"{summary.users:,}"),
        ("Movies", f"{summary.items:,}"),
        ("Ratings", f"{summary.ratings:,}"),
        ("Matrix cells", f"{summary.cells:,}"),
        ("Filled", f"{summary.filled:.2%}"),
        ("Mean rating", f"{summary.mean:.2f}"),
    ]
    if summary.first is not None and summary.last is not None:
        rows += [("First rating", day(summary.first)), ("Last rating", day(summary.last))]
    width = max(len(value) for _, value in rows)
    return Content("\n").join(
        Content.assemble((f"{label:<14}", "$foreground 60%"), (f"{value:>{width}}", "bold")) for label, value in rows
    )
