"""What a run tells: one JSON object a line in `events.jsonl`, each of one of these kinds."""

import os
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=0, le=10**15)]
Number = Annotated[int, Meta(ge=1, le=10**15)]
"""Counted from 1. Limits, since a damaged line is to be no event rather than a number that nothing can hold."""


class Event(Struct, frozen=True, kw_only=True, tag_field="event", tag=str.lower):
    """Something that happened in a run. A reader passes over kinds and fields that it doesn't know."""

    time: float
    """Unix seconds."""


class Started(Event, frozen=True, kw_only=True):
    """The ratings are read and split, the solver stands ready, and the first sweep begins."""

    pid: Count
    host: str
    device: str
    """Where it computes, resolved: `cpu`, `cuda:0`…"""
    device_name: str
    threads: Count
    users: Count
    items: Count
    training_rows: Count
    validation_rows: Count
    test_rows: Count
    parameters: dict[str, list[int]]
    """Shapes of the model's parameters by name."""


class Waiting(Event, frozen=True, kw_only=True):
    """The process waits until another run has ended, however that ends; then it begins."""

    awaited: str
    """The other run's name."""


class Progress(Event, frozen=True, kw_only=True):
    """What the process is doing outside of sweeps, in words: "loading torch", "reading ratings"…"""

    doing: str
    fraction: float | None = None


class Epoch(Event, frozen=True, kw_only=True):
    """One sweep over the training ratings has ended."""

    epoch: Number
    epochs: Number
    """How many there will be at most."""
    train_mse: float | None
    """Mean squared error over the training ratings, as the solver met them; None where it is not a number."""
    held_out_mse: float | None
    """The same, unclipped, over the held-out rows whose user and item were trained on."""
    held_out: str | None
    """Which rows these are: `validation`, `test` (watched, never used to choose), or None."""
    seconds: float
    """How long the sweep took, evaluation and checkpoints left out."""
    ratings_per_second: float
    best: bool
    """Whether what chooses the model, the validation loss or the watched metric, is the best so far.
    Never where nothing chooses, or the last model is kept whatever is watched."""
    watched: str | None = None
    """The ranking metric of the validation rows that chooses the model, such as `ndcg@10`; None where the loss does."""
    watched_value: float | None = None
    """Its mean over the validation users, the higher the better."""
    figures: dict[str, float] = {}
    """What else the solver has to say, such as a noise precision."""


class Checkpoint(Event, frozen=True, kw_only=True):
    """The state after this epoch is on disk."""

    epoch: Count
    seconds: float = 0.0
    """What it took."""


class Warning(Event, frozen=True, kw_only=True):
    """Something a person should know, though the run goes on."""

    message: str


class Part(Event, frozen=True, kw_only=True):
    """A part of a run in parts is trained and tested."""

    name: str
    part: Number
    parts: Number
    figures: dict[str, float]
    """What its own `evaluated` event tells: `rmse`, `ndcg@10`…"""
    seconds: float = 0.0
    """How long its sweeps took."""


class Searching(Event, frozen=True, kw_only=True):
    """The process of a study begins to try settings, or goes on."""

    spent: float
    """Seconds of its budget that were used before."""
    ends: float | None
    """Unix seconds at which the budget is used up; None where trials are counted only."""


class Trial(Event, frozen=True, kw_only=True):
    """A trial of a study is over; its run directory is the part of its name."""

    trial: Number
    settings: dict[str, bool | int | float]
    """Those that are searched."""
    ending: Literal["done", "pruned", "out of time", "failed"]
    """All epochs are done; given up early, being worse than most; cut off by the budget; the loss was no number,
    memory did not suffice, or it ended twice without a word."""
    metric: str
    """What the study goes by: `rmse`, `ndcg@10`…"""
    figure: float | None
    """What that is on the validation rows for the model that is kept; None where there is none."""
    best_epoch: Count
    """The epoch whose model is kept."""
    epoch: Count
    """How many it did."""
    seconds: float
    """How long its sweeps took."""

    @property
    def name(self) -> str:
        """Its part's."""
        return trial_name(self.trial)


class Retried(Event, frozen=True, kw_only=True):
    """A study goes on with a trial whose process had ended without a word."""

    trial: Number
    epochs: Count
    """How many it had told."""


def trial_name(number: int) -> str:
    """What the part of a trial is called."""
    return f"trial-{number}"


class Mattered(Event, frozen=True, kw_only=True):
    """How much each setting matters to being among the best trials of a study, as far as is known."""

    importance: dict[str, float]
    """Shares that add up to 1, the largest first."""
    best: Count
    """How many trials count as the best,"""
    trials: Count
    """of how many."""


class Found(Event, frozen=True, kw_only=True):
    """The settings of a study's best trial are kept as a preset."""

    trial: Number
    preset: str


class Evaluated(Event, frozen=True, kw_only=True):
    """`evaluation.json` and `clusters.json` are written."""

    figures: dict[str, float]


class Resumed(Event, frozen=True, kw_only=True):
    """The run goes on from the checkpoint of this epoch; epochs recorded after it don't count."""

    epoch: Count


class Finished(Event, frozen=True, kw_only=True):
    """All epochs are done, or early stopping ended them; the model is evaluated."""

    epoch: Count
    reason: str
    """In words: "all 128 epochs", "no better validation loss for 5 epochs"."""


class Stopped(Event, frozen=True, kw_only=True):
    """Somebody asked for a stop; the state is saved and can be resumed."""

    epoch: Count


class Failed(Event, frozen=True, kw_only=True):
    """The run can't go on; the message says why and the hint what to change."""

    message: str
    hint: str = ""
    out_of_memory: bool = False
    """Whether there was not enough memory for its settings."""


Closing = Finished | Stopped | Failed
AnyEvent = (
    Started
    | Waiting
    | Progress
    | Epoch
    | Checkpoint
    | Warning
    | Part
    | Searching
    | Trial
    | Retried
    | Mattered
    | Found
    | Evaluated
    | Resumed
    | Closing
)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(AnyEvent)


def encode(event: Event) -> bytes:
    """The event as one line, its newline included."""
    return _encoder.encode(event) + b"\n"


def decode(line: bytes) -> AnyEvent | None:
    """The event of a line, or None where the line is not one that this version knows."""
    try:
        event: AnyEvent = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return event


def end_of_lines(file: int) -> int:
    """Where the last whole line of an open file of events ends; behind it is what was torn as it was written."""
    end = os.fstat(file).st_size
    while end:
        start = max(0, end - 4096)
        newline = os.pread(file, end - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0
