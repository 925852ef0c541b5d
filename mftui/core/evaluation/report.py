"""The evaluation of a run as data: what `evaluation.json` holds."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from mftui.core.documents import read_document, write_document

_FILE = "evaluation.json"

Interval = tuple[float, float]
"""The ends of a 95% interval."""

Verdict = Literal["better", "no clear difference", "worse"]


class Protocol(Struct, frozen=True):
    """How the numbers were made."""

    dataset: str
    fingerprint: str
    split: str
    """In words: "random: 20% of the rows, seed 42", "fold:1: rows 1 to 20,000"."""
    training_rows: int
    validation_rows: int
    test_rows: int
    clipped: bool
    """Whether predictions were clipped to the scale."""
    scale: tuple[float, float, float]
    model: str
    """Which model was judged: "last, epoch 128" or "best by validation loss, epoch 64"."""
    intervals: str = ""
    """How the intervals were made, in words."""
    test_fingerprint: str = ""
    """SHA-256 of which rows of which ratings are tested on: runs can be compared where it is the same."""
    users: int = 0
    test_users: int = 0
    """Users with test rows, of all `users`: far fewer where the file is in an order and a stretch of it is the test;
    0 in the mean of several evaluations, each of which has its own."""
    held_out_share: float | None = None
    """The share of these users' rows that are test rows."""
    scored_by: str = ""
    """Which figures are of the model's factors and which of a posterior's samples, in words."""


class RatingError(Struct, frozen=True):
    """How far predictions are from ratings, over n rows; all 0 where n is 0."""

    mse: float
    rmse: float
    mae: float
    n: int
    r2: float | None = None
    """The share of the variance of these rows that is explained: below 0 where their mean would do better."""
    within_half: float | None = None
    """The share of predictions at most half a star off."""
    rmse_interval: Interval | None = None
    mae_interval: Interval | None = None


class Difference(Struct, frozen=True):
    """How a model does beside something else on the same test rows."""

    metric: str
    """`rmse` or `ndcg@10`."""
    by: float
    """How much better the model is, in that metric's units; below 0 where it is worse."""
    interval: Interval
    """Of that difference, with the same users drawn for both."""
    verdict: Verdict
    """Clear where the interval leaves out 0."""


class WorstPrediction(Struct, frozen=True):
    """A test row that the model got wrong by much."""

    user_id: str
    item_id: str
    title: str
    rating: float
    predicted: float
    user_ratings: int
    """Training ratings of this user."""
    item_ratings: int
    """Training ratings of this item."""


class ErrorByRating(Struct, frozen=True):
    """The test rows of one true rating."""

    rating: float
    """The mean of a range of them, where there are many."""
    n: int
    mean_predicted: float
    rmse: float

    @property
    def label(self) -> str:
        """The rating in a few digits: `4.5`, `-9.29`."""
        return f"{round(self.rating, 2):g}"


class Segment(Struct, frozen=True):
    """Test rows that have something in common, at least one."""

    name: str
    """What they have in common: "Drama", "12 to 40" (training ratings), "1998-03"."""
    n: int
    mean_rating: float
    mean_predicted: float
    rmse: float
    mae: float
    bias_rmse: float
    """Of the bias model on the same rows: some are hard for any model."""


class Bin(Struct, frozen=True):
    """How many values lie from `low` up to `high`, which belongs to the next bin but for the last."""

    low: float
    high: float
    n: int


class Coverage(Struct, frozen=True):
    """How many ratings lie within the predicted intervals of one level."""

    level: float
    """The share that should: 0.5, 0.8 or 0.95."""
    share: float
    """The share that does."""


class Sureness(Struct, frozen=True):
    """Test rows that the model was about equally sure of."""

    n: int
    mean_deviation: float
    """The deviation that it predicted (root mean square)."""
    rmse: float
    """The deviation that there was."""


class Uncertainty(Struct, frozen=True):
    """Whether a model that says how sure it is knows it."""

    coverage: list[Coverage]
    by_deviation: list[Sureness]
    """The surest rows first."""
    n: int
    """Test rows asked about."""
    users: int
    """Whose they are: at most 100 users, drawn with seed 0."""


class Parameter(Struct, frozen=True):
    """One array of the model, summed up."""

    name: str
    shape: tuple[int, ...]
    mean: float
    deviation: float
    norm: float
    first: tuple[float, ...]
    """Its first values."""
    norms: list[Bin] = []
    """The norms of its rows, those that were trained; of factors alone."""


class Evaluation(Struct, frozen=True):
    """What `evaluation.json` holds; the names are relied on by readers."""

    protocol: Protocol
    ratings: RatingError
    """Over all test rows, clipped."""
    known: RatingError
    """Over the test rows whose user and item were trained on, clipped."""
    raw: RatingError
    """As `known`, unclipped: what the loss curve shows."""
    baselines: dict[str, RatingError]
    """`global_mean`, `item_mean`, `bias` (user and item bias, damped) and `majority` (the commonest rating), over all
    test rows, clipped; empty for a model that predicts no ratings."""
    by_rating: list[ErrorByRating]
    worst: list[WorstPrediction]
    parameters: list[Parameter]
    ranking: dict[str, float] = {}
    """`ndcg@10`, `recall@20`…, where computed."""
    ranking_baselines: dict[str, dict[str, float]] = {}
    """The same for `random`, `most_popular` and, where the catalogue is small enough, `ease`."""
    ranking_protocol: str = ""
    """How the ranking numbers were made, in words: candidates, positives, users counted, ties."""
    beside: dict[str, Difference] = {}
    """The model beside each of `baselines`, by RMSE over all test rows."""
    segments: dict[str, list[Segment]] = {}
    """The test rows by `prediction`, by `user_ratings` and `item_ratings` (in training), by `genre` and by `time`."""
    errors: list[Bin] = []
    """The distribution of prediction less rating, over all test rows: below 0, predictions are too low."""
    ranking_intervals: dict[str, Interval] = {}
    """Of those figures of `ranking` that are means over users."""
    ranking_beside: dict[str, Difference] = {}
    """The model beside each of `ranking_baselines`, by NDCG@10."""
    uncertainty: Uncertainty | None = None
    """Of a model that says how sure it is."""
    liked_popularity: float | None = None
    """Training ratings of an item that is good to rank, as `popularity@10` counts those of recommended ones."""
    parts: int = 0
    """How many evaluations the figures are means of; 0 for one of its own."""
    deviations: dict[str, float] = {}
    """The sample standard deviation over the parts of `rmse`, `mae`, `ndcg@10`…; 0 where there is one part."""


class Compared(Struct, frozen=True):
    """One of several models that were judged on the same test rows."""

    name: str
    model: str
    """Which model of the run, in words."""
    split: str
    training_rows: int
    ratings: RatingError | None
    """Over all test rows, clipped; None for a model that predicts no ratings."""
    ranking: dict[str, float] = {}
    beside: list[Difference] = []
    """Beside the first of them, by each metric that both have; empty for the first itself."""


class Comparison(Struct, frozen=True):
    """Models side by side on the same test rows."""

    dataset: str
    fingerprint: str
    test_fingerprint: str
    test_rows: int
    scale: tuple[float, float, float]
    intervals: str
    ranking_protocol: str
    models: list[Compared]


def read(directory: Path) -> Evaluation | None:
    """The evaluation of a run directory, or None where it has not been made yet.

    Raises:
        RunError: the file is damaged.
    """
    return read_document(directory / _FILE, Evaluation)


def write(directory: Path, evaluation: Evaluation) -> None:
    """Replace the evaluation of a run directory, atomically."""
    write_document(directory / _FILE, evaluation)
