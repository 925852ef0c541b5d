"""`mftui notebook`: the notebook from its first cell to its last, without a screen, printing what it printed.

It trains through a run directory like everything else, so the app shows the run afterwards.
"""

import itertools
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mftui.cli.clusters import print_clusters
from mftui.cli.output import INTERRUPTED, progress_bar, say, settings_of
from mftui.core.errors import RunError, SettingError
from mftui.core.text import clean

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas import DataFrame

    from mftui.core.data.ratings import Ratings
    from mftui.core.runs.config import Config
    from mftui.core.runs.directory import Run
    from mftui.core.runs.history import History

_LOOK = 0.1
"""Seconds between two looks at the run directory."""


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(notebook)


def notebook(
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting.")] = None,
) -> None:
    """Do the notebook's whole job without a screen: load, train, test, cluster, and print each cell's output."""
    from mftui.core.runs import launch
    from mftui.core.runs.directory import create
    from mftui.core.runs.history import History
    from mftui.core.runs.presets import preset
    from mftui.core.runs.rows import loaded

    config = preset("notebook").with_changes(settings_of(settings or []))
    if config.solver_name != "gradient":
        raise SettingError(
            "solver", "The notebook's model is fitted by gradient.", "Use mftui train for other solvers."
        )
    with progress_bar() as progress:
        ratings = loaded(config, progress)
    _print_data(ratings)

    run = create(config)
    history = History(run)
    launch.start(run)
    try:
        _print_training(ratings, config, history)
    except KeyboardInterrupt:
        _stop(run, history)
        raise typer.Exit(INTERRUPTED) from None
    _print_results(run)
    say(f"The run is kept as {run.name}: mftui opens on it.")


def _print_data(ratings: "Ratings") -> None:
    """The two tables, and how much of the matrix is filled."""
    import pandas as pd

    with pd.option_context("display.max_rows", 10, "display.width", 120, "display.max_columns", 12):
        print(_ratings_frame(ratings))
        items = _items_frame(ratings)
        print(items.head())
        print(items.shape)
    cells = ratings.n_users * ratings.n_items
    print("Number of distinct users:", ratings.n_users)
    print("Number of distinct movies:", ratings.n_items)
    print("The complete rating matrix consists of:", cells, "elements.")
    print("----------")
    print("Total number of ratings recorded:", len(ratings))
    print(f"As a result, approximately {100 * len(ratings) / cells:.2f}% of the matrix is populated.")


def _ratings_frame(ratings: "Ratings") -> "DataFrame":
    """The ratings in the file's order, with the file's ids."""
    import pandas as pd

    columns = {
        "user_id": _safe(ratings.user_ids)[ratings.users],
        "movie_id": _safe(ratings.item_ids)[ratings.items],
        "rating": ratings.values,
    }
    return pd.DataFrame(columns if ratings.timestamps is None else {**columns, "timestamp": ratings.timestamps})


def _items_frame(ratings: "Ratings") -> "DataFrame":
    """What is known of the movies, in the order of their ids."""
    import pandas as pd

    columns = {name: _safe(values) for name, values in ratings.item_info.items()}
    items = pd.DataFrame({"movie_id": _safe(ratings.item_ids), **columns})
    return items.sort_values("movie_id", ignore_index=True)


def _safe(values: "NDArray[Any]") -> "NDArray[Any]":
    """A column as it may be shown: numbers as they are, text made safe."""
    import numpy as np

    return values if values.dtype.kind in "iufb" else np.array([clean(str(v)) for v in values.tolist()], dtype=object)


def _print_training(ratings: "Ratings", config: "Config", history: "History") -> None:
    """The model before training, then a line for each epoch as it ends."""
    from tqdm import tqdm

    news = _news(history)
    while history.started is None:
        next(news, None)
    _print_model(ratings, config, history.started.device)
    shown = 0
    with tqdm(total=config.epochs, disable=None, dynamic_ncols=True) as bar:
        for _ in itertools.chain([None], news):
            for epoch in history.epochs[shown:]:
                tqdm.write(f"Step: {epoch.epoch - 1} Loss: {epoch.train_mse}", file=sys.stdout)
                bar.update()
            shown = len(history.epochs)


def _news(history: "History") -> Iterator[None]:
    """Comes back whenever the run has said something, until it has finished.

    Raises:
        RunError: it ended in another way.
    """
    from mftui.core.runs.events import Failed
    from mftui.core.runs.history import State

    name = history.run.name
    while True:
        if history.poll():
            yield
            continue
        match history.state():
            case State.FINISHED:
                return
            case State.FAILED if isinstance(history.closing, Failed):
                raise RunError(history.closing.message, history.closing.hint)
            case State.STOPPED:
                raise RunError(f"{name} was stopped.", f"Go on with: mftui resume {name}.")
            case State.INTERRUPTED:
                if not history.poll():
                    raise RunError(f"The training process of {name} is gone.", f"Its words are in {history.run.log}.")
                yield
            case _:
                time.sleep(_LOOK)


def _stop(run: "Run", history: "History") -> None:
    """End the run as the person asked, its state saved."""
    from mftui.core.runs import launch

    say("Stopping…")
    try:
        launch.request_stop(run)
        for _ in _news(history):
            pass
    except RunError as error:
        say(str(error))


def _print_model(ratings: "Ratings", config: "Config", device: str) -> None:
    """Where it trains, the model, and the weights that it starts from."""
    from mftui.core.runs.options import Gradient
    from mftui.core.training.solvers.gradient import MatrixFactorization

    assert isinstance(config.solver, Gradient)  # `notebook` refuses the others
    options = config.solver
    model = MatrixFactorization(
        ratings.n_users, ratings.n_items, options.n_factors, options.initial_scale, seed=config.seed
    )
    print("Is running on GPU:", device.startswith("cuda"))
    print(model)
    for name, parameter in model.named_parameters():
        print(name, parameter.data)
    sys.stdout.flush()


def _print_results(run: "Run") -> None:
    """The test loss, the learnt weights, and the clusters."""
    import torch

    from mftui.core.clusters import report as clusters_report
    from mftui.core.evaluation import report as evaluation_report
    from mftui.core.model import Factors

    evaluation, found = evaluation_report.read(run.path), clusters_report.read(run.path)
    if evaluation is None or found is None:
        raise RunError(f"{run.name} finished without a report.", f"mftui evaluate {run.name} makes it.")
    protocol = evaluation.protocol
    print(
        f"Average Test Loss: {evaluation.raw.mse} (MSE, not clipped, over the {evaluation.raw.n:,} of "
        f"{protocol.test_rows:,} test rows whose user and movie were trained on; {protocol.split}; {protocol.model}; "
        "one id map for training and test)"
    )
    factors = Factors.load(run.model)
    for name in ("user_factors", "item_factors"):
        print(f"{name}.weight", torch.from_numpy(getattr(factors, name)))
    print(sum(group.size for group in found.clusters))
    print_clusters(found)
    if found.untrained:
        print(f"Never trained on, so in no cluster: {len(found.untrained)}")
