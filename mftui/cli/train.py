"""`mftui train`, `resume`, `stop`, `runs` and `watch`: start training processes, and tell what they tell."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from mftui.cli.output import FAILED, INTERRUPTED, Json, RunName, print_json, print_table, say, settings_of
from mftui.core.errors import RunError, SettingError
from mftui.core.text import clean, moment

if TYPE_CHECKING:
    from mftui.core.runs.config import Config
    from mftui.core.runs.directory import Run
    from mftui.core.runs.events import AnyEvent, Epoch
    from mftui.core.runs.history import History

_LOOK = 0.1
"""Seconds between two looks at the run directory."""

Detach = Annotated[bool, typer.Option("--detach", help="Start the run, print its name, and leave it.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (train, resume, stop, runs, watch):
        app.command()(command)


def train(
    data: Annotated[str, typer.Argument(metavar="[DATA]", help="A dataset's name, or a path to ratings.")] = "",
    preset: Annotated[str, typer.Option(help="The named settings to begin with.")] = "",
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings in a TOML file, key = value.")] = None,
    run: Annotated[Path | None, typer.Option(help="Where to keep the run.")] = None,
    cv: Annotated[int, typer.Option("--cv", metavar="K", help="Train and test on each of K folds.")] = 0,
    seeds: Annotated[int, typer.Option(metavar="N", help="Train with each of N seeds.")] = 1,
    detach: Detach = False,
    json: Json = False,
) -> None:
    """Train a model, and follow it; ctrl-c makes it stop with its state saved."""
    from mftui.core.runs.directory import create

    changes = {**(_from_file(config) if config else {}), **({"data": data} if data else {})}
    chosen = _config(preset, {**changes, **settings_of(settings or [])})
    if cv or seeds != 1:
        from mftui.core.runs.parts import plan

        flags = " ".join([f"--cv {cv}"] * bool(cv) + [f"--seeds {seeds}"] * (seeds != 1))
        made = create(chosen, run, plan(chosen, cv, seeds), flags)
    else:
        made = create(chosen, run)
    _start(made, detach, json)


def resume(run: RunName, detach: Detach = False, json: Json = False) -> None:
    """Go on with a run from its last checkpoint."""
    from mftui.core.runs.directory import find

    _start(find(run), detach, json, again=True)


def stop(run: RunName, json: Json = False) -> None:
    """Ask a run to finish its sweep, save its state and end."""
    from mftui.core.runs import launch
    from mftui.core.runs.directory import find

    found = find(run)
    launch.request_stop(found)
    if json:
        print_json({"run": found.name, "asked": True})
    else:
        say(f"{found.name} will stop when its sweep is done.")


def runs(json: Json = False) -> None:
    """List the runs, newest first."""
    from mftui.core.runs.directory import all_runs

    rows = [row for run in all_runs() if (row := _row(run)) is not None]
    if json:
        print_json(rows)
    elif rows:
        columns = ("run", "state", "data", "preset", "done", "test rmse", "±", "created")
        print_table(columns, [_shown(row) for row in rows])
    else:
        say("There are no runs yet: mftui train makes one.")


def watch(run: RunName, json: Json = False) -> None:
    """Follow a run from its first epoch; ctrl-c leaves it running."""
    from mftui.core.runs.directory import find
    from mftui.core.runs.history import History

    history = History(find(run))
    try:
        code = _follow(history, None, json)
    except KeyboardInterrupt:
        code = INTERRUPTED
    raise typer.Exit(code)


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


def _start(run: "Run", detach: bool, json: bool, again: bool = False) -> None:
    """Start a run's process, and follow it unless it is to be left."""
    from mftui.core.runs import launch
    from mftui.core.runs.history import History

    history = History(run)
    history.read()
    pid = (launch.resume if again else launch.start)(run)
    if detach:
        print_json({"run": run.name, "path": str(run.path), "pid": pid}) if json else print(run.name)
        return
    if not json:
        say(f"{run.name} is in {run.path}")
    try:
        code = _follow(history, pid, json)
    except KeyboardInterrupt:
        say("Stopping when the sweep is done…")
        launch.request_stop(run)
        _follow(history, pid, json)
        code = INTERRUPTED
    raise typer.Exit(code)


def _follow(history: "History", pid: int | None, json: bool) -> int:
    """Tell what a run tells until its last word; returns the exit code."""
    from mftui.core.runs.events import Failed, Finished, Stopped

    with _teller(json) as tell:
        for event in _news(history, pid):
            tell(event)
    name = history.run.name
    match history.closing:
        case Finished(reason=reason):
            if history.parts and not json:
                from mftui.cli.parts_text import print_parts

                print_parts(history)
            code, words = 0, f"{name} is finished: {reason}."
        case Stopped(epoch=epoch):
            parts = history.run.record().parts
            done = f"{len(history.parts)} of {len(parts)} parts" if parts else f"epoch {epoch}"
            code, words = INTERRUPTED, f"{name} was stopped after {done}. Go on with: mftui resume {name}."
        case Failed(message=message, hint=hint):
            code, words = FAILED, f"Error: {message} {hint}".strip()
        case _:
            code, words = FAILED, _lost(history)
    if not json or code == FAILED:
        say(words)
    return code


def _news(history: "History", pid: int | None) -> Iterator["AnyEvent"]:
    """The events of a run as they come, up to a closing one, or until its process is gone.

    Args:
        history: what was read of it already does not come again.
        pid: the process, where we have just started it.
    """
    from mftui.core.runs.history import State
    from mftui.core.runs.launch import is_alive

    while True:
        # Whether it lives is asked before reading, so that its last words are not missed.
        lives = is_alive(pid) if pid else history.state() in (State.RUNNING, State.WAITING, State.SILENT)
        news = history.read()
        yield from news
        if (news and history.closing) or not lives:
            return
        if not news:
            time.sleep(_LOOK)


def _lost(history: "History") -> str:
    """What to say of a process that is gone without a word; what it wrote as it went may tell why."""
    name, log = history.run.name, history.run.log
    try:
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
    except OSError:
        last = []
    return " ".join([f"Error: the training process of {name} is gone.", *last, f"Go on with: mftui resume {name}."])


class _Tell(Protocol):
    def __call__(self, event: "AnyEvent", /) -> None: ...


@contextmanager
def _teller(json: bool) -> Iterator[_Tell]:
    """How to tell events: as JSON lines, or a line an epoch in the notebook's form, with a bar on a terminal."""
    if json:

        def print_line(event: "AnyEvent") -> None:
            print_json(event, indent=-1)
            sys.stdout.flush()

        yield print_line
        return
    from tqdm import tqdm

    from mftui.core.runs import events
    from mftui.core.runs.parts import told

    with tqdm(disable=None, dynamic_ncols=True, leave=False) as bar:

        def tell(event: "AnyEvent") -> None:
            match event:
                case events.Progress(doing=doing):
                    bar.set_description_str(clean(doing))
                case events.Part():
                    bar.total = event.parts
                    bar.update(event.part - bar.n)
                    tqdm.write(told(event), file=sys.stderr)
                case events.Epoch():
                    bar.total = event.epochs
                    bar.set_description_str(_losses(event), refresh=False)
                    bar.update(event.epoch - bar.n)
                    tqdm.write(f"Step: {event.epoch - 1} Loss: {event.train_mse}", file=sys.stdout)
                    sys.stdout.flush()
                case events.Warning(message=message):
                    tqdm.write(clean(message), file=sys.stderr)
                case _:
                    pass

        yield tell


def _losses(epoch: "Epoch") -> str:
    held_out = f", {epoch.held_out} {epoch.held_out_mse:.4f}" if epoch.held_out_mse is not None else ""
    watched = f", {epoch.watched} {epoch.watched_value:.4f}" if epoch.watched_value is not None else ""
    return f"training {epoch.train_mse or float('nan'):.4f}{held_out}{watched}"


def _row(run: "Run") -> dict[str, Any] | None:
    """A run in figures; None where its directory is damaged."""
    from mftui.core.evaluation import report
    from mftui.core.runs.history import History

    history = History(run)
    history.read()
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
        "data": record.dataset.name if record.dataset else record.config.data,
        "preset": record.config.preset,
        "epoch": history.epochs[-1].epoch if history.epochs else 0,
        "epochs": record.config.epochs,
        "parts_done": len(history.parts) if record.parts else None,
        "parts": len(record.parts) or None,
        "test_rmse": evaluation.ratings.rmse if evaluation and evaluation.ratings.n else None,
        "test_rmse_deviation": evaluation.deviations.get("rmse") if evaluation else None,
        "created": record.created,
    }


def _shown(row: dict[str, Any]) -> list[object]:
    done = f"{row['parts_done']}/{row['parts']} parts" if row["parts"] else f"{row['epoch']:,}/{row['epochs']:,}"
    figures = row["test_rmse"], row["test_rmse_deviation"]
    return [row["run"], row["state"], row["data"], row["preset"], done, *figures, moment(row["created"])]
