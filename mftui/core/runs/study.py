"""A study: trials of other settings, each a run of its own, to find the best by a figure of the validation rows."""

import shlex
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from mftui.core.errors import SettingError
from mftui.core.runs import events, own_presets, presets
from mftui.core.runs.config import LOSS, Config, as_text
from mftui.core.runs.directory import Run, command_of, create, short_name
from mftui.core.runs.history import History, told_by
from mftui.core.runs.own_presets import Origin, Preset
from mftui.core.runs.ranges import Range, Value, parsed, ranges_of
from mftui.core.runs.search import METRICS, RMSE, Search, seconds_of, written

_GOOD = ("done", "out of time")
"""Endings of a trial whose figure counts: one that was pruned was worse than most when it was given up."""


def plan(
    preset: str,
    changes: Mapping[str, Any],
    *,
    metric: str = "",
    ranges: Sequence[str] = (),
    trials: int | None = None,
    budget: str = "",
    name: str = "",
) -> tuple[Config, Search]:
    """What a study is told: the settings that all its trials share, and what it tries.

    Args:
        preset: where to begin; its own settings are the first trial.
        changes: settings by key, as a person wrote them. One that would be searched is not, and stays so.
        metric: one of METRICS; empty for what the preset watches.
        ranges: other ranges than those stated beside the settings, as `key=low:high:log`.
        trials: how many to make, at most.
        budget: how long to go on, as `20m`, at most.
        name: what the best settings will be called; empty for a free name.

    Raises:
        SettingError: something of it is not allowed, or nothing ends the search or is left to search.
    """
    base = presets.preset(preset)
    if changes.get("held_out", "validation") != "validation":
        raise SettingError(
            "held_out", "A search goes by validation rows and never looks at the test rows.", "Leave held_out as it is."
        )
    if trials is None and not budget:
        raise SettingError("budget", "Nothing ends the search.", "Say how long: --budget 20m, or --trials 50.")
    if trials is not None and trials < 2:
        raise SettingError(
            "trials",
            f"A search of {counted(trials)} finds nothing.",
            "Take two or more; the first is the preset itself.",
        )
    config = base.with_changes({"watch": "ndcg@10", **changes, "held_out": "validation"})
    metric = _metric(metric, str(changes.get("watch", base.watch)), config)
    config = replace(config, watch=LOSS if metric == RMSE else metric)
    options = type(config.solver)
    asked = dict(parsed(text, options) for text in ranges)
    searched = {key: found for key, found in ranges_of(options).items() if key not in changes} | asked
    if not searched:
        raise SettingError("range", "All that could be searched is set.", "Leave some of it out of --set.")
    for key, found in asked.items():
        config.with_changes({key: found.low})
        config.with_changes({key: found.high})
    if name:
        presets.check_free(name)
    search = Search(
        ranges=searched,
        metric=metric,
        trials=trials,
        seconds=seconds_of(budget) if budget else None,
        preset=name or free_name(f"{preset}-{short_name(config.data)}"),
    )
    return config, search


def _metric(asked: str, watched: str, config: Config) -> str:
    if asked and asked not in METRICS:
        raise SettingError("metric", f"There is no metric {asked!r}.", f"Choose one of: {', '.join(METRICS)}.")
    if asked == RMSE and config.only_ranks:
        raise SettingError("metric", f"{config.solver_name} only ranks and has no RMSE.", "Take --metric ndcg@10.")
    default = "ndcg@10" if config.only_ranks else RMSE
    return asked or (default if watched == LOSS else watched)


def begin(config: Config, search: Search, directory: Path | None = None) -> Run:
    """Make the directory of a study; nothing is started.

    Raises:
        RunError: the directory holds a run already, or can't be made.
    """
    return create(config, directory, flags=flags(config, search), search=search)


def command(config: Config, search: Search) -> str:
    """The command line that makes the same study."""
    return command_of(config, flags(config, search), search)


def flags(config: Config, search: Search) -> str:
    """What asks for the search on a command line, beside its settings that differ from the preset."""
    base, values, stated = presets.preset(config.preset).values(), config.values(), ranges_of(type(config.solver))
    fixed = [
        f"--set {key}={as_text(values[key])}"
        for key in stated
        if key not in search.ranges and values[key] == base.get(key)
    ]
    asked = [
        f"--range {key}={as_text(found.low)}:{as_text(found.high)}{':log' if found.log else ''}"
        for key, found in search.ranges.items()
        if isinstance(found, Range) and found != stated.get(key)
    ]
    ends = [f"--trials {search.trials}"] if search.trials else []
    ends += [f"--budget {written(search.seconds)}"] if search.seconds else []
    return " ".join([*fixed, f"--metric {shlex.quote(search.metric)}", *asked, *ends])


def free_name(wish: str) -> str:
    """A name that no preset has, made from this one; itself where it is such a name."""
    allowed = "".join(c if (c.isalnum() and c.isascii()) or c in "._-" else "-" for c in wish.lower())
    stem, taken = allowed.lstrip("._-") or "found", presets.names()
    name, count = stem[:40], 1
    while name in taken:
        count += 1
        name = f"{stem[:36]}-{count}"
    return name


def searched(config: Config, search: Search) -> dict[str, Value]:
    """The settings that a study searches, as a config has them."""
    values = config.values()
    return {key: values[key] for key in search.ranges}


def best_of(trials: Iterable[events.Trial], search: Search) -> events.Trial | None:
    """The best trial; of equals the first. None where none has a figure that counts."""
    best: events.Trial | None = None
    for trial in trials:
        if trial.figure is None or trial.ending not in _GOOD:
            continue
        if best is None or best.figure is None or search.is_better(trial.figure, best.figure):
            best = trial
    return best


def best_first(trials: Iterable[events.Trial], search: Search) -> list[events.Trial]:
    """The trials in order: those whose figure counts, then those that were pruned, then those that failed or came to
    no figure."""
    sign = -1 if search.highest_is_best else 1

    def place(trial: events.Trial) -> tuple[int, float, int]:
        if trial.figure is None or trial.ending == "failed":
            return 2, 0.0, trial.trial
        return 0 if trial.ending in _GOOD else 1, sign * trial.figure, trial.trial

    return sorted(trials, key=place)


def spent(run: Run, history: History) -> float:
    """Seconds of its budget that a study has used; the time it stood still does not count."""
    if history.searching is None:
        return 0.0
    began = history.searching
    open_trial = told_by(run.part(events.trial_name(len(history.trials) + 1)))
    last = max(history.last_time or began.time, open_trial.last_time or began.time)
    return began.spent + max(0.0, last - began.time)


def _preset_of(trial: events.Trial, run: Run) -> Preset:
    """The settings of a trial as a preset: what the solver and its epochs need, none of the data, split or seed.

    A preset that trains on all training rows has no validation rows to choose the epoch by: the trial's best is its
    number of epochs.
    """
    record = run.record()
    search = record.search
    assert search is not None
    assert trial.figure is not None
    base = presets.preset(record.config.preset)
    found = record.config.with_changes(trial.settings)
    if base.held_out == "validation":
        config = replace(base, epochs=found.epochs, patience=found.patience, watch=found.watch, solver=found.solver)
    else:
        config = replace(base, epochs=trial.best_epoch, solver=found.solver)
    data = record.dataset.name if record.dataset else short_name(record.config.data)
    origin = Origin(
        run=str(run.path),
        trial=trial.trial,
        data=data,
        metric=search.metric,
        figure=trial.figure,
        created=time.time(),
    )
    summary = f"{record.config.preset}, tuned on {data}: {search.metric} {trial.figure:.4f} on its validation rows"
    return Preset(config, summary, origin)


def keep(trial: events.Trial, run: Run, name: str) -> str:
    """Keep a trial's settings as a preset; returns its name, another where this one has been taken since.

    Raises:
        RunError: it can't be written.
    """
    name = free_name(name)
    own_presets.write(name, _preset_of(trial, run))
    return name


def told(trial: events.Trial) -> str:
    """A trial that is over, in one line."""
    figure = "no figure"
    if trial.figure is not None:
        figure = f"{trial.metric} {trial.figure:.4f} after epoch {trial.best_epoch}"
    ending = "" if trial.ending == "done" else f" ({trial.ending})"
    return f"trial {trial.trial}: {figure}{ending}: {in_words(trial.settings)}"


def counted(trials: int) -> str:
    """`1 trial`, `1,200 trials`."""
    return f"{trials:,} trial{'s' * (trials != 1)}"


def in_words(settings: Mapping[str, Value]) -> str:
    """Settings on one line."""
    return " ".join(f"{key}={as_text(value)}" for key, value in settings.items())


def outcome(trials: Sequence[events.Trial], search: Search, preset: str) -> str:
    """What came of it so far, in a sentence: the best trial beside the first, which has the preset's own settings."""
    best = best_of(trials, search)
    if best is None or best.figure is None:
        return "No trial has come to a figure yet."
    own = trials[0].figure
    found = f"Trial {best.trial} is the best: {search.metric} {best.figure:.4f} on the validation rows"
    if own is None:
        return f"{found}."
    if best.trial == 1:
        return f"None is better than the preset {preset} itself: {search.metric} {own:.4f} on the validation rows."
    return f"{found}; the preset {preset} itself came to {own:.4f} there."
