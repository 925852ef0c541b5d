"""Charts of an evaluation as SVG, for a page that needs nothing from outside itself."""

import re
import warnings
from collections.abc import Callable, Sequence
from functools import wraps
from io import StringIO
from typing import Any, ParamSpec

from mftui.core.evaluation.report import Bin, ErrorByRating, Segment
from mftui.core.text import clean

_OURS, _THEIRS, _LINE = "#3b7fc4", "#e0a03c", "#8a8f98"
_INK, _PAPER = "#010203", "#fdfefd"
"""Stand for what the page writes with, and on: dark on light, or light on dark."""
_WIDTH = 6.4
"""Inches; the page scales them."""

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "mftui",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _LINE,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _LINE,
    "ytick.color": _LINE,
    "xtick.labelcolor": _INK,
    "ytick.labelcolor": _INK,
    "axes.axisbelow": True,
    "legend.frameon": False,
}
"""Text stays text, `$` and all; equal reports give equal files."""

Given = ParamSpec("Given")


def _chart(draw: Callable[Given, Any]) -> Callable[Given, str]:
    """Draw in our style, and give the `<svg>` element alone, in the colours of the page that it is put into."""

    @wraps(draw)
    def drawn(*args: Given.args, **kwargs: Given.kwargs) -> str:
        import matplotlib as mpl

        written = StringIO()
        with mpl.rc_context(_STYLE), warnings.catch_warnings():
            # A genre may be written in letters that the measuring font lacks: the reader's browser has them.
            warnings.filterwarnings("ignore", message="Glyph .* missing from")
            figure = draw(*args, **kwargs)
            nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
            figure.savefig(written, format="svg", metadata=nothing, transparent=True)
        text = written.getvalue().replace(_INK, "currentColor").replace(_PAPER, "var(--paper)")
        return _plain(text[text.index("<svg") :])

    return drawn


def _plain(svg: str) -> str:
    """Without the namespaces, which HTML knows, and the names of what is never asked for by name."""
    asked = set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg)
    return re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in asked else "", svg)


@_chart
def by_rating(rows: Sequence[ErrorByRating]) -> Any:
    """The error among the rows of each true rating."""
    figure, axes = _figure(2.6)
    places = range(len(rows))
    bars = axes.bar(places, [row.rmse for row in rows], color=_OURS, width=0.7)
    axes.bar_label(bars, [f"{row.rmse:.2f}" for row in rows], padding=2)
    axes.set_xticks(places, [row.label for row in rows])
    axes.set(xlabel="true rating", ylabel="RMSE")
    return figure


@_chart
def calibration(segments: Sequence[Segment], lowest: float, highest: float) -> Any:
    """The mean true rating of the rows in each stretch of predictions, against their mean prediction."""
    figure, axes = _figure(3.4)
    axes.plot([lowest, highest], [lowest, highest], color=_LINE, linestyle="--", label="perfectly calibrated")
    predicted, rated = [s.mean_predicted for s in segments], [s.mean_rating for s in segments]
    axes.plot(predicted, rated, color=_OURS, marker="o", label="this model")
    axes.set(xlabel="mean predicted", ylabel="mean true rating")
    axes.legend(loc="upper left")
    return figure


@_chart
def errors(bins: Sequence[Bin]) -> Any:
    """How many predictions are too low or too high, and by how much."""
    figure, axes = _figure(2.6)
    widths = [bin.high - bin.low for bin in bins]
    axes.bar(
        [bin.low for bin in bins], [bin.n for bin in bins], width=widths, align="edge", color=_OURS, edgecolor=_PAPER
    )
    axes.axvline(0, color=_LINE, linestyle="--")
    axes.set(xlabel="predicted less true: too low below 0, too high above", ylabel="test rows")
    return figure


@_chart
def segments(rows: Sequence[Segment]) -> Any:
    """The error in each group, beside that of the bias model."""
    figure, axes = _figure(0.7 + 0.24 * len(rows))
    places = range(len(rows))
    axes.barh(places, [row.rmse for row in rows], color=_OURS, height=0.7, label="this model")
    axes.plot([row.bias_rmse for row in rows], places, "D", color=_THEIRS, label="bias model")
    axes.set_yticks(places, [f"{clean(row.name)}  ({row.n:,})" for row in rows])
    axes.invert_yaxis()
    axes.set(xlabel="RMSE")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return figure


@_chart
def ranking(figures: dict[str, float]) -> Any:
    """One figure of the model, which comes first, and of the rankings that it must beat."""
    figure, axes = _figure(0.6 + 0.3 * len(figures))
    colours = [_OURS] + [_LINE] * (len(figures) - 1)
    bars = axes.barh(range(len(figures)), list(figures.values()), color=colours, height=0.7)
    axes.bar_label(bars, [f"{value:.3f}" for value in figures.values()], padding=3)
    axes.set_yticks(range(len(figures)), [clean(name) for name in figures])
    axes.invert_yaxis()
    axes.set(xlabel="NDCG@10")
    return figure


def _figure(height: float) -> tuple[Any, Any]:
    """A figure of this height in inches, and its axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    return figure, figure.subplots()
