"""A run that is killed at each step that touches the disk, and resumed: is it the run that was never killed?

A program of its own, since it forks after torch is loaded. It prints a JSON line for each step that it tried.
"""

import contextlib
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mftui.core.runs import directory, events, parts, planning
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Run
from mftui.core.runs.history import told_by
from mftui.core.training import checkpoints
from mftui.core.training.parts import train

_STEPS = ("open", "write", "pwrite", "ftruncate", "fsync", "replace", "unlink", "mkdir")
"""The calls of `os` that count; of what is written when it is killed, a half gets to the disk."""


def made(kind: str, config: Config, name: str) -> Run:
    """A run of its own, one in two parts, or a study of three trials."""
    place = Path(os.environ["MFTUI_DATA_DIR"]) / "runs" / name
    match kind:
        case "parts":
            return directory.create(config, place, parts.plan(config, folds=2))
        case "study":
            changes = {key: value for key, value in config.values().items() if key != "n_factors"}
            return planning.begin(*planning.plan(config.preset, changes, ranges=["n_factors=2:8"], trials=3), place)
        case _:
            return directory.create(config, place)


def result(run: Run) -> list[object]:
    """All that must be the same to the bit: what was told but for its times, and the models."""
    found: list[object] = []
    for own in (run, *map(Run, sorted(run.path.glob("parts/*")))):
        history = told_by(own)
        found += [(e.epoch, e.train_mse, e.held_out_mse, e.best, e.figures) for e in history.epochs]
        found += [(t.trial, t.settings, t.ending, t.figure, t.best_epoch, t.epoch) for t in history.trials]
        found += [(p.name, p.figures) for p in history.parts]
        found += [history.state(), history.evaluated.figures if history.evaluated else None]
        found += [history.closing.reason if isinstance(history.closing, events.Finished) else None]
        found += [own.model.read_bytes() if own.model.exists() else None]
    return found


@contextlib.contextmanager
def counted(kill_at: int) -> Iterator[list[str]]:
    """Count steps, and be killed at this one; the names of those that were done."""
    done: list[str] = []

    def counting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            done.append(name)
            if len(done) == kill_at:
                if name in ("write", "pwrite"):
                    real(arguments[0], arguments[1][: len(arguments[1]) // 2], *arguments[2:])
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return call

    kept = {name: getattr(os, name) for name in _STEPS}
    for name, real in kept.items():
        setattr(os, name, counting(name, real))
    try:
        yield done
    finally:
        for name, real in kept.items():
            setattr(os, name, real)


def trained(run: Run, kill_at: int = 0) -> tuple[list[str], list[str]] | None:
    """Train a run in a process of its own; the steps and modules that it took, or None where it was killed."""
    reader, writer = os.pipe()
    if (pid := os.fork()) == 0:
        os.close(reader)
        code = 1
        try:
            with run.log.open("a") as log, contextlib.redirect_stderr(log), counted(kill_at) as done:
                code = train(run)
            os.write(writer, json.dumps((done, list(sys.modules))).encode())
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(told) if told else None


def main(kind: str, every: int, changes: dict[str, str]) -> None:
    """Try every so many steps."""
    checkpoints._SECONDS, checkpoints._SHARE = 0.0, float("inf")
    config = Config().with_changes({"device": "cpu", "threads": "1", "epochs": "3", **changes})
    first = trained(made(kind, config, "first"))
    assert first is not None
    for name in first[1]:  # loaded once, for all
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    straight = made(kind, config, "straight")
    steps = trained(straight)
    assert steps is not None
    expected = result(straight)
    for step in range(1, len(steps[0]) + 1, every):
        run = made(kind, config, f"killed-{step}")
        died = trained(run, step) is None
        state = told_by(run).state()
        trained(run)
        tried = {
            "step": step,
            "what": steps[0][step - 1],
            "died": died,
            "state": state,
            "same": result(run) == expected,
            "left": [path.name for path in run.path.rglob(".*")],
        }
        print(json.dumps(tried), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]))
