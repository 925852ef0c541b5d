"""A study's trials, each a run of its own with other settings: their order, and what became of the best."""

import time
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from mftui.core.errors import RunError
from mftui.core.runs import events, own_presets, presets
from mftui.core.runs.config import Config, as_text
from mftui.core.runs.directory import Run, short_name
from mftui.core.runs.history import History, told_by
from mftui.core.runs.own_presets import Origin, Preset
from mftui.core.runs.ranges import Value
from mftui.core.runs.search import Search


def search_of(run: Run) -> Search:
    """What a study tries.

    Raises:
        RunError: the run is no study, or its record is damaged.
    """
    if (search := run.record().search) is None:
        raise RunError(f"{run.name} is no study.", "mftui tune makes one.")
    return search


def searched(config: Config, search: Search) -> dict[str, Value]:
    """The settings that a study searches, as a config has them."""
    values = config.values()
    return {key: values[key] for key in search.ranges}


def best_of(trials: Iterable[events.Trial], search: Search) -> events.Trial | None:
    """The best trial; of equals the first. None where none has a figure that counts."""
    ordered = best_first(trials, search)
    return ordered[0] if ordered and _counts(ordered[0]) else None


def best_first(trials: Iterable[events.Trial], search: Search) -> list[events.Trial]:
    """The trials in order: those whose figure counts, then those that were pruned, then those that failed or came to
    no figure."""
    sign = -1 if search.highest_is_best else 1

    def place(trial: events.Trial) -> tuple[int, float, int]:
        if trial.figure is None or trial.ending == "failed":
            return 2, 0.0, trial.trial
        return 0 if _counts(trial) else 1, sign * trial.figure, trial.trial

    return sorted(trials, key=place)


def trial_of(history: History, number: int) -> events.Trial:
    """A trial that is over, by its number.

    Raises:
        RunError: there is none of this number.
    """
    for trial in history.trials:
        if trial.trial == number:
            return trial
    over = f"1 to {len(history.trials)} are" if history.trials else "none is"
    raise RunError(f"{history.run.name} has no trial {number} that is over: {over}.")


def _counts(trial: events.Trial) -> bool:
    """Whether its figure does: one that was pruned was worse than most when it was given up."""
    return trial.figure is not None and trial.ending in ("done", "out of time")


def spent(run: Run, history: History) -> float:
    """Seconds of its budget that a study has used; the time it stood still does not count."""
    if history.searching is None:
        return 0.0
    began = history.searching
    open_trial = told_by(run.part(events.trial_name(len(history.trials) + 1)))
    last = max(history.last_time or began.time, open_trial.last_time or began.time)
    return began.spent + max(0.0, last - began.time)


def _preset_of(trial: events.Trial, figure: float, run: Run) -> Preset:
    """The settings of a trial as a preset: what the solver and its epochs need, none of the data, split or seed.

    A preset that trains on all training rows has no validation rows to choose the epoch by: the trial's best is its
    number of epochs.
    """
    record, metric = run.record(), trial.metric
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
        metric=metric,
        figure=figure,
        created=time.time(),
    )
    summary = f"{record.config.preset}, tuned on {data}: {metric} {figure:.4f} on its validation rows"
    return Preset(config, summary, origin)


def keep(trial: events.Trial, run: Run, name: str) -> None:
    """Keep a trial's settings as a preset of a person's own.

    Raises:
        SettingError: the name can't be one, or is taken.
        RunError: the trial came to no figure, or the preset can't be written.
    """
    presets.check_free(name)
    if trial.figure is None:
        raise RunError(f"Trial {trial.trial} of {run.name} came to no figure.", "Keep one that did.")
    own_presets.write(name, _preset_of(trial, trial.figure, run))


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
    found = f"Trial {best.trial} is the best: {search.metric} {best.figure:.4f} on the validation rows that chose it"
    if own is None:
        return f"{found}."
    if best.trial == 1:
        return f"None is better than the preset {preset} itself: {search.metric} {own:.4f} on the validation rows."
    return f"{found}; the preset {preset} itself came to {own:.4f} there."
