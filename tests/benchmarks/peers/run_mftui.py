"""mftui itself, through its solvers as the training process builds them: `run_mftui.py PRESET TASK DATA [K]`."""

import sys
import time

import numpy as np
from protocol import Contestant, run

from mftui.core.data import load
from mftui.core.data.ratings import Scale
from mftui.core.runs.presets import preset
from mftui.core.training import devices, solvers
from mftui.core.training.solvers import TrainingRows

TRACES = {
    "fast": (5, 8, 10, 12, 13, 14, 15, 18, 20, 21, 22, 24, 26, 28, 29, 30, 32, 35, 40),
    "als": (1, 2, 3, 4, 5, 6, 8, 10),
    "best": (10, 25, 30, 40, 45, 50, 60),
    "ranking": (),
}


def built(config, data, part):
    """A solver ready to sweep, and when its making began."""
    known = attributes(data)
    users, items, values = data.rows(part)
    scale = Scale(*((1.0, 5.0, 1.0) if data.user_attributes.size else (0.5, 5.0, 0.5)))
    rows = TrainingRows(users, items, values, data.n_users, data.n_items, scale, **known)
    start = time.perf_counter()
    devices.use_threads(config, "cpu", len(rows))
    solver = solvers.build(config, rows, "cpu")
    solver.prepare(lambda words: None)
    return solver, start


def attributes(data):
    """MovieLens 100K's own columns, from which the solver makes its features; synthetic ratings have none."""
    if not data.user_attributes.size:
        return {}
    ratings = load("ml-100k")
    return {"user_info": ratings.user_info, "item_info": ratings.item_info}


def fit(data, part, epochs):
    solver, start = built(config, data, part)
    for epoch in range(1, epochs + 1):
        solver.sweep(epoch)
    seconds = time.perf_counter() - start
    return seconds, lambda users, items: solver.predict(users.astype(np.int32), items.astype(np.int32))


def sweeps(data, k, epochs):
    solver, start = built(config.with_changes({"n_factors": k}), data, slice(None))
    for epoch in range(1, epochs + 1):
        solver.sweep(epoch)
    return time.perf_counter() - start


name = sys.argv.pop(1)
config = preset(name)
run(Contestant(config.epochs, TRACES[name], fit, sweeps, rates=name != "ranking"))
