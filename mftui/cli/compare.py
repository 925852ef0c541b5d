"""Several runs on the same test rows: `compare`."""

from typing import TYPE_CHECKING, Annotated

import typer

from mftui.cli.output import Json, print_json, print_table, progress_bar, run_names
from mftui.cli.reports import model_in_words
from mftui.core.errors import RunError, SettingError
from mftui.core.evaluation.words import beside
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.evaluation.report import Comparison
    from mftui.core.runs.directory import Run


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(compare)


def compare(
    runs: Annotated[
        list[str],
        typer.Argument(metavar="RUN", help="Two or more: each is compared with the first.", autocompletion=run_names),
    ],
    json: Json = False,
) -> None:
    """Judge several runs on the test rows that they share: better, worse, or no clear difference."""
    from mftui.core.runs.directory import find

    found = list({run.path: run for run in map(find, runs)}.values())
    if len(found) < 2:
        raise SettingError("runs", "There is nothing to compare with.", "Name two different runs, or more.")
    comparison = _comparison(found)
    if json:
        print_json(comparison)
    else:
        _print_comparison(comparison)


def _comparison(runs: "list[Run]") -> "Comparison":
    from mftui.core.evaluation.comparison import Candidate, compare
    from mftui.core.model import Factors
    from mftui.core.runs.parts import model_of
    from mftui.core.runs.rows import ratings_of, split_of

    models, records = [model_of(run) for run in runs], [run.record() for run in runs]
    for run, record in zip(runs, records, strict=True):
        if record.dataset is None or records[0].dataset is None:
            raise RunError(f"{run.name} has not begun to train.", "Compare runs that have a model.")
        if record.dataset.fingerprint != records[0].dataset.fingerprint:
            raise RunError(f"{runs[0].name} and {run.name} are of different ratings, so they can't be compared.")
    with progress_bar() as progress:
        ratings = ratings_of(records[0], progress)
        candidates = [
            Candidate(run.name, Factors.load(model), split_of(record.config, ratings), model_in_words(run))
            for run, model, record in zip(runs, models, records, strict=True)
        ]
        return compare(candidates, ratings, progress)


def _print_comparison(comparison: "Comparison") -> None:
    lowest, highest, _ = comparison.scale
    print(
        f"{comparison.test_rows:,} test rows of {clean(comparison.dataset)}, the same for every run; "
        f"clipped to {lowest:g} to {highest:g}"
    )
    print_table(("run", "rmse", "95% interval", "mae", "ndcg@10", "training rows", "model"), _rows(comparison))
    first = comparison.models[0].name
    for model in comparison.models[1:]:
        for difference in model.beside:
            sentence = beside(difference, clean(first))
            print(f"{clean(model.name)}: {sentence[:1].lower()}{sentence[1:]}")
    print(f"({clean(comparison.intervals)}, the same users for every run)")
    print(f"(ndcg@10: {clean(comparison.ranking_protocol)})")


def _rows(comparison: "Comparison") -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for model in comparison.models:
        errors = model.ratings
        interval = errors and errors.rmse_interval and "{:.3f} to {:.3f}".format(*errors.rmse_interval)
        rmse, mae = (errors.rmse, errors.mae) if errors else (None, None)
        ndcg = model.ranking.get("ndcg@10")
        rows.append((model.name, rmse, interval, mae, ndcg, model.training_rows, model.model))
    return rows
