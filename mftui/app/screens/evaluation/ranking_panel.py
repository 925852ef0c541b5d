"""How good the first ten of a model's list are, beside the rankings that it must beat."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from mftui.app.screens.evaluation.told import told
from mftui.app.verdicts import RANKERS_IN_SHORT, against_rankings
from mftui.app.widgets.histogram import Bar, Bars
from mftui.core.evaluation.report import Evaluation
from mftui.core.evaluation.words import lengths_of
from mftui.core.text import clean

_FIGURES = ("ndcg@10", "recall@10", "hit_rate@10")
_INITIALS = ("ndcg", "map", "mrr")
_LABEL, _CELL = 18, 9
"""Cells of a name and of a figure."""


class RankingPanel(Vertical):
    """NDCG of the model and of the baselines as bars, what that means, and what the lists are like."""

    DEFAULT_CSS = """
    RankingPanel { height: auto; }
    RankingPanel #ranking-lists, RankingPanel #ranking-lengths, RankingPanel #ranking-protocol { margin-top: 1; }
    RankingPanel #ranking-protocol { color: $text-muted; }
    """

    def compose(self) -> ComposeResult:
        """The figures, the verdicts, the protocol."""
        yield Static("Ranking: the first ten movies", classes="heading")
        yield Bars(headings=("NDCG", "recall", "hit rate"), id="ranking-bars")
        yield Static(id="ranking-verdicts")
        yield Static(id="ranking-lists", markup=False)
        yield Static(id="ranking-lengths")
        yield Static(id="ranking-protocol", markup=False)

    def show(self, evaluation: Evaluation) -> None:
        """Draw the ranking of a report; hide where there is none."""
        self.display = bool(evaluation.ranking)
        ranked = {"this model": evaluation.ranking}
        ranked |= {RANKERS_IN_SHORT.get(name, name): figures for name, figures in evaluation.ranking_baselines.items()}
        bars = [
            Bar(
                clean(name),
                figures.get(_FIGURES[0], 0.0),
                tuple(f"{figures[figure]:.3f}" if figure in figures else "-" for figure in _FIGURES),
                strong=name == "this model",
            )
            for name, figures in ranked.items()
        ]
        self.query_one("#ranking-bars", Bars).bars = tuple(sorted(bars, key=lambda bar: -bar.value))
        self.query_one("#ranking-verdicts", Static).update(told(against_rankings(evaluation)))
        self.query_one("#ranking-lists", Static).update(_lists(evaluation))
        self.query_one("#ranking-lengths", Static).update(_lengths(evaluation.ranking))
        self.query_one("#ranking-protocol", Static).update(clean(evaluation.ranking_protocol))


def _lengths(ranking: Mapping[str, float]) -> Content:
    """Every figure of the model's lists, a line each, at every length."""
    if not ranking:
        return Content("")
    metrics, lengths, _ = lengths_of(ranking)
    heading = f"{'lists of':<{_LABEL}}" + "".join(f"{k:>{_CELL}}" for k in lengths)
    lines = [Content.styled(heading, "$text-muted")]
    for metric in metrics:
        found = [ranking.get(f"{metric}@{k}") for k in lengths]
        cells = ["-" if value is None else f"{value:,.1f}" if value >= 10 else f"{value:.3f}" for value in found]
        name = metric.upper() if metric in _INITIALS else clean(metric).replace("_", " ")
        lines.append(Content(f"{name:<{_LABEL}}" + "".join(f"{c:>{_CELL}}" for c in cells)))
    return Content("\n").join(lines)


def _lists(evaluation: Evaluation) -> str:
    """What the model's lists show besides what is liked, in a sentence or two; empty where it is not known."""
    figures = evaluation.ranking
    if "coverage@10" not in figures:
        return ""
    words = f"The lists show {figures['coverage@10']:.0%} of all movies, each with {figures['popularity@10']:,.0f} "
    words += f"training ratings on average ({figures['novelty@10']:.1f} bits)"
    if evaluation.liked_popularity is not None:
        words += f"; what people like has {evaluation.liked_popularity:,.0f}"
    if "genre_diversity@10" in figures:
        words += f". Two movies of a list differ in {figures['genre_diversity@10']:.0%} of their genres"
    return words + "."
