"""How good a run's model is: `evaluate`."""

from typing import Annotated

import typer

from mftui.cli.evaluation_text import print_evaluation
from mftui.cli.output import Json, RunName, print_json
from mftui.cli.reports import evaluation_of


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(evaluate)


def evaluate(
    run: RunName,
    again: Annotated[bool, typer.Option("--again", help="Judge the model anew, and rank for every user.")] = False,
    json: Json = False,
) -> None:
    """Show how good a run's model is, beside baselines, and where it errs."""
    from mftui.core.runs.directory import find

    evaluation = evaluation_of(find(run), again)
    if json:
        print_json(evaluation)
    else:
        print_evaluation(evaluation)
