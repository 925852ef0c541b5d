"""Several runs on the same test rows: `compare`."""

from typing import TYPE_CHECKING, Annotated

import typer

from mftui.cli.output import Json, print_json, print_table, progress_bar
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
    runs: Annotated[list[str], typer.Argument(metavar="RUN RUN...", help="Runs: each is compared with the first.")],
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
    from mftui.core.runs.rows import ratings_of, split_of

    records = [run.record() for run in runs]
    for run, record in zip(runs, records, strict=True):
        if record.dataset is None or records[0].dataset is None:
            raise RunError(f"{run.name} has not begun to train.", "Compare runs that have a model.")
        if record.dataset.fingerprint != records[0].dataset.fingerprint:
            raise RunError(f"{runs[0].name} and {run.name} are of different ratings, so they can't be compared.")
    with progress_bar() as progress:
        ratings = ratings_of(records[0], progress)
        candidates = [
            Candidate(run.name, Factors.load(run.model), split_of(record.config, ratings), model_in_words(run))
            for run, record in zip(runs, records, strict=True)
        ]
        progress("comparing", None)
        return compare(candidates, ratings)


def _print_comparison(comparison: "Comparison") -> None:
    lowest, highest, _ = comparison.scale
    print(
        f"{comparison.test_rows:,} test rows of {clean(comparison.dataset)}, the same for every run; "
        f"clipped to {lowest:g} to {highest:g}"
    )
    rows = [
        (
            model.name,
            model.ratings.rmse,
            "{:.3f} to {:.3f}".format(*model.ratings.rmse_interval or (0, 0)),
            model.ratings.mae,
            model.training_rows,
            model.model,
        )
        for model in comparison.models
    ]
    print_table(("run", "rmse", "95% interval", "mae", "training rows", "model"), rows)
    first = comparison.models[0].name
    for model in comparison.models[1:]:
        if model.beside is not None:
            print(f"{clean(model.name)}: {_lower_first(beside(model.beside, clean(first)))}")
    print(f"({clean(comparison.intervals)}, the same users for every run)")


def _lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
