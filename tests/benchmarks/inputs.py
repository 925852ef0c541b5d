"""What every contestant is given: the same arrays, written once under `build/bench`."""

import os
import time
from pathlib import Path

import numpy as np

from mftui.core.data import load
from mftui.core.data.ratings import Scale
from mftui.core.data.synthetic import synthesize
from mftui.core.runs.config import Config
from mftui.core.training import devices, solvers
from mftui.core.training.solvers import Solver, TrainingRows

BUILD = Path(__file__).parents[2] / "build" / "bench"

SHAPES = {"1m": (6_040, 3_706, 1_000_000), "25m": (162_541, 59_047, 25_000_000)}
"""Users, items and ratings: the shapes of MovieLens 1M and 25M."""


def movielens() -> Path:
    """MovieLens 100K in file order, with its users' and movies' attributes as 0 and 1 for the peers that take them."""
    path = BUILD / "ml-100k.npz"
    if not path.exists():
        ratings = load("ml-100k")
        users, movies = ratings.user_info, ratings.item_info
        genres = np.array([np.char.add(np.char.add("|", movies["genres"]), "|")]).ravel()
        names = sorted({name for row in movies["genres"] for name in row.split("|") if name})
        years = (1940, 1950, 1960, 1970, 1980, 1985, 1990, 1992, 1994, 1995, 1996, 1997, 1998)
        of_users = [
            _indicators(users["occupation"]),
            _indicators(users["gender"]),
            _indicators(np.digitize(users["age"], (18, 25, 30, 35, 40, 45, 50, 56))),
        ]
        of_items = [
            np.stack([np.char.find(genres, f"|{name}|") >= 0 for name in names], axis=1),
            _indicators(np.digitize(movies["year"], years)),
        ]
        _write(path, ratings, np.hstack(of_users), np.hstack(of_items))
    return path


def synthetic(scale: str) -> Path:
    """Synthetic ratings in the shape of a MovieLens data set."""
    path = BUILD / f"synthetic-{scale}.npz"
    if not path.exists():
        ratings = synthesize(*SHAPES[scale])
        _write(path, ratings, np.empty((ratings.n_users, 0)), np.empty((ratings.n_items, 0)))
    return path


def scale() -> str:
    """The size asked for: `SCALE=25m`, or the small one."""
    return "25m" if os.environ.get("SCALE") == "25m" else "1m"


def training_rows(scale: str) -> TrainingRows:
    """Synthetic ratings as a solver takes them."""
    arrays = np.load(synthetic(scale))
    n_users, n_items, _ = SHAPES[scale]
    return TrainingRows(arrays["users"], arrays["items"], arrays["values"], n_users, n_items, Scale(0.5, 5.0, 0.5))


def ready(config: Config, rows: TrainingRows) -> Solver:
    """A solver that is built and prepared as a run's is, on as many threads of the CPU."""
    devices.use_threads(config, "cpu", len(rows))
    solver = solvers.build(config, rows, "cpu")
    solver.prepare(lambda words: None)
    return solver


def trained(config: Config, rows: TrainingRows) -> Solver:
    """One that has done all its epochs."""
    solver = ready(config, rows)
    for epoch in range(1, config.epochs + 1):
        solver.sweep(epoch)
    return solver


def clocks() -> np.ndarray:
    """Seconds by the clock and of the processors, to be taken from one another."""
    return np.array([time.perf_counter(), time.process_time()])


def _indicators(values):
    return values[:, None] == np.unique(values)


def _write(path, ratings, of_users, of_items) -> None:
    BUILD.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        users=ratings.users,
        items=ratings.items,
        values=ratings.values,
        user_attributes=of_users.astype(np.float32),
        item_attributes=of_items.astype(np.float32),
    )
