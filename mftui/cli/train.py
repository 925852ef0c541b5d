"""`mftui train`, `resume`, `stop` and `watch`: start training processes, end them, and follow what they tell."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mftui.cli.following import follow
from mftui.cli.output import INTERRUPTED, Json, JsonLines, RunName, print_json, progress_bar, say, settings_of
from mftui.core.errors import SettingError

if TYPE_CHECKING:
    from mftui.core.runs.config import Config
    from mftui.core.runs.directory import Run

Detach = Annotated[bool, typer.Option("--detach", help="Start the run, print its name, and leave it.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (train, resume, stop, watch):
        app.command()(command)


def train(
    data: Annotated[str, typer.Argument(metavar="[DATA]", help="A dataset's name, or a path to ratings.")] = "",
    preset: Annotated[str, typer.Option(help="The named settings to begin with.")] = "",
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings in a TOML file, key = value.")] = None,
    run: Annotated[Path | None, typer.Option(help="Where to keep the run.")] = None,
    cv: Annotated[int, typer.Option("--cv", metavar="K", help="Train and test on each of K folds.")] = 0,
    seeds: Annotated[int, typer.Option(metavar="N", help="Train with each of N seeds.")] = 1,
    after: Annotated[str, typer.Option(metavar="RUN", help="Start when this run has ended, however it ends.")] = "",
    detach: Detach = False,
    json: JsonLines = False,
) -> None:
    """Train a model, and follow it; ctrl-c makes it stop with its state saved."""
    from mftui.core.runs.directory import create, find

    awaited = find(after) if after else None
    changes = {**(_from_file(config) if config else {}), **({"data": data} if data else {})}
    chosen = _config(preset, {**changes, **settings_of(settings or [])})
    read_once(chosen)
    if cv or seeds != 1:
        from mftui.core.runs.parts import plan

        flags = " ".join([f"--cv {cv}"] * bool(cv) + [f"--seeds {seeds}"] * (seeds != 1))
        made = create(chosen, run, plan(chosen, cv, seeds), flags, after=awaited)
    else:
        made = create(chosen, run, after=awaited)
    begin(made, detach, json)


def resume(run: RunName, detach: Detach = False, json: JsonLines = False) -> None:
    """Go on with a run from its last checkpoint."""
    from mftui.core.runs.directory import find

    begin(find(run), detach, json, again=True)


def stop(run: RunName, json: Json = False) -> None:
    """Ask a run to finish its sweep, save its state and end."""
    from mftui.core.runs import launch
    from mftui.core.runs.directory import find
    from mftui.core.runs.history import told_by

    found = find(run)
    history = told_by(found)
    launch.request_stop(found)
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
        code = follow(history, None, json)
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


def _config(preset: str, changes: dict[str, Any]) -> "Config":
    from mftui.core.runs import presets

    named = str(changes.pop("preset", "notebook"))
    return presets.preset(preset or named).with_changes(changes)


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
        code = follow(history, pid, json)
    except KeyboardInterrupt:
        say("Stopping when the sweep is done…")
        if launch.is_alive(pid):
            launch.request_stop(run, pid)
        follow(history, pid, json)
        code = INTERRUPTED
    raise typer.Exit(code)
