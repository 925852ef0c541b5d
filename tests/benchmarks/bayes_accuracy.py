"""How accurate the preset `best` is on MovieLens 100K, how soon, and whether its intervals hold what they say.

Run: `python -m tests.benchmarks.bayes_accuracy [--quick]`. Folds 1 to 5 are the canonical u1 to u5; predictions are
clipped; all test rows count. Seconds leave out loading and compiling; the sweeps until .8839 (myFM's best) are an
oracle's stop, which looks at the test rows. `--quick` does fold 1 with one seed.
"""

import sys
import time

import numpy as np
from msgspec.structs import replace

from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split, split
from mftui.core.model.posterior import Posterior
from mftui.core.runs.options import Bayes
from mftui.core.runs.presets import preset
from mftui.core.training import devices, solvers
from mftui.core.training.solvers import TrainingRows
from mftui.core.training.solvers.bayes import BayesSolver

MYFM = 0.8839
LEVELS = (0.5, 0.8, 0.95)
PLAIN = {
    "without side information": Bayes(attributes=False, links=False),
    "with one noise precision as well, as in the paper on BPMF": Bayes(attributes=False, links=False, noise=False),
}


def rows_of(ratings: Ratings, parts: Split) -> TrainingRows:
    return TrainingRows(
        ratings.users[parts.train], ratings.items[parts.train], ratings.values[parts.train],
        ratings.n_users, ratings.n_items, ratings.scale, ratings.user_info, ratings.item_info,
    )  # fmt: skip


def rmse(ratings: Ratings, rows: np.ndarray, predicted: np.ndarray) -> float:
    clipped = predicted.clip(ratings.scale.lowest, ratings.scale.highest)
    return float(np.sqrt(np.mean((clipped - ratings.values[rows]) ** 2)))


def run(ratings: Ratings, fold: int, seed: int, options: Bayes, epochs: int) -> tuple[BayesSolver, Split, float]:
    """Train, and print one line of figures."""
    parts = split(ratings, f"fold:{fold}")
    test = parts.test
    began, cpu = time.perf_counter(), time.process_time()
    config = replace(preset("best"), solver=options, seed=seed)
    devices.use_threads(config, "cpu", len(parts.train))
    solver = solvers.build(config, rows_of(ratings, parts), "cpu")
    assert isinstance(solver, BayesSolver)
    prepared = time.perf_counter() - began
    sweeping, reached = 0.0, "never"
    for epoch in range(1, epochs + 1):
        start = time.perf_counter()
        solver.sweep(epoch)
        sweeping += time.perf_counter() - start
        if reached != "never" or epoch % 5:
            continue
        if rmse(ratings, test, solver.predict(ratings.users[test], ratings.items[test])) <= MYFM:
            reached = f"{prepared + sweeping:.2f} s, {epoch} sweeps"
    cpu = time.process_time() - cpu
    final = rmse(ratings, test, solver.factors().predict(ratings.users[test], ratings.items[test]))
    print(
        f"fold {fold}, seed {seed}: RMSE {final:.4f}; {MYFM} after {reached}; {epochs} sweeps in "
        f"{prepared + sweeping:.2f} s ({prepared:.2f} s to prepare, CPU {cpu:.2f} s)",
        flush=True,
    )
    return solver, parts, final


def judge_posterior(ratings: Ratings, solver: BayesSolver, parts: Split) -> None:
    """Fold every test user in anew from their training ratings."""
    posterior = Posterior(**{n: float(a) if a.ndim == 0 else a for n, a in (solver.posterior() or {}).items()})
    test, (mean, spread, deviation) = parts.test, np.empty((3, len(parts.test)))
    began = time.perf_counter()
    for user in np.unique(ratings.users[test]):
        known = parts.train[ratings.users[parts.train] == user]
        asked = np.flatnonzero(ratings.users[test] == user)
        person = posterior.fold_in(ratings.items[known], ratings.values[known], int(user))
        predicted = person.predict(ratings.items[test[asked]])
        mean[asked], spread[asked], deviation[asked] = predicted.mean, predicted.spread, predicted.deviation
    print(
        f"{len(posterior.noise)} samples: every user folded in anew in {time.perf_counter() - began:.1f} s, "
        f"RMSE {rmse(ratings, test, mean):.4f}"
    )
    from statistics import NormalDist

    errors = np.abs(mean - ratings.values[test])
    for level in LEVELS:
        reach = NormalDist().inv_cdf((1 + level) / 2)
        within, of_spread = np.mean(errors <= reach * deviation), np.mean(errors <= reach * spread)
        print(f"{level:.0%} intervals hold {within:.1%} of the test ratings (by the spread alone {of_spread:.1%})")


def main() -> None:
    quick = "--quick" in sys.argv
    ratings, config = load("ml-100k"), preset("best")
    assert isinstance(config.solver, Bayes)
    run(ratings, 1, 0, config.solver, 3)  # compiles
    runs = [run(ratings, 1, seed, config.solver, config.epochs) for seed in ((0,) if quick else (0, 1, 2))]
    judge_posterior(ratings, *runs[0][:2])
    if quick:
        return
    first = np.array([final for _, _, final in runs])
    print(f"fold 1, three seeds: {first.mean():.4f} ± {first.std(ddof=1):.4f}")
    others = [run(ratings, fold, 0, config.solver, config.epochs)[2] for fold in (2, 3, 4, 5)]
    print(f"mean of folds 1 to 5, seed 0: {np.mean([first[0], *others]):.4f}")
    for words, options in PLAIN.items():
        print(f"{words}:")
        run(ratings, 1, 0, options, config.epochs)


if __name__ == "__main__":
    main()
