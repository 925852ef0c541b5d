"""What sorting and blocking the ratings costs beside a sweep, in one process: with `SCALE=25m` at that size.

Building a solver, preparing it and sweeping are measured by turns, and the medians divided. Processor time is told as
well: on a machine that others use it is the steadier of the two.
"""

import os
import time

import numpy as np

from mftui.core.data.ratings import Scale
from mftui.core.runs.config import Config
from mftui.core.training import solvers
from mftui.core.training.solvers import Solver, TrainingRows
from tests.benchmarks import inputs

ROUNDS = 7
SWEEPS = 2
MOST = 2.0
"""Sweeps that preparing may cost."""
MEASURED = {"sgd": {"n_factors": 64}, "als": {"n_factors": 32}}


def main() -> None:
    """Print a line for each solver."""
    scale = "25m" if os.environ.get("SCALE") == "25m" else "1m"
    arrays = np.load(inputs.synthetic(scale))
    n_users, n_items, n = inputs.SHAPES[scale]
    rows = TrainingRows(arrays["users"], arrays["items"], arrays["values"], n_users, n_items, Scale(0.5, 5.0, 0.5))
    for name, changes in MEASURED.items():
        config = Config().with_changes({"solver": name, **changes})
        _ready(config, rows).sweep(1)  # compiles
        prepared, swept = [], []
        for _ in range(ROUNDS):
            began = _clocks()
            solver = _ready(config, rows)
            prepared.append(_clocks() - began)
            for epoch in range(1, SWEEPS + 1):
                began = _clocks()
                solver.sweep(epoch)
                swept.append(_clocks() - began)
            del solver
        wall, cpu = np.median(prepared, axis=0)
        sweep_wall, sweep_cpu = np.median(swept, axis=0)
        print(
            f"{name}, {changes['n_factors']} factors, {n:,} ratings: prepared in {wall:.3f} s (processors "
            f"{cpu:.3f} s), a sweep {sweep_wall:.3f} s ({sweep_cpu:.3f} s): {wall / sweep_wall:.2f} sweeps "
            f"({'under' if wall < MOST * sweep_wall else 'OVER'} {MOST:g}), {cpu / sweep_cpu:.2f} by the processors",
            flush=True,
        )


def _ready(config: Config, rows: TrainingRows) -> Solver:
    solver = solvers.build(config, rows, "cpu")
    solver.prepare(lambda words: None)
    return solver


def _clocks() -> np.ndarray:
    """Seconds by the clock and of the processors."""
    return np.array([time.perf_counter(), time.process_time()])


if __name__ == "__main__":
    main()
