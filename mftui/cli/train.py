"""`mftui train`, `resume`, `stop` and `watch`: start training processes, end them, and follow what they tell."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mftui.cli.following import follow
from mftui.cli.output import (
    INTERRUPTED,
    Json,
    JsonLines,
    RunName,
    preset_names,
    print_json,
    progress_bar,
    say,
    settings_of,
)
from mftui.core.errors import RunError, SettingError

if TYPE_CHECKING:
    from mftui.core.runs.config import Config
    from mftui.core.runs.directory import Run

Detach = Annotated[bool, typer.Option("--detach", help="Start the run, print its name, and leave it.")]
After = Annotated[str, typer.Option(metavar="RUN", help="Start when this run has ended, however it ends.")]
ConfigFile = Annotated[Path | None, typer.Option(help="Settings in a TOML file, key = value.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (train, resume, stop, watch):
        app.command()(command)


def train(
    data: Annotated[str, typer.Argument(metavar="DATA", help="A dataset's name, or a path to ratings.")] = "",
    preset: Annotated[str, typer.Option(help="The named settings to begin with.", autocompletion=preset_names)] = "",
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting.")] = None,
    config: ConfigFile = None,
    run: Annotated[Path | None, typer.Option(help="Where to keep the run.")] = None,
    cv: Annotated[int, typer.Option("--cv", metavar="K", help="Train and test on each of K folds.")] = 0,
    seeds: Annotated[int, typer.Option(metavar="N", help="Train with each of N seeds.")] = 1,
    after: After = "",
    detach: Detach = False,
    json: JsonLines = False,
) -> None:
    """Train a model, and follow it; ctrl-c makes it stop with its state saved."""
    from mftui.core.runs import presets
    from mftui.core.runs.directory import create, find

    awaited = find(after) if after else None
    named, changes = asked(data, preset, settings or [], config)
    chosen = presets.preset(named or "notebook").with_changes(changes)
    read_once(chosen)
    if cv or seeds != 1:
        from mftui.core.runs.parts import plan

        flags = " ".join([f"--cv {cv}"] * bool(cv) + [f"--seeds {seeds}"] * (seeds != 1))
        made = create(chosen, run, plan(chosen, cv, seeds), flags, after=awaited)
    else:
        made = create(chosen, run, after=awaited)
    begin(made, detach, json)


def resume(
    run: RunName,
    trials: Annotated[int | None, typer.Option(metavar="N", help="Of a study: make N more trials.")] = None,
    budget: Annotated[str, typer.Option(metavar="TIME", help="Of a study: search for so much longer.")] = "",
    detach: Detach = False,
    json: JsonLines = False,
) -> None:
    """Go on with a run from its last checkpoint, or with a study, also one that is finished, if it is given more."""
    from mftui.core.runs import planning
    from mftui.core.runs.directory import find

    found, more = find(run), trials is not None or bool(budget)
    if more:
        planning.extend(found, trials, budget)
    begin(found, detach, json, again=not more)


def stop(run: RunName, json: Json = False) -> None:
    """Ask a run to finish its sweep, save its state and end."""
    from mftui.core.runs import launch
    from mftui.core.runs.directory import find

    found = find(run)
    history = launch.request_stop(found)
    if json:
        print_json({"run": found.name, "asked": True})
    else:
        say(f"{found.name} will stop {'waiting' if history.awaited else 'when its sweep is done'}.")


def watch(run: RunName, json: JsonLines = False) -> None:
    """Follow a run from its first epoch; ctrl-c leaves it running."""
    from mftui.core.runs.directory import find
    from mftui.core.runs.history import History

    history = History(find(run))
    try:
        code = follow(history, json)
    except KeyboardInterrupt:
        code = INTERRUPTED
    raise typer.Exit(code)


def read_once(config: "Config") -> None:
    """Read a file of one's own before there is a run: what is wrong with it is told now, and the run finds a copy.

    Raises:
        DataError: it is not there, or holds no ratings.
    """
    from mftui.core.data.catalog import CATALOG
    from mftui.core.runs import rows

    rows.check(config)
    if config.data not in CATALOG:
        with progress_bar() as progress:
            rows.loaded(config, progress)


def asked(data: str, preset: str, settings: Sequence[str], file: Path | None) -> tuple[str, dict[str, Any]]:
    """The preset that a command line names, empty where it names none, and the settings that it changes.

    What stands in the file gives way to DATA and --preset, and all of it to --set.
    """
    changes = {**(_from_file(file) if file else {}), **({"data": data} if data else {}), **settings_of(settings)}
    named = str(changes.pop("preset", ""))
    return preset or named, changes


def _from_file(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError("config", f"{path} can't be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError("config", f"{path} is not TOML: {error}.", "Write one key = value a line.") from error


def begin(run: "Run", detach: bool, json: bool, again: bool = False) -> None:
    """Start a run's process, and follow it unless it is to be left."""
    from mftui.core.runs import launch
    from mftui.core.runs.history import told_by

    history = told_by(run)
    pid = (launch.resume if again else launch.start)(run)
    if detach:
        print_json({"run": run.name, "path": str(run.path), "pid": pid}) if json else print(run.name)
        return
    if not json:
        say(f"{run.name} is in {run.path}")
    try:
        code = follow(history, json)
    except KeyboardInterrupt:
        say("Stopping when the sweep is done…")
        with contextlib.suppress(RunError):  # it has ended meanwhile
            launch.request_stop(run)
        follow(history, json)
        code = INTERRUPTED
    raise typer.Exit(code)
