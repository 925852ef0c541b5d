"""What the numbers of a run mean, in words: better or worse than a baseline, overfitting or not, and by how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mftui.core.evaluation.report import Compared, Evaluation, Protocol, RatingError
from mftui.core.evaluation.words import RANKERS, beside, whose_rows
from mftui.core.runs.events import Epoch, Failed
from mftui.core.runs.history import History, State
from mftui.core.text import clean

BASELINES = {"bias": "the bias model", "global_mean": "the global mean"}
"""What the baselines of a report are called."""

RANKERS_IN_SHORT = {"ease": "EASE", "most_popular": "most popular", "random": "random"}
"""What the rankings of a report that a model must beat are called beside a figure."""

_CLEAR_RISE = 0.02
"""A held-out loss that ends this share above its lowest point is called overfitting."""


class Mood(StrEnum):
    """Whether a verdict is good news; each has a glyph, so that colour is not all that tells."""

    GOOD = "▲"
    BAD = "▼"
    NEUTRAL = "•"


_MOODS = {"better": Mood.GOOD, "worse": Mood.BAD, "no clear difference": Mood.NEUTRAL}


@dataclass(frozen=True)
class Verdict:
    """A sentence, and whether it is good news."""

    mood: Mood
    words: str


def against_baselines(evaluation: Evaluation) -> list[Verdict]:
    """How the RMSE over all test rows compares with each baseline."""
    verdicts: list[Verdict] = []
    if not evaluation.ratings.n:
        return verdicts
    for name, title in BASELINES.items():
        if (baseline := evaluation.baselines.get(name)) is None or not baseline.n:
            continue
        if (difference := evaluation.beside.get(name)) is not None:
            verdicts.append(Verdict(_MOODS[difference.verdict], beside(difference, title)))
            continue
        ours = evaluation.ratings.rmse
        gain = baseline.rmse - ours
        by = f"{abs(gain):.4f}" + (f" ({abs(gain) / baseline.rmse:.1%})" if baseline.rmse else "")
        if round(abs(gain), 4) == 0:
            verdicts.append(Verdict(Mood.NEUTRAL, f"As good as {title}."))
        elif gain > 0:
            verdicts.append(Verdict(Mood.GOOD, f"Better than {title} by {by}."))
        else:
            verdicts.append(Verdict(Mood.BAD, f"Worse than {title} by {by}."))
    return verdicts


def against_rankings(evaluation: Evaluation) -> list[Verdict]:
    """How the ranking compares with each that it must beat, the hardest to beat first."""
    found = sorted(evaluation.ranking_beside.items(), key=lambda item: item[1].by)
    return [
        Verdict(_MOODS[difference.verdict], beside(difference, RANKERS.get(name, name))) for name, difference in found
    ]


def beside_run(compared: Compared, other: str) -> list[Verdict]:
    """How a run does beside another on the same test rows, by each metric that both have."""
    name = clean(compared.name)
    if not compared.beside:
        return [Verdict(Mood.NEUTRAL, f"{name} and {clean(other)} have no figure in common.")]
    sentences = [(_MOODS[one.verdict], beside(one, clean(other))) for one in compared.beside]
    return [Verdict(mood, f"{name}: {words[:1].lower()}{words[1:]}") for mood, words in sentences]


def how_sure(error: RatingError) -> str:
    """The interval of the RMSE and what else is known of the error, in a sentence; empty where nothing is."""
    if error.rmse_interval is None:
        return ""
    words = "RMSE between {:.3f} and {:.3f} (95% interval over users)".format(*error.rmse_interval)
    if error.within_half is not None:
        words += f", {error.within_half:.0%} within half a star"
    return words + (f", R² {error.r2:.2f}" if error.r2 is not None else "") + "."


def protocol(made: Protocol) -> str:
    """How the numbers were made, in one sentence's length."""
    lowest, highest, _ = made.scale
    rows = f"{made.training_rows:,} training"
    if made.validation_rows:
        rows += f", {made.validation_rows:,} validation"
    rows += f", {whose_rows(made)}"
    clipped = f"predictions clipped to {lowest:g} to {highest:g}" if made.clipped else "predictions not clipped"
    parts = [made.dataset, made.split, rows, clipped, f"model: {made.model}", made.scored_by]
    return " · ".join(clean(part) for part in parts if part)


def followed(epochs: Sequence[Epoch]) -> list[Epoch]:
    """The epochs whose held-out loss is known."""
    return [epoch for epoch in epochs if epoch.held_out_mse is not None]


def best_epoch(epochs: Sequence[Epoch]) -> Epoch | None:
    """The epoch with the lowest held-out loss, the first of equals."""
    known = followed(epochs)
    return min(known, key=lambda epoch: epoch.held_out_mse or 0.0) if known else None


def overfitting(epochs: Sequence[Epoch]) -> Verdict:
    """Whether the held-out loss rose again after its lowest point, and by how much."""
    known = followed(epochs)
    best = best_epoch(epochs)
    if best is None or best.held_out_mse is None:
        return Verdict(Mood.NEUTRAL, "No rows were held out while it trained, so the curve can't tell overfitting.")
    last = known[-1]
    rise = (last.held_out_mse or 0.0) / best.held_out_mse - 1 if best.held_out_mse else 0.0
    lowest = f"The {last.held_out} loss was lowest at epoch {best.epoch:,} ({best.held_out_mse:.3f})"
    if best.epoch == last.epoch:
        return Verdict(Mood.GOOD, f"{lowest}, the last one: it was still falling.")
    if rise < _CLEAR_RISE:
        return Verdict(Mood.GOOD, f"{lowest} and {last.held_out_mse:.3f} at the last: hardly any overfitting.")
    return Verdict(
        Mood.BAD,
        f"It overfits. {lowest} and {rise:.0%} higher at the last, epoch {last.epoch:,} ({last.held_out_mse:.3f}), "
        "while the training loss went on falling.",
    )


def not_yet(history: History | None, state: State | None, what: str) -> tuple[str, str, dict[str, str]]:
    """Why there is no report of a run yet: a title, some words, and what to press."""
    train = {"2": "Go to Train"}
    if history is None:
        return "No run yet", f"Train a model, and its {what} will be here.", train
    name = history.run.full_name
    if history.searching is not None:
        words = f"Each of its trials has a model of its own: open one of them, and its {what} will be here."
        return f"{name} is a study", words, {"6": "Go to Runs, then t"}
    match state:
        case State.FAILED if isinstance(history.closing, Failed):
            closing = history.closing
            return f"{name} failed", f"{closing.message} {closing.hint}".strip(), train
        case State.STOPPED | State.INTERRUPTED:
            return (
                f"{name} is {state}",
                f"Resume it: when it has finished, its {what} will be here.",
                {"2": "Go to Train, then r"},
            )
        case State.FINISHED:
            return f"{name} has no {what}", f"The run finished without its {what}.", train
    return f"{name} is {state or 'waiting'}", f"When it has finished, its {what} will be here.{_so_far(history)}", train


def _so_far(history: History) -> str:
    best, known = best_epoch(history.epochs), followed(history.epochs)
    if best is None or best.held_out_mse is None or not history.epochs:
        return ""
    last = known[-1]
    return (
        f"\n\nEpoch {last.epoch:,} of {last.epochs:,}: {last.held_out} loss {last.held_out_mse:.4f}, "
        f"lowest {best.held_out_mse:.4f} at epoch {best.epoch:,}."
    )
