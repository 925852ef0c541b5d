"""An evaluation as `mftui evaluate` prints it: what matters first, each number with how it was made."""

from mftui.cli.output import print_table
from mftui.core.evaluation.report import Evaluation, RatingError, Uncertainty
from mftui.core.evaluation.words import BASELINES, RANKERS, beside, lengths_of, whose_rows
from mftui.core.text import clean

_SEGMENTS = {
    "prediction": ("predicted", "predicted rating; calibrated where the mean rating is the mean predicted"),
    "user_ratings": ("training ratings", "how many ratings of the user it trained on"),
    "item_ratings": ("training ratings", "how many ratings of the movie it trained on"),
    "genre": ("genre", "genre; a movie of several counts in each"),
    "time": ("when", "time of the rating"),
}
"""What the groups of test rows are called, and what tells them apart."""

_BASELINES = {"item_mean": "movie mean", "bias": "user and movie bias", "majority": "commonest rating"}


def print_evaluation(evaluation: Evaluation) -> None:
    """Print the whole report."""
    protocol = evaluation.protocol
    print(f"Model: {clean(protocol.model)}; trained on {protocol.training_rows:,} rows of {clean(protocol.dataset)}")
    print(f"Split: {clean(protocol.split)}; {whose_rows(protocol)}")
    if protocol.scored_by:
        print(f"Scores: {clean(protocol.scored_by)}")
    if evaluation.parts:
        return _print_mean(evaluation)
    if evaluation.ratings.n:
        _print_errors(evaluation)
        _print_groups(evaluation)
        if evaluation.uncertainty:
            _print_uncertainty(evaluation.uncertainty)
    else:
        print("\nThis model ranks movies and predicts no ratings, so there is no error to tell.")
    if evaluation.ranking:
        _print_ranking(evaluation)
    if evaluation.worst:
        _print_worst(evaluation)
    _print_parameters(evaluation)
    return None


def _print_mean(evaluation: Evaluation) -> None:
    """Print what is known of the parts of a run together."""
    if evaluation.ratings.n:
        _print_errors(evaluation)
    if evaluation.ranking:
        _print_ranking(evaluation)
    print("\nMean ± standard deviation over the parts")
    print_deviations(evaluation, evaluation.deviations)


def print_deviations(evaluation: Evaluation, deviations: dict[str, float]) -> None:
    """Print some means of the parts of a run, each with its standard deviation."""
    means = {name: getattr(evaluation.ratings, name, None) for name in deviations} | evaluation.ranking
    print_table(("figure", "mean", "±"), [(name, means[name], deviation) for name, deviation in deviations.items()])


def _print_errors(evaluation: Evaluation) -> None:
    protocol, error = evaluation.protocol, evaluation.ratings
    print(f"\nError, {_scale(evaluation)} unless said, and baselines fitted to the same training rows")
    named = {"all test rows": error, "known users and movies": evaluation.known, "  not clipped": evaluation.raw}
    named |= {
        f"  {_BASELINES.get(name, name.replace('_', ' '))}": error for name, error in evaluation.baselines.items()
    }
    headings = ("predictions", "rmse", "95% interval", "mae", "R²", "within ½", "rows")
    print_table(headings, [_error_row(name, error) for name, error in named.items()])
    if error.mae_interval:
        print(f"MAE over all test rows: 95% interval {_interval(error.mae_interval)}.")
    if error.within_half is not None:
        print(f"{error.within_half:.0%} of the predictions are within half a star.")
    for name, difference in evaluation.beside.items():
        print(beside(difference, BASELINES.get(name, name)))
    if protocol.intervals:
        print(f"({clean(protocol.intervals)})")


def _error_row(name: str, error: RatingError) -> tuple[object, ...]:
    if not error.n:
        return (name, None, None, None, None, None, 0)
    interval = error.rmse_interval and _interval(error.rmse_interval)
    return (name, error.rmse, interval, error.mae, error.r2, error.within_half, error.n)


def _print_groups(evaluation: Evaluation) -> None:
    print(f"\nError by true rating, all test rows, {_scale(evaluation)}")
    by_rating = [(row.label, row.n, row.mean_predicted, row.rmse) for row in evaluation.by_rating]
    print_table(("rating", "rows", "mean predicted", "rmse"), by_rating)
    for by, segments in evaluation.segments.items():
        name, meaning = _SEGMENTS.get(by, (by, by))
        print(f"\nError by {meaning}")
        rows = [(s.name, s.n, s.mean_rating, s.mean_predicted, s.rmse, s.bias_rmse) for s in segments]
        print_table((name, "rows", "mean rating", "mean predicted", "rmse", "bias rmse"), rows)
    if evaluation.errors:
        print("\nPrediction less rating: too low below 0, too high above")
        print_table(("from", "to", "rows"), [(f"{b.low:g}", f"{b.high:g}", b.n) for b in evaluation.errors])


def _print_uncertainty(found: Uncertainty) -> None:
    print(f"\nHow sure it says it is, over {found.n:,} test rows of {found.users:,} users, not clipped")
    for row in found.coverage:
        print(f"{row.share:.1%} of the ratings lie within the {row.level:.0%} intervals.")
    rows = [(row.n, row.mean_deviation, row.rmse) for row in found.by_deviation]
    print_table(("rows", "predicted deviation", "rmse"), rows)


def _print_ranking(evaluation: Evaluation) -> None:
    print(f"\nRanking: {clean(evaluation.ranking_protocol)}")
    others = evaluation.ranking_baselines
    metrics, cutoffs, shown = lengths_of(evaluation.ranking)
    rows = []
    for metric in metrics:
        name = f"{metric}@{shown}"
        interval = evaluation.ranking_intervals.get(name)
        figures = (ranking.get(name) for ranking in others.values())
        rows.append((name, evaluation.ranking.get(name), interval and _interval(interval), *figures))
    print_table(("metric", "model", "95% interval", *(name.replace("_", " ") for name in others)), rows)
    if evaluation.liked_popularity is not None:
        print(f"What users like in the test rows has {evaluation.liked_popularity:,.1f} training ratings on average.")
    for name, difference in evaluation.ranking_beside.items():
        print(beside(difference, RANKERS.get(name, name)))
    print("\nThe model's lists of other lengths")
    lengths = [(metric, *(evaluation.ranking.get(f"{metric}@{k}") for k in cutoffs)) for metric in metrics]
    print_table(("metric", *(f"@{k}" for k in cutoffs)), lengths)


def _print_worst(evaluation: Evaluation) -> None:
    print(f"\nWorst predictions, all test rows, {_scale(evaluation)}")
    worst = [
        (row.user_id, row.title, f"{row.rating:g}", row.predicted, row.user_ratings, row.item_ratings)
        for row in evaluation.worst
    ]
    print_table(("user", "title", "rating", "predicted", "user's rows", "movie's rows"), worst)


def _print_parameters(evaluation: Evaluation) -> None:
    print(f"\nParameters, {clean(evaluation.protocol.model)}")
    rows = [
        (
            parameter.name,
            " x ".join(map(str, parameter.shape)) or "1",
            parameter.norm,
            parameter.mean,
            parameter.deviation,
            " ".join(f"{value:.4f}" for value in parameter.first),
        )
        for parameter in evaluation.parameters
    ]
    print_table(("name", "shape", "norm", "mean", "deviation", "first values"), rows)


def _scale(evaluation: Evaluation) -> str:
    lowest, highest, _ = evaluation.protocol.scale
    return f"clipped to {lowest:g} to {highest:g}"


def _interval(ends: tuple[float, float]) -> str:
    return f"{ends[0]:.3f} to {ends[1]:.3f}"
