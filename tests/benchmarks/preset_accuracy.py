"""How accurate the presets `fast` and `als` are on MovieLens 100K: three seeds of fold 1, and the mean of folds 1 to 5.

Predictions are clipped and all test rows count. `bayes_accuracy` does the same for `best`, `beside_ease` for `ranking`.
"""

from statistics import fmean, stdev

from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import split
from mftui.core.runs.config import Config
from mftui.core.runs.presets import preset
from tests.benchmarks.bayes_accuracy import rmse, rows_of
from tests.benchmarks.inputs import trained


def main() -> None:
    """Print a line for each preset."""
    ratings = load("ml-100k")
    for name in ("fast", "als"):
        config = preset(name)
        seeds = [error(config.with_changes({"seed": seed}), ratings, 1) for seed in (0, 1, 2)]
        folds = [seeds[0], *(error(config, ratings, fold) for fold in (2, 3, 4, 5))]
        print(
            f"{name}: fold 1, three seeds {fmean(seeds):.4f} ± {stdev(seeds):.4f}; "
            f"folds 1 to 5, seed 0 {fmean(folds):.4f} ({', '.join(f'{of_fold:.4f}' for of_fold in folds)})"
        )


def error(config: Config, ratings: Ratings, fold: int) -> float:
    """The test RMSE of a config on a fold."""
    parts = split(ratings, f"fold:{fold}")
    factors = trained(config, rows_of(ratings, parts)).factors()
    return rmse(ratings, parts.test, factors.predict(ratings.users[parts.test], ratings.items[parts.test]))


if __name__ == "__main__":
    main()
