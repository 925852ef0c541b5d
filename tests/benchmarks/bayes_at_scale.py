"""What the preset `best` costs on many ratings, with `SCALE=25m` at that size: to build, a sweep, and in memory.

The state is taken and given back once, as a checkpoint and a resumed run do, with room for all samples it may keep.
"""

from statistics import median

from mftui.core.runs.options import Bayes
from mftui.core.training.solvers.bayes import ALS_SWEEPS, BayesSolver
from tests.benchmarks import inputs
from tests.benchmarks.peers.protocol import peak_mib

SWEEPS = 5
MOST = 4.0
"""GiB that the process may take."""


def main() -> None:
    """Print seconds by the clock and of the processors, and the most memory held."""
    rows = inputs.training_rows(inputs.scale())
    began = inputs.clocks()
    solver = BayesSolver(rows, Bayes(burn_in=0), 0, "cpu")
    wall, cpu = inputs.clocks() - began
    print(
        f"{len(rows):,} ratings: built in {wall:.1f} s (processors {cpu:.1f} s), {peak_mib() / 1024:.2f} GiB",
        flush=True,
    )
    solver.prepare(print)
    costs = []
    for epoch in range(1, ALS_SWEEPS + SWEEPS + 1):
        began = inputs.clocks()
        solver.sweep(epoch)
        costs.append(inputs.clocks() - began)
    for words, part in (("least squares", costs[:ALS_SWEEPS]), ("sampling", costs[ALS_SWEEPS:])):
        wall, cpu = (median(column) for column in zip(*part, strict=True))
        print(f"a sweep of {words}: {wall:.2f} s (processors {cpu:.2f} s)")
    solver.restore(solver.state())
    solver.posterior()
    peak = peak_mib() / 1024
    print(f"most memory: {peak:.2f} GiB ({'under' if peak < MOST else 'OVER'} {MOST:g})")


if __name__ == "__main__":
    main()
