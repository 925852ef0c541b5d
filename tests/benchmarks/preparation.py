"""What sorting and blocking the ratings costs beside a sweep, in one process: with `SCALE=25m` at that size.

Building a solver, preparing it and sweeping are measured by turns, and the medians divided. Processor time is told as
well: on a machine that others use it is the steadier of the two.
"""

import numpy as np

from mftui.core.runs.config import Config
from tests.benchmarks import inputs

ROUNDS = 7
SWEEPS = 2
MOST = 2.0
"""Sweeps that preparing may cost."""
MEASURED = {"sgd": {"n_factors": 64}, "als": {"n_factors": 32}}


def main() -> None:
    """Print a line for each solver."""
    rows = inputs.training_rows(inputs.scale())
    for name, changes in MEASURED.items():
        config = Config().with_changes({"solver": name, **changes})
        inputs.ready(config, rows).sweep(1)  # compiles
        prepared, swept = [], []
        for _ in range(ROUNDS):
            began = inputs.clocks()
            solver = inputs.ready(config, rows)
            prepared.append(inputs.clocks() - began)
            for epoch in range(1, SWEEPS + 1):
                began = inputs.clocks()
                solver.sweep(epoch)
                swept.append(inputs.clocks() - began)
            del solver
        wall, cpu = np.median(prepared, axis=0)
        sweep_wall, sweep_cpu = np.median(swept, axis=0)
        print(
            f"{name}, {changes['n_factors']} factors, {len(rows):,} ratings: prepared in {wall:.3f} s (processors "
            f"{cpu:.3f} s), a sweep {sweep_wall:.3f} s ({sweep_cpu:.3f} s): {wall / sweep_wall:.2f} sweeps "
            f"({'under' if wall < MOST * sweep_wall else 'OVER'} {MOST:g}), {cpu / sweep_cpu:.2f} by the processors",
            flush=True,
        )


if __name__ == "__main__":
    main()
