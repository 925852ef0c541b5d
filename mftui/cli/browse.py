"""What a run has learnt: `evaluate`, `clusters`, `similar`. Each reads the run's report, or makes it."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mftui.cli.output import Json, RunName, print_json, print_table, progress_bar, say
from mftui.core.errors import RunError, UnknownItem
from mftui.core.text import clean, fold

if TYPE_CHECKING:
    from mftui.core.clusters.report import Clusters
    from mftui.core.data.ratings import Ratings
    from mftui.core.data.splits import Split
    from mftui.core.evaluation.report import Evaluation, RatingError
    from mftui.core.runs.config import Config
    from mftui.core.runs.directory import Run

_LISTED = 10
"""Movies of a cluster that are listed, as in the notebook."""

_ARTICLES = re.compile(r"^(the|a|an) |, (the|a|an)$")
_YEAR = re.compile(r" *\(\d{4}\)$")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(evaluate)
    app.command()(clusters)
    app.command()(similar)


def evaluate(
    run: RunName,
    again: Annotated[bool, typer.Option("--again", help="Judge the model anew.")] = False,
    json: Json = False,
) -> None:
    """Show how good a run's model is, beside two baselines."""
    evaluation = _evaluation(_find(run), again)
    if json:
        print_json(evaluation)
    else:
        _print_evaluation(evaluation)


def clusters(
    run: RunName,
    k: Annotated[int, typer.Option("-k", min=1, help="How many clusters.")] = 10,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of KMeans.")] = 0,
    json: Json = False,
) -> None:
    """List the ten most-rated movies of each cluster of movies that the model finds alike."""
    found = _clusters(_find(run), k, seed)
    if json:
        print_json(found)
        return
    print_clusters(found)
    if found.untrained:
        say(f"In no cluster, since the model never trained on them: {len(found.untrained):,} movies.")


def similar(
    run: RunName,
    title: Annotated[str, typer.Argument(help="A movie's title, with or without its year.")],
    n: Annotated[int, typer.Option("-n", min=1, help="How many movies.")] = 10,
    json: Json = False,
) -> None:
    """List the movies whose factors lie closest to a movie's, by cosine."""
    from mftui.core.model import Factors

    found = _find(run)
    factors, ratings = Factors.load(found.model), ratings_of(found)
    item = _item_called(title, ratings)
    if factors.item_counts[item] == 0:
        raise UnknownItem(f"The model never trained on {ratings.titles[item]}.", "Its ratings are all held out.")
    items, cosines = factors.similar(item, n)
    rows = [
        (str(ratings.item_ids[i]), str(ratings.titles[i]), float(cosine), int(factors.item_counts[i]))
        for i, cosine in zip(items.tolist(), cosines.tolist(), strict=True)
    ]
    if json:
        keys = ("item_id", "title", "cosine", "training_ratings")
        movie = {"item_id": str(ratings.item_ids[item]), "title": str(ratings.titles[item])}
        print_json({**movie, "similar": [dict(zip(keys, row, strict=True)) for row in rows]})
        return
    print(f"Closest to {clean(str(ratings.titles[item]))} by the cosine of their {factors.n_factors} factors:")
    print_table(("title", "cosine", "training ratings"), [row[1:] for row in rows])


def print_clusters(found: "Clusters") -> None:
    """Print clusters as the notebook listed them."""
    for group in found.clusters:
        print(f"Cluster #{group.cluster}")
        for movie in group.movies[:_LISTED]:
            print("\t", clean(movie.title))


def ratings_of(run: "Run") -> "Ratings":
    """The ratings that a run was trained on.

    Raises:
        RunError: they have changed since, so that the model's numbering no longer fits.
    """
    from mftui.core.data import load
    from mftui.core.data.catalog import CATALOG

    record = run.record()
    # A path that was given may have been relative to another directory.
    by_path = record.dataset is not None and record.config.data not in CATALOG
    with progress_bar() as progress:
        ratings = load(record.dataset.path if record.dataset and by_path else record.config.data, progress)
    if record.dataset and record.dataset.fingerprint != ratings.fingerprint:
        raise RunError(f"{record.config.data} has changed since {run.name} was trained on it.", "Train anew.")
    return ratings


def split_of(config: "Config", ratings: "Ratings") -> "Split":
    """The rows that a run trained on and those it held out."""
    from mftui.core.data.splits import split

    return split(
        ratings,
        config.split,
        test_fraction=config.test_fraction,
        seed=config.split_seed,
        validation=config.validation if config.held_out == "validation" else 0.0,
    )


def _find(name: str) -> "Run":
    from mftui.core.runs.directory import find

    return find(name)


def _evaluation(run: "Run", again: bool) -> "Evaluation":
    """The run's evaluation: as it is written, or made now where it is missing, damaged or older than the model."""
    from mftui.core.evaluation import report

    if not again and _is_fresh(run.path / "evaluation.json", run.model):
        try:
            if evaluation := report.read(run.path):
                return evaluation
        except RunError as error:
            say(f"{error.message} It is made anew.")
    from mftui.core.evaluation import evaluate
    from mftui.core.model import Factors

    factors, ratings = Factors.load(run.model), ratings_of(run)
    evaluation = evaluate(factors, ratings, split_of(run.record().config, ratings), _model_in_words(run))
    if _may_write(run):
        report.write(run.path, evaluation)
    return evaluation


def _clusters(run: "Run", k: int, seed: int) -> "Clusters":
    """The run's clusters where they are of this k and seed; else made now, and not kept."""
    from mftui.core.clusters import cluster, report
    from mftui.core.model import Factors

    if _is_fresh(run.path / "clusters.json", run.model):
        try:
            if (found := report.read(run.path)) and (found.k, found.seed) == (k, seed):
                return found
        except RunError as error:
            say(f"{error.message} The clusters are made anew.")
    return cluster(Factors.load(run.model), ratings_of(run), k, seed)


def _is_fresh(report: Path, model: Path) -> bool:
    """Whether a report was made after the model that it tells of."""
    try:
        return report.stat().st_mtime_ns >= model.stat().st_mtime_ns
    except FileNotFoundError:
        return report.exists()


def _may_write(run: "Run") -> bool:
    """Not while the run is being trained: its process writes the reports when it finishes."""
    from mftui.core.runs.lock import holder

    return holder(run) is None and os.access(run.path, os.W_OK)


def _model_in_words(run: "Run") -> str:
    from mftui.core.runs.history import History

    history = History(run)
    history.poll()
    best = [epoch for epoch in history.epochs if epoch.held_out == "validation" and epoch.best]
    if best:
        return f"best by validation loss, epoch {best[-1].epoch}"
    return f"last, epoch {history.epochs[-1].epoch}" if history.epochs else "last"


def _print_evaluation(evaluation: "Evaluation") -> None:
    protocol = evaluation.protocol
    test = f"{protocol.test_rows:,} test rows of {protocol.dataset}"
    scale = f"clipped to {protocol.scale[0]:g} to {protocol.scale[1]:g}"
    print(f"Model: {clean(protocol.model)}; trained on {protocol.training_rows:,} rows of {clean(protocol.dataset)}")
    print(f"Split: {clean(protocol.split)}")

    print(f"\nError, {scale} unless said, and two baselines fitted to the same training rows")
    print_table(("predictions", "rmse", "mae", "mse", "rows"), _error_rows(evaluation))
    print(_beside_the_bias_model(evaluation))

    print(f"\nError by true rating, {test}, {scale}")
    by_rating = [(f"{row.rating:g}", row.n, row.mean_predicted, row.rmse) for row in evaluation.by_rating]
    print_table(("rating", "rows", "mean predicted", "rmse"), by_rating)

    if evaluation.ranking:
        print(f"\nRanking: {evaluation.ranking_protocol}")
        beside = evaluation.ranking_baselines
        rows = [
            (metric, value, *(figures[metric] for figures in beside.values()))
            for metric, value in evaluation.ranking.items()
        ]
        print_table(("metric", "model", *(name.replace("_", " ") for name in beside)), rows)

    print(f"\nWorst predictions, {test}, {scale}")
    worst = [
        (row.user_id, row.title, f"{row.rating:g}", row.predicted, row.user_ratings, row.item_ratings)
        for row in evaluation.worst
    ]
    print_table(("user", "title", "rating", "predicted", "user's rows", "movie's rows"), worst)

    print(f"\nParameters, {clean(protocol.model)}")
    listing = [
        (
            p.name,
            " x ".join(map(str, p.shape)) or "1",
            p.norm,
            p.mean,
            p.deviation,
            " ".join(f"{v:.4f}" for v in p.first),
        )
        for p in evaluation.parameters
    ]
    print_table(("name", "shape", "norm", "mean", "deviation", "first values"), listing)


def _error_rows(evaluation: "Evaluation") -> list[tuple[object, ...]]:
    named = {
        "all test rows": evaluation.ratings,
        "known users and movies": evaluation.known,
        "the same, not clipped": evaluation.raw,
        "baseline: global mean, all rows": evaluation.baselines["global_mean"],
        "baseline: user and movie bias, all rows": evaluation.baselines["bias"],
    }

    def row(name: str, error: "RatingError") -> tuple[object, ...]:
        return (name, error.rmse, error.mae, error.mse, error.n) if error.n else (name, None, None, None, 0)

    return [row(name, error) for name, error in named.items()]


def _beside_the_bias_model(evaluation: "Evaluation") -> str:
    gain = evaluation.baselines["bias"].rmse - evaluation.ratings.rmse
    word = "better" if gain > 0 else "worse"
    return f"RMSE over all test rows is {abs(gain):.4f} {word} than the user and movie bias alone."


def _item_called(wanted: str, ratings: "Ratings") -> int:
    """The position of a movie by its title: whole, else by its beginning, else by a part; the year may be left out.

    Raises:
        UnknownItem: no title fits, or several fit equally well.
    """

    titles = [fold(clean(title)) for title in ratings.titles.tolist()]
    plain = [_plain(title) for title in titles]
    text, bare = fold(clean(wanted)), _plain(fold(clean(wanted)))
    has_year = _YEAR.search(text) is not None
    fits = (
        [title == text for title in titles],
        [title == bare for title in plain] if not has_year else [],
        [title.startswith(bare) for title in plain] if not has_year else [],
        [text in title or (not has_year and bare in title_) for title, title_ in zip(titles, plain, strict=True)],
    )
    for fit in fits:
        found = [position for position, fits_here in enumerate(fit) if fits_here]
        if len(found) == 1:
            return found[0]
        if found:
            names = "; ".join(str(ratings.titles[i]) for i in found[:5])
            more = f" and {len(found) - 5} more" if len(found) > 5 else ""
            raise UnknownItem(f"{wanted!r} fits {len(found)} titles.", f"Say which: {names}{more}.")
    raise UnknownItem(f"{ratings.name} has no title like {wanted!r}.", "Look it up: mftui data show.")


def _plain(title: str) -> str:
    """A folded title without its year and its article, wherever the file puts it."""
    return _ARTICLES.sub("", _YEAR.sub("", title))
