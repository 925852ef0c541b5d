"""A dataset's other figures: how it was read and is spread, what is best rated, its genres, and who came when."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from mftui.app.screens.data.summary_panel import COUNTING, notes
from mftui.app.widgets.histogram import Bar, Bars, Columns
from mftui.app.widgets.rows import fit
from mftui.app.widgets.scroll_panel import ScrollPanel
from mftui.core.data.spread import QUANTILES, Spread
from mftui.core.data.summary import Summary
from mftui.core.text import clean

_MOST_GENRES = 12
_TITLE_CELLS = 44


class SpreadPanel(ScrollPanel):
    """Draws what the first panel has no room for; scrolls."""

    BORDER_TITLE = "Spread"

    def compose(self) -> ComposeResult:
        """A block for each kind of figure, with its heading."""
        for part, widget in (
            ("reading", Static(id="notes", markup=False)),
            ("spread", Static(id="spread-figures", markup=False)),
            ("best", Static(id="best-rated", markup=False)),
            ("genres", Bars(headings=("ratings", "movies"))),
            ("newcomers", Columns()),
            ("pairs", Static(id="pair-figures", markup=False)),
        ):
            with Vertical(id=part, classes="block"):
                yield Static(_HEADINGS[part], classes="heading")
                yield widget

    def show(self, summary: Summary) -> None:
        """Draw another dataset's figures."""
        decided = notes(summary)
        self.query_one("#reading").display = bool(decided)
        self.query_one("#notes", Static).update("\n".join(decided))
        self.query_one("#spread-figures", Static).update(_spreads(summary))
        self.query_one("#best-rated", Static).update(_best_rated(summary))
        self.query_one(Bars).bars = tuple(
            Bar(clean(genre), share, (f"{share:.1%}", f"{items:,}"))
            for genre, share, items in summary.genres[:_MOST_GENRES]
        )
        self.query_one("#genres").display = bool(summary.genres)
        newcomers = self.query_one(Columns)
        newcomers.values = tuple(count for _, count in summary.new_users_per_month)
        self.query_one("#newcomers").display = bool(newcomers.values)
        if summary.new_users_per_month:
            newcomers.ends = (summary.new_users_per_month[0][0], summary.new_users_per_month[-1][0])
        self.query_one("#pairs").display = summary.co_rating is not None
        self.query_one("#pair-figures", Static).update(_pairs(summary))
        self.scroll_home(animate=False)


_HEADINGS = {
    "reading": "How it was read",
    "spread": "How unevenly the ratings are spread",
    "best": "Best rated",
    "genres": "Genres, by their share of the ratings",
    "newcomers": "New users per month",
    "pairs": "Movies rated by the same users",
}


def _spreads(summary: Summary) -> Content:
    if summary.per_user is None:
        return Content(COUNTING)
    heads = ("", *(f"{q:.0%}" for q in QUANTILES), "Gini", "top 1%", "top 10%")
    spreads = (("per user", summary.per_user), ("per movie", summary.per_item))
    rows = [heads, *(_cells(label, spread) for label, spread in spreads if spread is not None)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(fit(c, w, right=i > 0) for i, (c, w) in enumerate(zip(row, widths, strict=True))) for row in rows
    ]
    return Content.assemble((lines[0], "$foreground 60%"), "\n" + "\n".join(lines[1:]))


def _cells(label: str, spread: Spread) -> tuple[str, ...]:
    quantiles = (f"{value:,.0f}" for value in spread.quantiles)
    shares = (f"{spread.gini:.2f}", f"{spread.top_1:.0%}", f"{spread.top_10:.0%}")
    return (label, *quantiles, *shares)


def _best_rated(summary: Summary) -> Content:
    if not summary.best_rated:
        return Content(COUNTING)
    how = f"mean with {summary.prior_weight:,.0f} more ratings of {summary.mean:.2f} each, and how many it has"
    width = max((len(f"{count:,}") for _, _, count in summary.best_rated), default=0)
    lines = [
        f"{fit(clean(title), _TITLE_CELLS)}  {average:.2f}  {count:>{width},}"
        for title, average, count in summary.best_rated
    ]
    return Content.assemble((how, "$foreground 60%"), "\n" + "\n".join(lines))


def _pairs(summary: Summary) -> str:
    if (pairs := summary.co_rating) is None:
        return ""
    return (
        f"Of {pairs.pairs:,} pairs drawn at random, {pairs.with_one:.0%} have a user who rated both and "
        f"{pairs.with_five:.0%} have five; {pairs.mean:.1f} on average. Near zero, likeness of movies rests on little."
    )
