"""Following a run on the command line: what it tells, as a line an epoch or as JSON lines, up to its last word."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from mftui.cli.output import FAILED, INTERRUPTED, print_json_line, say
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.runs.events import AnyEvent, Epoch
    from mftui.core.runs.history import History

_LOOK = 0.1
"""Seconds between two looks at the run directory."""


def follow(history: "History", json: bool) -> int:
    """Tell what a run tells until its last word; returns the exit code.

    What was read of it already does not come again.
    """
    from mftui.core.runs import study
    from mftui.core.runs.events import Failed, Finished, Stopped
    from mftui.core.runs.history import State

    with _teller(json) as tell:
        for event in _news(history):
            tell(event)
    name = history.run.name
    match None if history.state() is State.INTERRUPTED else history.closing:
        case Finished(reason=reason):
            if history.parts and not json:
                from mftui.cli.parts_text import print_parts

                print_parts(history)
            _print_study(history, json)
            code, words = 0, f"{name} is finished: {reason}."
        case Stopped(epoch=epoch):
            parts = history.run.record().parts
            done = f"{len(history.parts)} of {len(parts)} parts" if parts else f"epoch {epoch}"
            done = study.counted(len(history.trials)) if history.searching else done
            _print_study(history, json)
            code, words = INTERRUPTED, f"{name} was stopped after {done}. Go on with: mftui resume {name}."
        case Failed(message=message, hint=hint):
            code, words = FAILED, f"Error: {message} {hint}".strip()
        case _:
            code, words = FAILED, _lost(history)
    if not json or code == FAILED:
        say(words)
    return code


def _print_study(history: "History", json: bool) -> None:
    if history.searching and not json:
        from mftui.cli.study_text import print_study

        print_study(history)


def _news(history: "History") -> Iterator["AnyEvent"]:
    """The events of a run as they come, up to a closing one, or until its process is gone."""
    while True:
        # Whether it lives is asked before reading, so that its last words are not missed.
        is_going = history.state().is_going
        news = history.read()
        yield from news
        if (news and history.closing) or not is_going:
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
        yield print_json_line
        return
    from tqdm import tqdm

    from mftui.core.runs import events, study
    from mftui.core.runs.parts import told

    ends: float | None = None

    with tqdm(disable=None, dynamic_ncols=True, leave=False) as bar:

        def tell(event: "AnyEvent") -> None:
            nonlocal ends
            match event:
                case events.Waiting(awaited=awaited):
                    tqdm.write(f"Waiting until {clean(awaited)} has ended, however it ends.", file=sys.stderr)
                case events.Progress(doing=doing):
                    left = f", {tqdm.format_interval(max(0.0, ends - time.time()))} left" if ends else ""
                    bar.set_description_str(f"{clean(doing)}{left}")
                case events.Part():
                    bar.total = event.parts
                    bar.update(event.part - bar.n)
                    tqdm.write(told(event), file=sys.stderr)
                case events.Searching():
                    ends = event.ends
                case events.Trial():
                    bar.update(event.trial - bar.n)
                    tqdm.write(study.told(event), file=sys.stderr)
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
