"""An evaluation as one HTML page with its charts in it, to send to a colleague: no address outside itself."""

from collections.abc import Sequence

from mftui.core.evaluation import charts, html
from mftui.core.evaluation.glossary import ALWAYS, ERRORS, GROUPS, RANKING
from mftui.core.evaluation.report import Evaluation, RatingError, Segment, Uncertainty
from mftui.core.evaluation.words import BASELINES, RANKERS, beside, lengths_of, whose_rows

_GROUPS = {
    "user_ratings": "RMSE by training ratings of the user",
    "item_ratings": "RMSE by training ratings of the movie",
    "genre": "RMSE by genre",
    "time": "RMSE by time of the rating",
}
_NAMES = {"item_mean": "movie mean", "bias": "user and movie bias", "majority": "commonest rating", "ease": "EASE"}


def page(evaluation: Evaluation, name: str, command: str = "") -> str:
    """The whole page.

    Args:
        evaluation: what it tells.
        name: what the run is called.
        command: the command line that repeats the run, where that is known.
    """
    body = [f"<h1>{html.text(name)}</h1>", html.facts(_facts(evaluation, command)), _figures(evaluation)]
    differences = [beside(d, BASELINES.get(of, of)) for of, d in evaluation.beside.items()]
    differences += [beside(d, RANKERS.get(of, of)) for of, d in evaluation.ranking_beside.items()]
    protocol = evaluation.protocol
    body += [html.listed(differences), html.how(protocol.scored_by), html.how(protocol.intervals)]
    if evaluation.ratings.n:
        body += ["<h2>Error</h2>", _errors(evaluation), _error_charts(evaluation)]
    if evaluation.uncertainty:
        body += ["<h2>How sure it says it is</h2>", _uncertainty(evaluation.uncertainty)]
    if evaluation.ranking or evaluation.ranking_protocol:
        body += ["<h2>Ranking</h2>", html.how(evaluation.ranking_protocol), _ranking(evaluation)]
    if evaluation.worst:
        body += ["<h2>Worst predictions</h2>", _worst(evaluation)]
    if evaluation.parameters:
        body += ["<h2>The model</h2>", _parameters(evaluation)]
    body += ["<h2>What the figures mean</h2>", _meanings(evaluation)]
    return html.document(name, body)


def _facts(evaluation: Evaluation, command: str) -> dict[str, str]:
    protocol = evaluation.protocol
    held_out = f", {protocol.validation_rows:,} validation rows beside" if protocol.validation_rows else ""
    facts = {
        "data": protocol.dataset,
        "split": protocol.split,
        "tested on": whose_rows(protocol),
        "trained on": f"{protocol.training_rows:,} rows{held_out}",
        "model": protocol.model,
    }
    return facts | ({"repeat with": command} if command else {})


def _figures(evaluation: Evaluation) -> str:
    """What matters first, large."""
    error = evaluation.ratings
    found: list[tuple[str, str, tuple[str, ...]]] = []
    if error.n:
        bias = evaluation.baselines.get("bias")
        beside_bias = f"bias model {bias.rmse:.3f}" if bias else ""
        found.append(("RMSE", f"{error.rmse:.3f}", (_spread(evaluation, "rmse"), beside_bias)))
        found.append(("MAE", f"{error.mae:.3f}", (_spread(evaluation, "mae"),)))
    if error.within_half is not None:
        found.append(("within half a star", f"{error.within_half:.0%}", ("of the predictions",)))
    if "ndcg@10" in evaluation.ranking:
        popular = evaluation.ranking_baselines.get("most_popular", {}).get("ndcg@10")
        beside_popular = "" if popular is None else f"most popular {popular:.3f}"
        words = _spread(evaluation, "ndcg@10"), beside_popular
        found.append(("NDCG@10", f"{evaluation.ranking['ndcg@10']:.3f}", words))
    return html.figures(found)


def _spread(evaluation: Evaluation, figure: str) -> str:
    """How far a figure may lie off: its interval, or its deviation over the parts of a run."""
    if (deviation := evaluation.deviations.get(figure)) is not None:
        return f"± {deviation:.4f} over {evaluation.parts} parts"
    error = evaluation.ratings
    of_errors = {"rmse": error.rmse_interval, "mae": error.mae_interval}
    interval = of_errors.get(figure) or evaluation.ranking_intervals.get(figure)
    return f"95%: {_between(interval)}" if interval else ""


def _errors(evaluation: Evaluation) -> str:
    named = {"all test rows": evaluation.ratings, "known users and movies": evaluation.known}
    named |= {"known, not clipped": evaluation.raw}
    named |= {f"baseline: {_name(name)}": error for name, error in evaluation.baselines.items()}
    spread = f"± over {evaluation.parts} parts" if evaluation.parts else "95% interval"

    def row(name: str, error: RatingError) -> tuple[str, ...]:
        sure = _between(error.rmse_interval)
        if evaluation.parts and error is evaluation.ratings:
            sure = _number(evaluation.deviations.get("rmse"))
        n = f"{error.n:,}"
        return name, _number(error.rmse), sure, _number(error.mae), _number(error.r2), _number(error.within_half), n

    rows = [row(name, error) for name, error in named.items() if error.n]
    return html.table("Errors on the test rows", ("", "RMSE", spread, "MAE", "R²", "within ½", "rows"), rows)


def _error_charts(evaluation: Evaluation) -> str:
    lowest, highest, _ = evaluation.protocol.scale
    drawn = []
    if rows := evaluation.by_rating:
        cells = [(r.label, f"{r.n:,}", _number(r.mean_predicted), _number(r.rmse)) for r in rows]
        below = html.table("", ("true rating", "rows", "mean predicted", "RMSE"), cells)
        drawn.append(html.chart("RMSE by true rating", charts.by_rating(rows), below))
    groups = evaluation.segments
    if predicted := groups.get("prediction"):
        below = _segments("predicted", predicted)
        drawn.append(html.chart("Calibration", charts.calibration(predicted, lowest, highest), below))
    if bins := evaluation.errors:
        below = html.table("", ("from", "to", "rows"), [(f"{b.low:g}", f"{b.high:g}", f"{b.n:,}") for b in bins])
        drawn.append(html.chart("How far off predictions are", charts.errors(bins), below))
    for by, title in _GROUPS.items():
        if rows_of := groups.get(by):
            drawn.append(html.chart(title, charts.segments(rows_of), _segments("", rows_of)))
    return html.charts(drawn)


def _segments(heading: str, segments: Sequence[Segment]) -> str:
    rows = [
        (s.name, f"{s.n:,}", *map(_number, (s.mean_rating, s.mean_predicted, s.rmse, s.bias_rmse))) for s in segments
    ]
    return html.table("", (heading, "rows", "mean rating", "mean predicted", "RMSE", "bias RMSE"), rows)


def _uncertainty(found: Uncertainty) -> str:
    inside = [(f"{row.level:.0%}", f"{row.share:.1%}") for row in found.coverage]
    groups = [(f"{row.n:,}", _number(row.mean_deviation), _number(row.rmse)) for row in found.by_deviation]
    return (
        html.how(f"{found.n:,} test rows of {found.users:,} users, not clipped")
        + html.table("How many ratings lie within its intervals", ("interval", "ratings within"), inside)
        + html.table("The surest predictions first", ("rows", "predicted deviation", "RMSE"), groups)
    )


def _ranking(evaluation: Evaluation) -> str:
    """The main list beside what it must beat, then the model's lists of all lengths."""
    if not (figures := evaluation.ranking):
        return ""
    metrics, lengths, main = lengths_of(figures)
    others = evaluation.ranking_baselines
    ndcg = {"this model": figures} | {_name(name): theirs for name, theirs in others.items()}
    drawn = charts.ranking({name: theirs.get("ndcg@10", 0.0) for name, theirs in ndcg.items()})
    spread = f"± over {evaluation.parts} parts" if evaluation.parts else "95% interval"
    rows = []
    for metric in metrics:
        name = f"{metric}@{main}"
        sure = _number(evaluation.deviations.get(name)) or _between(evaluation.ranking_intervals.get(name))
        theirs = (_of_lists(other.get(name)) for other in others.values())
        rows.append((name, _of_lists(figures.get(name)), sure, *theirs))
    headings = ("", "this model", spread, *map(_name, others))
    by_length = [(metric, *(_of_lists(figures.get(f"{metric}@{k}")) for k in lengths)) for metric in metrics]
    return (
        html.charts([html.chart("NDCG of the first ten movies", drawn)])
        + html.table(f"The first {main} movies of each list", headings, rows)
        + html.table("This model's lists of other lengths", ("", *(f"@{k}" for k in lengths)), by_length)
    )


def _worst(evaluation: Evaluation) -> str:
    rows = [
        (w.title, w.user_id, f"{w.rating:g}", f"{w.predicted:.2f}", f"{w.user_ratings:,}", f"{w.item_ratings:,}")
        for w in evaluation.worst
    ]
    headings = ("movie", "user", "rating", "predicted", "user's training ratings", "movie's")
    return html.table("The test rows furthest off", headings, rows)


def _parameters(evaluation: Evaluation) -> str:
    rows = [
        (p.name, " x ".join(f"{n:,}" for n in p.shape) or "1", *map(_number, (p.mean, p.deviation, p.norm)))
        for p in evaluation.parameters
    ]
    return html.table("Its arrays", ("", "shape", "mean", "deviation", "norm"), rows)


def _meanings(evaluation: Evaluation) -> str:
    """A sentence for each figure of the page, the same that the app says."""
    said = {**ERRORS, **GROUPS} if evaluation.ratings.n else {}
    return html.meanings(said | ({**RANKING, **ALWAYS} if evaluation.ranking else ALWAYS))


def _between(interval: tuple[float, float] | None) -> str:
    return f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else ""


def _number(value: float | None) -> str:
    """`0.4891`, `-0.0966`; never `-0.0000`."""
    return "" if value is None else f"{value:z,.4f}"


def _of_lists(value: float | None) -> str:
    """`0.4891`, and `194.2` of what is counted in ratings."""
    return f"{value:,.1f}" if value is not None and value >= 10 else _number(value)


def _name(name: str) -> str:
    return _NAMES.get(name, name.replace("_", " "))
