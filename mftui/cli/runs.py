"""`mftui runs`: every run of the data directory, or of another place, with its state and figures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mftui.cli.output import Json, print_json, print_table, say
from mftui.core.errors import RunError
from mftui.core.text import moment

if TYPE_CHECKING:
    from mftui.core.runs.directory import Run


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(runs)


def runs(
    place: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="A run, a folder of runs, or another data directory.")
    ] = None,
    json: Json = False,
) -> None:
    """List the runs, newest first."""
    from mftui.core.runs.directory import all_runs, runs_in

    found = runs_in(place) if place else all_runs()
    rows = [row for run in found if (row := _row(run)) is not None]
    if json:
        print_json(rows)
    elif rows:
        columns = ("run", "state", "data", "preset", "done", "test rmse", "±", "created")
        print_table(columns, [_shown(row) for row in rows])
    else:
        say("There are no runs yet: mftui train makes one.")


def _row(run: "Run") -> dict[str, Any] | None:
    """A run in figures; None where its directory is damaged."""
    from mftui.core.evaluation import report
    from mftui.core.runs.history import told_by

    history = told_by(run)
    try:
        record, note = run.record(), run.note()
        evaluation = report.read(run.path)
    except RunError as error:
        say(str(error))
        return None
    return {
        "run": run.name,
        "path": str(run.path),
        "name": note.name,
        "state": history.state(),
        "waits_for": history.awaited,
        "data": record.dataset.name if record.dataset else record.config.data,
        "preset": record.config.preset,
        "epoch": history.epochs[-1].epoch if history.epochs else 0,
        "epochs": record.config.epochs,
        "parts_done": len(history.parts) if record.parts else None,
        "parts": len(record.parts) or None,
        "trials_done": len(history.trials) if record.search else None,
        "test_rmse": evaluation.ratings.rmse if evaluation and evaluation.ratings.n else None,
        "test_rmse_deviation": evaluation.deviations.get("rmse") if evaluation else None,
        "created": record.created,
    }


def _shown(row: dict[str, Any]) -> list[object]:
    from mftui.core.runs import study

    done = f"{row['parts_done']}/{row['parts']} parts" if row["parts"] else f"{row['epoch']:,}/{row['epochs']:,}"
    done = done if row["trials_done"] is None else study.counted(row["trials_done"])
    figures = row["test_rmse"], row["test_rmse_deviation"]
    state = f"waiting for {row['waits_for']}" if row["waits_for"] else row["state"]
    return [row["run"], state, row["data"], row["preset"], done, *figures, moment(row["created"])]
