"""What the app says in one line: states, times, counts. Pure functions, so that they are easy to check."""

import os
import shlex
import socket
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from mftui.app.machine import Load
from mftui.app.widgets.figures import Figure
from mftui.app.widgets.rows import fit
from mftui.core.runs import study
from mftui.core.runs.directory import Run, short_name
from mftui.core.runs.events import Epoch
from mftui.core.runs.history import History, State
from mftui.core.text import clean

GLYPHS = {
    State.WAITING: ("◌", "$foreground 60%"),
    State.RUNNING: ("▶", "$text-success"),
    State.FINISHED: ("✓", "$text-success"),
    State.STOPPED: ("■", "$text-warning"),
    State.FAILED: ("✗", "$text-error"),
    State.INTERRUPTED: ("!", "$text-warning"),
    State.SILENT: ("?", "$text-warning"),
}
"""A sign and a colour for each state; the word always stands beside them."""

_QUIET = 60.0
"""Seconds for which a run may say nothing whatever its pace."""


def duration(seconds: float) -> str:
    """`0:07`, `12:30`, `3:04:05`."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def clock(seconds: float, now: float) -> str:
    """What the clock will show after so many seconds: `19:35`, `Wed 07:10` on another day; `12 days` if it is far."""
    if seconds > 6 * 86400:
        return f"{seconds / 86400:,.0f} days"
    here, there = time.localtime(now), time.localtime(now + seconds)
    return time.strftime("%H:%M" if here[:3] == there[:3] else "%a %H:%M", there)


def ago(seconds: float) -> str:
    """`just now`, `5 min ago`, `3 h ago`, `2 days ago`."""
    if seconds < 60:
        return "just now"
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if (count := int(seconds // size)) >= (2 if unit == "days" else 1):
            return f"{count} {unit} ago"
    return "just now"


def state_in_words(state: State) -> Content:
    """A glyph and a word: `▶ running`."""
    glyph, colour = GLYPHS[state]
    return Content.styled(f"{glyph} {state}", colour)


def seconds_left(history: History) -> float | None:
    """How long the remaining epochs will take at the pace of the last ten, wall time included."""
    if (pace := _pace(history)) is None:
        return None
    last = history.epochs[-1]
    return pace * (last.epochs - last.epoch)


def no_news(history: History, state: State, now: float) -> str:
    """How long a run that should be going has said nothing, where that is longer than it does at times; else empty."""
    silence = history.silence(now)
    is_long = silence > max(_QUIET, 5 * (_pace(history) or 0.0))
    if state is State.SILENT or (state is State.RUNNING and is_long):
        return f"no news for {duration(silence)}"
    return ""


def _pace(history: History) -> float | None:
    """Seconds from epoch to epoch, the median of the last ten, since a clock may jump; None before there are two."""
    epochs = history.epochs[-11:]
    if len(epochs) < 2:
        return None
    return max(0.0, median(after.time - before.time for before, after in pairwise(epochs)))


def loss(value: float | None) -> str:
    """Four decimals; a dash where it is not a number."""
    return "-" if value is None else f"{value:.4f}"


def watched(epoch: Epoch) -> str:
    """The figure that chooses the model: a ranking metric, or else the held-out loss."""
    return loss(epoch.watched_value if epoch.watched is not None else epoch.held_out_mse)


def large(value: float) -> str:
    """`950`, `12.3k`, `2.41M`."""
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.0f}"


def size(count: int) -> str:
    """`3.2 kB`, `412 MB`, `1.2 GB`."""
    if count < 1e6:
        return f"{count / 1e3:.1f} kB"
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def step(epoch: Epoch) -> str:
    """An epoch in the notebook's form, whose steps count from 0."""
    value = "not a number" if epoch.train_mse is None else f"{epoch.train_mse:.4f}"
    return f"Step: {epoch.epoch - 1} Loss: {value}"


def held_out_in_words(held_out: str | None) -> str:
    """What the second curve is."""
    return {"test": "test (watched, never used to choose)", None: "held-out"}.get(held_out, str(held_out))


def doing(history: History, state: State, now: float) -> str:
    """What a run is at, for the progress bar."""
    if words := no_news(history, state, now):
        return ": ".join(filter(None, (history.progress.doing if history.progress else "", words)))
    if state is State.RUNNING and history.run.stop.exists():
        return "stopping after this epoch"
    if history.progress is not None and state is State.RUNNING:
        ends = history.searching.ends if history.searching else None
        return history.progress.doing + (f", {duration(ends - now)} left" if ends else "")
    if state is State.WAITING:
        return waiting(history) or "starting"
    if state is State.RUNNING and not history.epochs:
        return "in its first epoch"
    left = seconds_left(history)
    return f"{duration(left)} left" if state is State.RUNNING and left is not None else str(state)


def waiting(history: History) -> str:
    """What a run waits for: another run, whose end it follows; empty where it doesn't."""
    return f"waiting for {clean(history.awaited)} to end" if history.awaited else ""


def stopping(history: History | None) -> str:
    """What a run does that is asked to stop."""
    if history is not None and history.awaited:
        return "It stops waiting, and can be resumed."
    return "It finishes its epoch, saves its state and stops."


def load(load: Load) -> list[Figure]:
    """What a run costs the machine; the GPU comes first where it computes on one."""
    found = [
        ("gpu", load.gpu_percent, "{}%"),
        ("gpu mem", load.gpu_memory_bytes, None),
        ("temp", load.gpu_celsius, "{} °C"),
        ("power", load.gpu_watts, "{:.0f} W"),
        ("cpu", load.cpu_percent, "{:.0f}%"),
        ("memory", load.memory_bytes, None),
    ]
    return [
        Figure(heading, form.format(value) if form else size(int(value)))
        for heading, value, form in found
        if value is not None
    ]


def host_and_device(history: History | None) -> str:
    """`gpubox · cuda:0`; the device of the run, where there is one."""
    host = socket.gethostname()
    if history is None or history.started is None:
        return host
    return f"{history.started.host} · {history.started.device}"


def places(titles: dict[str, str], current: str) -> Content:
    """The screens with their keys, the current one lit; a click on one goes there."""
    parts = []
    for mode, title in titles.items():
        style = "bold $text-accent reverse" if mode == current else "$foreground 60%"
        going = Style.from_meta({"@click": f"app.mode({mode!r})"})
        parts.append(Content.styled(f" {title} ", style).stylize(going))
    return Content("").join(parts)


def dataset_name(dataset: str) -> str:
    """A dataset's name, or the last part of its path."""
    return clean(Path(dataset).name or dataset)


def run_name(run: Run, data: str) -> str:
    """A run's name; `trial 1 of best-tune-20261124-1602` of a part or trial, without the data's name, which is said."""
    if (whole := run.whole) is None:
        return clean(run.name)
    return f"{clean(run.name).replace('-', ' ')} of {clean(whole.name.removeprefix(f'{short_name(data)}-'))}"


def status(dataset: str, history: History | None, state: State | None, now: float, width: int) -> Content:
    """Dataset, run, state, epoch and time left; the run's name gives way where the line is short, a trial's is cut."""
    if history is None or state is None:
        return Content.assemble((dataset_name(dataset), "bold"), ("   no run yet", "$foreground 60%"))
    parts = [Content.styled(dataset_name(dataset), "bold"), state_in_words(state)]
    if history.epochs:
        last = history.epochs[-1]
        parts.append(Content(f"epoch {last.epoch}/{last.epochs}"))
    if history.trials and state is not State.RUNNING:
        parts.append(Content(study.counted(len(history.trials))))
    if state is State.WAITING and history.awaited:
        parts.append(Content.styled(f"for {clean(history.awaited)}", "$foreground 60%"))
    if words := no_news(history, state, now):
        parts.append(Content.styled(words.removeprefix("no news " * (state is State.SILENT)), "$text-warning"))
    elif state is State.RUNNING:
        if history.progress is not None:
            parts.append(Content.styled(history.progress.doing, "$foreground 60%"))
        elif (left := seconds_left(history)) is not None:
            parts.append(Content(f"{duration(left)} left"))
    elif history.last_time is not None and history.closing is not None:
        parts.append(Content.styled(ago(now - history.last_time), "$foreground 60%"))
    name, room = run_name(history.run, dataset), width - sum(part.cell_length + 3 for part in parts)
    if history.run.whole is not None and room > len(history.run.name):
        name = fit(name, min(room, cell_len(name)))  # which trial it is stands in front
    if cell_len(name) <= room:
        parts.insert(2, Content.styled(name, "$foreground 60%"))
    return Content("   ").join(parts)


def spread(left: Content, right: Content, width: int) -> Content:
    """Two texts at the two ends of a line; the right one is left out where it doesn't fit."""
    gap = width - left.cell_length - right.cell_length - 1
    return left if gap < 2 else Content.assemble(left, " " * gap, right)


def where_written(path: Path) -> str:
    """A file's path, and on a remote host the command that fetches it."""
    words = clean(str(path))
    if os.environ.get("SSH_CONNECTION"):
        words += f"\nFetch it with: scp {shlex.quote(f'{socket.gethostname()}:{path}')} ."
    return words
