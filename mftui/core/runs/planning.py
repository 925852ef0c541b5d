"""Planning a study: what it is told, how it begins, and how it is given more trials or time."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from mftui.core.errors import RunError, SettingError
from mftui.core.runs import presets, study
from mftui.core.runs.config import LOSS, Config, as_text
from mftui.core.runs.directory import Run, command_of, create, short_name
from mftui.core.runs.history import told_by
from mftui.core.runs.lock import holder
from mftui.core.runs.ranges import Range, parsed, ranges_of
from mftui.core.runs.search import METRICS, RMSE, Search, seconds_of, written


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
    if trials is not None and trials < 2:
        raise SettingError(
            "trials",
            f"A search of {study.counted(trials)} finds nothing.",
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
        seconds=_seconds(budget, trials),
        preset=name or presets.free_name(f"{preset}-{short_name(config.data)}"),
    )
    return config, search


def _metric(asked: str, watched: str, config: Config) -> str:
    if asked and asked not in METRICS:
        raise SettingError("metric", f"There is no metric {asked!r}.", f"Choose one of: {', '.join(METRICS)}.")
    if asked == RMSE and config.only_ranks:
        raise SettingError("metric", f"{config.solver_name} only ranks and has no RMSE.", "Take --metric ndcg@10.")
    default = "ndcg@10" if config.only_ranks else RMSE
    return asked or (default if watched == LOSS else watched)


def begin(config: Config, search: Search, directory: Path | None = None, after: Run | None = None) -> Run:
    """Make the directory of a study; nothing is started. It waits until the run `after` has ended, if there is one.

    Raises:
        RunError: the directory holds a run already, or can't be made.
    """
    return create(config, directory, flags=flags(config, search), search=search, after=after)


def extend(run: Run, trials: int | None = None, budget: str = "") -> None:
    """Let a study go on from where it stands, whatever ended it; nothing is started.

    Only what is asked for now ends it: given trials alone, it makes them all, however long that takes.

    Args:
        run: a study that nobody works on.
        trials: how many more to make, at most.
        budget: how much longer to go on, as `20m`, at most.

    Raises:
        SettingError: nothing is asked for, or it is none.
        RunError: the run is no study, or somebody works on it, or its record can't be written.
    """
    search, record, history = study.search_of(run), run.record(), told_by(run)
    if who := holder(run):
        raise RunError(f"{run.name} is being trained by {who}.", "Stop it first.")
    if trials is not None and trials < 1:
        raise SettingError("trials", f"{study.counted(trials)} more are none.", "Take one or more.")
    seconds = _seconds(budget, trials)
    search = replace(
        search,
        trials=None if trials is None else len(history.trials) + trials,
        seconds=None if seconds is None else round(study.spent(run, history) + seconds),
    )
    try:
        run.write_record(replace(record, search=search, command=command(record.config, search)))
    except OSError as error:
        raise RunError(f"{run.path} can't be written: {error.strerror}.") from error


def _seconds(budget: str, trials: int | None) -> float | None:
    """How long to search; None for as long as the trials take.

    Raises:
        SettingError: neither ends the search, or the budget is no length of time.
    """
    if trials is None and not budget:
        raise SettingError("budget", "Nothing ends the search.", "Say how long: --budget 20m, or --trials 50.")
    return seconds_of(budget) if budget else None


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
