"""Runs in parts: the same settings on each fold, with each seed, or both, in one directory that holds them all."""

from pathlib import Path

import msgspec

from mftui.core.errors import RunError, SettingError
from mftui.core.runs import events
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Part, Run

_CANONICAL = 5
"""Folds that `fold:N` stands for."""

SHOWN = ("rmse", "mae", "ndcg@10", "recall@10")
"""The figures of a part that are told, those of them that it has."""


def plan(config: Config, folds: int = 0, seeds: int = 1) -> tuple[Part, ...]:
    """The parts of a cross-validation, of a repetition with several seeds, or of both.

    Args:
        config: the settings; its split is replaced where there are folds, by random ones where it is a random fold;
            its seed is the first of the seeds.
        folds: how many folds to test on in turn; 0 to keep the split.
        seeds: how many seeds to train with.

    Raises:
        SettingError: one fold, or too few seeds, or the last of them too large.
    """
    if folds < 0 or folds == 1:
        raise SettingError("cv", f"There is no cross-validation of {folds} folds.", "Take two or more, as in --cv 5.")
    if seeds < 1:
        raise SettingError("seeds", f"{seeds} seeds train nothing.", "Take one or more, as in --seeds 3.")
    config.with_changes({"seed": config.seed + seeds - 1})
    kind = "random-fold" if config.split.startswith("random-fold:") else "fold"
    names = [(f"fold-{n}", _fold(kind, n, folds)) for n in range(1, folds + 1)] or [("", config.split)]
    return tuple(
        Part("-".join(filter(None, (name, f"seed-{seed}" if seeds > 1 or not name else ""))), split, seed)
        for name, split in names
        for seed in range(config.seed, config.seed + seeds)
    )


def config_of(part: Part, whole: Config) -> Config:
    """The settings of a part."""
    return msgspec.structs.replace(whole, split=part.split, seed=part.seed)


def model_of(run: Run) -> Path:
    """The file of a run's model.

    Raises:
        RunError: the run is in parts or a study, whose parts or trials have models of their own.
    """
    record = run.record()
    if record.search is not None:
        raise RunError(
            f"{run.name} is a study, and each of its trials has a model of its own.",
            f"Give the path of one, such as {run.part(events.trial_name(1)).path}; mftui trials says which is best.",
        )
    if parts := record.parts:
        names = ", ".join(part.name for part in parts)
        raise RunError(
            f"{run.name} is in {len(parts)} parts, each with a model of its own: {names}.",
            f"Give the path of one, such as {run.part(parts[0].name).path}.",
        )
    return run.model


def described(parts: tuple[Part, ...], split_seed: int) -> str:
    """How the parts differ, in words: "each of 5 folds …", "3 seeds (0, 1, 2)", or both."""
    splits, seeds = (list(dict.fromkeys(column)) for column in zip(*((p.split, p.seed) for p in parts), strict=True))
    are = f"of rows at random, seed {split_seed}" if splits[0].startswith("random") else "equal stretches of the file"
    words = [f"each of {len(splits)} folds, {are}, tested in turn" if len(splits) > 1 else splits[0]]
    if len(seeds) > 1:
        words.append(f"{len(seeds)} seeds ({', '.join(map(str, seeds))})")
    return ", ".join(words)


def told(part: events.Part) -> str:
    """A part that is done, in one line."""
    figures = [f"{name} {part.figures[name]:.4f}" for name in SHOWN if name in part.figures]
    return f"{part.part} of {part.parts}: {part.name}: {', '.join(figures) or 'no test rows'}"


def _fold(kind: str, number: int, folds: int) -> str:
    return f"{kind}:{number}" if folds == _CANONICAL else f"{kind}:{number}/{folds}"
