"""The preset `ranking` beside EASE on MovieLens 100K, on fold 1 and over all five, paired over users.

NDCG@10 of all movies but those in the user's training rows, for test ratings of 4 and more. Both learn from the same
rows: from all of them with the preset's targets, or from those of 4 and more with targets of 1. EASE's penalties, and
what the preset changes for binary targets, were chosen on validation rows, two tenths of each fold's training rows.
"""

from dataclasses import dataclass, field
from statistics import fmean

import numpy as np

from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split, split
from mftui.core.evaluation.bootstrap import difference, resampled, sums_by_user
from mftui.core.evaluation.ranked import MAIN, Task, beside, task_of
from mftui.core.evaluation.rankers import by_factors, ease
from mftui.core.evaluation.ranking import Ranked
from mftui.core.evaluation.report import Difference
from mftui.core.runs.config import Config
from mftui.core.runs.presets import preset
from mftui.core.training.solvers import TrainingRows
from mftui.core.training.solvers.ials import targets_of
from tests.benchmarks.inputs import trained

SEEDS = 3


@dataclass(frozen=True)
class Targets:
    """A kind of targets, and the settings that suit it."""

    words: str
    penalty: float
    """EASE's."""
    changes: dict[str, object] = field(default_factory=dict)
    """To the preset."""


KINDS = (
    Targets("graded targets from all ratings", 400),
    Targets(
        "targets of 1 for ratings of 4 and more", 300,
        {
            "threshold": 0.75, "lowest_target": 1, "highest_target": 1,
            "n_factors": 128, "unobserved_weight": 0.25, "epochs": 16,
        },
    ),
)  # fmt: skip


def main() -> None:
    """Print for each kind of targets both means, and their difference with its interval."""
    ratings = load("ml-100k")
    folds = [split(ratings, f"fold:{n}") for n in range(1, 6)]
    fold, task = folds[0], task_of(ratings, folds[0])
    print(task.protocol)
    for kind in KINDS:
        config = preset("ranking").with_changes(kind.changes)
        ours = [_ours(config.with_changes({"seed": seed}), ratings, fold, task) for seed in range(SEEDS)]
        theirs = _theirs(config, kind.penalty, ratings, fold, task)
        means = [ranked.means()[MAIN] for ranked in ours]
        print(
            f"\n{kind.words}: ranking {fmean(means):.4f} ± {np.std(means, ddof=1):.4f} over {SEEDS} seeds, "
            f"EASE (penalty {kind.penalty:g}) {theirs.means()[MAIN]:.4f}"
        )
        for seed, ranked in enumerate(ours):
            found = beside(ranked, theirs)
            low, high = found.interval
            print(f"  seed {seed}: {found.by:+.4f}, 95% from {low:+.4f} to {high:+.4f}: {found.verdict}")
        found = _over(folds, config, kind.penalty, ratings)
        low, high = found.interval
        print(f"  over five folds: {found.by:+.4f}, 95% from {low:+.4f} to {high:+.4f}: {found.verdict}")


def _over(folds: list[Split], config: Config, penalty: float, ratings: Ratings) -> Difference:
    """How much better the preset is where each fold is tested in turn; a user is drawn with all their folds."""
    users, by = [], []
    for fold in folds:
        task = task_of(ratings, fold)
        ours, theirs = _ours(config, ratings, fold, task), _theirs(config, penalty, ratings, fold, task)
        users.append(np.unique(ratings.users[task.liked]))
        by.append(ours.figures[MAIN] - theirs.figures[MAIN])
    columns = [np.concatenate(by), np.ones(sum(map(len, by)))]
    sums = sums_by_user(np.unique(np.concatenate(users), return_inverse=True)[1], columns)
    better, n = resampled(sums).T
    return difference(MAIN, float(columns[0].mean()), better / n)


def _ours(config: Config, ratings: Ratings, fold: Split, task: Task) -> Ranked:
    users, items, values = (of[fold.train] for of in (ratings.users, ratings.items, ratings.values))
    rows = TrainingRows(users, items, values, ratings.n_users, ratings.n_items, ratings.scale)
    return task.ranked(by_factors(trained(config, rows).factors()))


def _theirs(config: Config, penalty: float, ratings: Ratings, fold: Split, task: Task) -> Ranked:
    targets, kept = targets_of(ratings.values[fold.train], ratings.scale, config.solver)
    rows = fold.train[kept]
    users, items = ratings.users[rows], ratings.items[rows]
    return task.ranked(ease(users, items, ratings.n_users, ratings.n_items, penalty, targets[kept]))


if __name__ == "__main__":
    main()
