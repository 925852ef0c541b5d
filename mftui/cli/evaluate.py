"""How good a run's model is: `evaluate`."""

from typing import Annotated

import typer

from mftui.cli.evaluation_text import print_evaluation
from mftui.cli.output import Json, RunName, print_json
from mftui.cli.reports import evaluation_of, judged_anew


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(evaluate)


def evaluate(
    run: RunName,
    again: Annotated[bool, typer.Option("--again", help="Judge the model anew, and rank for every user.")] = False,
    k: Annotated[
        list[int], typer.Option("-k", help="Judge lists of this length (repeat it for more), and of ten.", min=1)
    ] = [],  # noqa: B006
    liked: Annotated[
        float | None, typer.Option(help="The lowest rating that counts as liked; else three quarters up the scale.")
    ] = None,
    split: Annotated[
        str, typer.Option(help="Test on the rows of this split, those of them that the model never saw.")
    ] = "",
    test_fraction: Annotated[
        float | None, typer.Option(help="The share of the rows that it tests on; else the run's own.")
    ] = None,
    split_seed: Annotated[int | None, typer.Option(help="Its seed; else the run's own.")] = None,
    json: Json = False,
) -> None:
    """Show how good a run's model is, beside baselines, and where it errs.

    With any of the options it is judged anew, and what is found takes the place of the run's evaluation.
    """
    from mftui.core.evaluation.asked import Asked
    from mftui.core.runs.directory import find

    found = find(run)
    other = {"split": split or None, "test_fraction": test_fraction, "split_seed": split_seed}
    changes = {key: value for key, value in other.items() if value is not None}
    if again or k or liked is not None or changes:
        evaluation = judged_anew(found, Asked.of(k, liked), changes, thorough=True)
    else:
        evaluation = evaluation_of(found)
    if json:
        print_json(evaluation)
    else:
        print_evaluation(evaluation)
