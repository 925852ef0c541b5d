"""An evaluation as one HTML page with its charts in it, to send to a colleague: no address outside itself."""

from collections.abc import Iterable, Sequence
from html import escape

from mftui.core.evaluation import charts
from mftui.core.evaluation.glossary import ALWAYS, ERRORS, GROUPS, RANKING
from mftui.core.evaluation.report import Evaluation, Segment, Uncertainty
from mftui.core.evaluation.words import BASELINES, RANKERS, beside, whose_rows
from mftui.core.text import clean

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1d2129; background: #fff; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #d6d9de; }
.how { color: #5b616b; font-size: 0.9rem; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.5rem 0; }
.figures div { flex: 1 1 12rem; border: 1px solid #d6d9de; border-radius: 8px; padding: 0.75rem 1rem; }
.figures b { display: block; font-size: 2rem; line-height: 1.2; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 1.5rem; }
figure { margin: 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; }
.scroll { overflow-x: auto; }
dt { font-weight: 600; } dd { margin: 0 0 0.4rem; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 0.8rem; text-align: right; border-bottom: 1px solid #eceef1; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
"""

_GROUPS = {
    "user_ratings": "RMSE by training ratings of the user",
    "item_ratings": "RMSE by training ratings of the movie",
    "genre": "RMSE by genre",
    "time": "RMSE by time of the rating",
}
_NAMES = {"item_mean": "movie mean", "bias": "user and movie bias", "majority": "commonest rating", "ease": "EASE"}


def page(evaluation: Evaluation, name: str) -> str:
    """The whole page; `name` is what the run is called. All text from outside is escaped."""
    protocol = evaluation.protocol
    how = (
        f"{protocol.dataset} · {protocol.split} · {protocol.training_rows:,} training rows, "
        f"{whose_rows(protocol)} · model: {protocol.model}"
    )
    parts = [f"<h1>{_text(name)}</h1>", f'<p class="how">{_text(how)}</p>', _figures(evaluation)]
    sentences = [beside(d, BASELINES.get(of, of)) for of, d in evaluation.beside.items()]
    sentences += [beside(d, RANKERS.get(of, of)) for of, d in evaluation.ranking_beside.items()]
    parts.append(f"<ul>{''.join(f'<li>{_text(sentence)}</li>' for sentence in sentences)}</ul>")
    notes = [note for note in (protocol.scored_by, protocol.intervals) if note]
    parts += [f'<p class="how">{_text(note[:1].upper() + note[1:])}.</p>' for note in notes]
    if evaluation.ratings.n:
        parts += ["<h2>Error</h2>", _errors(evaluation), _error_charts(evaluation)]
    if evaluation.uncertainty:
        parts += ["<h2>How sure it says it is</h2>", _uncertainty(evaluation.uncertainty)]
    if evaluation.ranking:
        parts += ["<h2>Ranking</h2>", _ranking(evaluation)]
    if evaluation.worst:
        parts += ["<h2>Worst predictions</h2>", _worst(evaluation)]
    if evaluation.parameters:
        parts += ["<h2>The model</h2>", _parameters(evaluation)]
    parts += ["<h2>What the figures mean</h2>", _meanings(evaluation)]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(name)}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _figures(evaluation: Evaluation) -> str:
    """What matters first, large."""
    error, found = evaluation.ratings, []
    if error.n:
        bias = evaluation.baselines.get("bias")
        words = _beside(error.rmse_interval, "bias model", bias.rmse if bias else None)
        found.append(("RMSE", f"{error.rmse:.3f}", words))
        found.append(("MAE", f"{error.mae:.3f}", _between(error.mae_interval)))
    if error.within_half is not None:
        found.append(("within half a star", f"{error.within_half:.0%}", "of the predictions"))
    if "ndcg@10" in evaluation.ranking:
        interval = evaluation.ranking_intervals.get("ndcg@10")
        popular = evaluation.ranking_baselines.get("most_popular", {}).get("ndcg@10")
        words = _beside(interval, "most popular", popular)
        found.append(("NDCG@10", f"{evaluation.ranking['ndcg@10']:.3f}", words))
    boxes = (f"<div>{_text(name)}<b>{value}</b>{_text(words)}</div>" for name, value, words in found)
    return f'<div class="figures">{"".join(boxes)}</div>'


def _beside(interval: tuple[float, float] | None, other: str, figure: float | None) -> str:
    """The interval of a figure, and what it stands beside."""
    parts = (_between(interval), "" if figure is None else f"{other} {figure:.3f}")
    return " · ".join(filter(None, parts))


def _errors(evaluation: Evaluation) -> str:
    named = {"all test rows": evaluation.ratings, "known users and movies": evaluation.known}
    named |= {"known, not clipped": evaluation.raw}
    named |= {f"baseline: {_name(name)}": error for name, error in evaluation.baselines.items()}
    rows = [
        (
            name,
            _number(e.rmse),
            _between(e.rmse_interval),
            _number(e.mae),
            _number(e.r2),
            _number(e.within_half),
            f"{e.n:,}",
        )
        for name, e in named.items()
        if e.n
    ]
    return _table(("predictions", "RMSE", "95% interval", "MAE", "R²", "within ½", "rows"), rows)


def _error_charts(evaluation: Evaluation) -> str:
    lowest, highest, _ = evaluation.protocol.scale
    drawn = [("RMSE by true rating", charts.by_rating(evaluation.by_rating))]
    if predicted := evaluation.segments.get("prediction"):
        drawn.append(("Calibration", charts.calibration(predicted, lowest, highest)))
    if evaluation.errors:
        drawn.append(("How far off predictions are", charts.errors(evaluation.errors)))
    groups: dict[str, list[Segment]] = evaluation.segments
    drawn += [(title, charts.segments(groups[by])) for by, title in _GROUPS.items() if groups.get(by)]
    return _charts(drawn)


def _uncertainty(found: Uncertainty) -> str:
    how = f'<p class="how">{found.n:,} test rows of {found.users:,} users, not clipped.</p>'
    inside = [(f"{row.level:.0%}", f"{row.share:.1%}") for row in found.coverage]
    groups = [(f"{row.n:,}", _number(row.mean_deviation), _number(row.rmse)) for row in found.by_deviation]
    headings = ("rows, the surest first", "predicted deviation", "RMSE")
    return how + _table(("interval", "ratings within"), inside) + _table(headings, groups)


def _ranking(evaluation: Evaluation) -> str:
    others = evaluation.ranking_baselines
    ndcg = {"this model": evaluation.ranking} | {_name(name): figures for name, figures in others.items()}
    drawn = charts.ranking({name: figures.get("ndcg@10", 0.0) for name, figures in ndcg.items()})
    rows = [
        (metric, _number(value), *(_number(figures.get(metric)) for figures in others.values()))
        for metric, value in evaluation.ranking.items()
    ]
    table = _table(("metric", "this model", *map(_name, others)), rows)
    how = f'<p class="how">{_text(evaluation.ranking_protocol)}.</p>'
    return how + _charts([("NDCG of the first ten movies", drawn)]) + table


def _worst(evaluation: Evaluation) -> str:
    rows = [
        (w.title, w.user_id, f"{w.rating:g}", f"{w.predicted:.2f}", f"{w.user_ratings:,}", f"{w.item_ratings:,}")
        for w in evaluation.worst
    ]
    return _table(("movie", "user", "rating", "predicted", "user's training ratings", "movie's"), rows)


def _parameters(evaluation: Evaluation) -> str:
    rows = [
        (p.name, " x ".join(f"{n:,}" for n in p.shape) or "1", _number(p.mean), _number(p.deviation), _number(p.norm))
        for p in evaluation.parameters
    ]
    return _table(("array", "shape", "mean", "deviation", "norm"), rows)


def _meanings(evaluation: Evaluation) -> str:
    """A sentence for each figure of the page, the same that the app says."""
    said = {**ERRORS, **GROUPS} if evaluation.ratings.n else {}
    said |= {**RANKING, **ALWAYS} if evaluation.ranking else ALWAYS
    terms = (f"<dt>{_text(term)}</dt><dd>{_text(meaning)}</dd>" for term, meaning in said.items())
    return f"<dl>{''.join(terms)}</dl>"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{_text(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _charts(drawn: Iterable[tuple[str, str]]) -> str:
    figures = (f"<figure><figcaption>{_text(title)}</figcaption>{svg}</figure>" for title, svg in drawn)
    return f'<div class="charts">{"".join(figures)}</div>'


def _between(interval: tuple[float, float] | None) -> str:
    return f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.4f}"


def _name(name: str) -> str:
    return _NAMES.get(name, name.replace("_", " "))


def _text(text: str) -> str:
    return escape(clean(text))
