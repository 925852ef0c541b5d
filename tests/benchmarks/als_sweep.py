"""Seconds to prepare and to sweep with ALS: `python tests/benchmarks/als_sweep.py RATINGS.npz RANKS [STEPS [CHUNKS]]`.

The file is one that `inputs.synthetic` writes. STEPS are conjugate gradients' (0 solves exactly); with a fourth word
the sweep is made in torch's chunks, as on a GPU.
"""

import sys
import time

import numpy as np

from mftui.core.data.ratings import Scale
from mftui.core.runs.options import Als
from mftui.core.training.solvers import least_squares
from mftui.core.training.solvers.als import AlsSolver
from mftui.core.training.solvers.base import TrainingRows
from tests.benchmarks.peers.protocol import peak_mib


def main(path: str, ranks: str, steps: str = "3", *chunks: str) -> None:
    """Print a line for each rank: the best of three sweeps."""
    arrays = np.load(path)
    users, items, values = arrays["users"], arrays["items"], arrays["values"]
    rows = TrainingRows(users, items, values, int(users.max()) + 1, int(items.max()) + 1, Scale(0.5, 5.0, 0.5))
    if chunks:
        least_squares.compiled = least_squares.by_chunks
    for rank in map(int, ranks.split(",")):
        began = time.perf_counter()
        solver = AlsSolver(rows, Als(n_factors=rank, regularization=0.05, steps=int(steps)), 0, "cpu")
        ready = time.perf_counter()
        solver.prepare(print)
        sweeps = []
        for epoch in (1, 2, 3):
            start = time.perf_counter()
            solver.sweep(epoch)
            sweeps.append(time.perf_counter() - start)
        peak = peak_mib() / 1024
        print(
            f"k={rank}: prepare {ready - began:.2f} s, sweeps {', '.join(f'{s:.3f}' for s in sweeps)} s, "
            f"{len(rows) / min(sweeps) / 1e6:.1f} M ratings/s, process peak {peak:.2f} GiB",
            flush=True,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
