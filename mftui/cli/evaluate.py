"""How good a run's model is: `evaluate`."""

from typing import TYPE_CHECKING, Annotated

import typer

from mftui.cli.output import Json, RunName, print_json, print_table
from mftui.cli.reports import evaluation_of
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.evaluation.report import Evaluation, RatingError


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(evaluate)


def evaluate(
    run: RunName,
    again: Annotated[bool, typer.Option("--again", help="Judge the model anew.")] = False,
    json: Json = False,
) -> None:
    """Show how good a run's model is, beside two baselines."""
    from mftui.core.runs.directory import find

    evaluation = evaluation_of(find(run), again)
    if json:
        print_json(evaluation)
    else:
        _print_evaluation(evaluation)


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
