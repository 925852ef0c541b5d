"""`mftui tune` and `mftui trials`: search a preset's settings on validation rows, and show what came of it."""

from pathlib import Path
from typing import Annotated

import typer

from mftui.cli.output import Json, JsonLines, RunName, preset_names, print_json, say
from mftui.cli.train import After, ConfigFile, Detach, asked, begin, read_once
from mftui.core.errors import RunError, SettingError


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (tune, trials):
        app.command()(command)


def tune(
    data: Annotated[str, typer.Argument(metavar="DATA", help="A dataset's name, or a path to ratings.")] = "",
    preset: Annotated[
        str,
        typer.Option(
            help="Where to begin, if not at fast: its own settings are tried first.", autocompletion=preset_names
        ),
    ] = "",
    budget: Annotated[str, typer.Option(metavar="TIME", help="How long to search: 90s, 20m, 1h30m.")] = "",
    trials: Annotated[int | None, typer.Option(metavar="N", help="How many trials to make, at most.")] = None,
    metric: Annotated[
        str, typer.Option(help="What to go by, on validation rows: rmse, ndcg@10, recall@10, map@10, …")
    ] = "",
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Fix a setting, which is then not searched.")
    ] = None,
    config: ConfigFile = None,
    ranges: Annotated[
        list[str] | None,
        typer.Option("--range", metavar="KEY=LOW:HIGH[:log]", help="Search a setting in another range."),
    ] = None,
    name: Annotated[str, typer.Option(help="What to call the preset that is found.")] = "",
    run: Annotated[Path | None, typer.Option(help="Where to keep the study.")] = None,
    after: After = "",
    detach: Detach = False,
    json: JsonLines = False,
) -> None:
    """Search a preset's settings for the best on validation rows; the test rows are never looked at.

    Each trial is a run within the study's; the models of the ten best are kept. Ctrl-c stops and saves, and mftui
    resume goes on; mftui resume STUDY --trials 20 makes more of one that is finished. The best settings become a preset
    of your own. What is searched, and in which ranges: mftui presets NAME.
    """
    from mftui.core.runs import planning
    from mftui.core.runs.directory import find

    awaited = find(after) if after else None
    named, changes = asked(data, preset, settings or [], config)
    chosen, search = planning.plan(
        named or "fast", changes, metric=metric, ranges=ranges or [], trials=trials, budget=budget, name=name
    )
    read_once(chosen)
    begin(planning.begin(chosen, search, run, awaited), detach, json)


def trials(
    run: RunName,
    everything: Annotated[bool, typer.Option("--all", help="Every trial, not only the best 20.")] = False,
    keep: Annotated[
        str, typer.Option(metavar="NAME", help="Keep a trial's settings as a preset: the best one's, or --trial's.")
    ] = "",
    trial: Annotated[int | None, typer.Option(metavar="N", help="Which trial to keep, by its number.")] = None,
    json: Json = False,
) -> None:
    """Show a study's trials, the best first, and which settings mattered."""
    from mftui.cli.study_text import document, print_study
    from mftui.core.runs import study
    from mftui.core.runs.directory import find
    from mftui.core.runs.history import told_by

    history = told_by(find(run))
    search = study.search_of(history.run)
    if trial is not None and not keep:
        raise SettingError("trial", f"What is trial {trial} to be called?", "Name the preset: --keep NAME.")
    if keep:
        chosen = study.trial_of(history, trial) if trial is not None else study.best_of(history.trials, search)
        if chosen is None:
            raise RunError(f"{history.run.name} has no trial with a figure yet.")
        study.keep(chosen, history.run, keep)
        say(f"Trial {chosen.trial} is kept as the preset {keep}.")
    if json:
        print_json(document(history))
    else:
        print_study(history, everything)
