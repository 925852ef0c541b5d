"""The ratings that a run works on, which of their rows it trains on, watches and is tested on, and its model."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mftui.core.errors import DataError, ModelError, SettingError

if TYPE_CHECKING:
    from mftui.core.data.ratings import Ratings
    from mftui.core.data.splits import Split
    from mftui.core.model import Factors
    from mftui.core.runs.config import Config
    from mftui.core.runs.directory import Record, Run


def ratings_of(record: "Record", progress: Callable[[str, float | None], None] | None = None) -> "Ratings":
    """The ratings of a run, which must be those that it began with.

    Raises:
        SettingError: they are clicks, and the solver needs ratings.
        DataError: they are gone, or have changed since, so that the numbering of users and items no longer fits.
    """
    config = record.config
    name = config.data
    ratings = loaded(config, progress)
    _refuse_clicks(config, ratings.are_clicks)
    if record.dataset is not None and record.dataset.fingerprint != ratings.fingerprint:
        raise DataError(f"{name} is no longer what the run began with.", "Bring it back, or train anew.")
    return ratings


def check(config: "Config") -> None:
    """See that the data and the device are there and the solver can learn from the data, without reading it.

    Raises:
        DataError: there is no such data.
        DeviceError: there is no such device.
        SettingError: the data has clicks, and the solver needs ratings.
    """
    from mftui.core.data import check_exists, summary_of
    from mftui.core.runs import devices

    check_exists(config.data)
    devices.check(config.device)
    summary = summary_of(config.data, config.columns)
    _refuse_clicks(config, summary is not None and summary.scale[:2] == (1, 1))


def _refuse_clicks(config: "Config", are_clicks: bool) -> None:
    if are_clicks and not config.only_ranks:
        raise SettingError(
            "preset",
            f"{config.data} has clicks, not ratings: all are 1, and {config.preset} predicts ratings.",
            "Choose the preset ranking.",
        )


def model_and_ratings(
    run: "Run", progress: Callable[[str, float | None], None] | None = None
) -> "tuple[Factors, Ratings]":
    """A run's model, and the ratings that it learnt from, which number users and items alike.

    Raises:
        RunError: the run is in parts, each with a model of its own.
        ModelError: the model is missing or damaged, or was trained on other ratings.
        DataError: the ratings are gone or have changed.
    """
    from mftui.core.model import Factors
    from mftui.core.runs.parts import model_of

    factors, ratings = Factors.load(model_of(run)), ratings_of(run.record(), progress)
    if (factors.n_users, factors.n_items) != (ratings.n_users, ratings.n_items):
        raise ModelError(f"The model of {run.name} was trained on other ratings than {ratings.name}.")
    return factors, ratings


def loaded(config: "Config", progress: Callable[[str, float | None], None] | None = None) -> "Ratings":
    """The ratings that a config names, or what it says to take of them.

    Raises:
        DataError: they can't be read, or nothing is left of them.
    """
    from mftui.core.data import load
    from mftui.core.data.reduction import reduced

    return reduced(
        load(config.data, progress, config.columns),
        min_user=config.min_user,
        min_item=config.min_item,
        sample=config.sample,
        seed=config.split_seed,
    )


def split_of(config: "Config", ratings: "Ratings") -> "Split":
    """The rows that a run trains on and those that it holds out; validation rows only where it watches them."""
    from mftui.core.data.splits import split

    return split(
        ratings,
        config.split,
        test_fraction=config.test_fraction,
        seed=config.split_seed,
        validation=config.validation if config.held_out == "validation" else 0.0,
    )
