"""What a run watches on rows that it doesn't train on: a loss, and a ranking metric where one chooses the model."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split
from mftui.core.errors import DataError
from mftui.core.evaluation.ranked import task_of
from mftui.core.evaluation.rankers import by_factors
from mftui.core.evaluation.ranking import rank
from mftui.core.runs.config import LOSS, Config
from mftui.core.training.loop import HeldOut
from mftui.core.training.solvers.base import Solver

_MOST_USERS = 2000
"""Validation users whose lists are judged after each epoch: enough for a steady mean, few enough for a short wait."""

_Pairs = tuple[NDArray[np.int32], NDArray[np.int32]]


@dataclass(frozen=True, eq=False)
class RankingMetric:
    """A ranking metric of some users' validation rows; all items but those in their training rows are ranked."""

    name: str
    """`ndcg@10`…"""
    n_items: int
    seen: _Pairs
    """Users and items of the training rows, `[n]` each."""
    liked: _Pairs
    """Users and items of the validation rows that a good ranking puts first, `[n]` each."""

    def value(self, solver: Solver) -> float:
        """The metric's mean over the users, from 0 to 1; the higher the better."""
        cutoff = int(self.name.partition("@")[2])
        ranked = rank(by_factors(solver.factors()), self.n_items, self.seen, self.liked, (cutoff,))
        return float(ranked.figures[self.name].mean())


def ranking_metric(config: Config, ratings: Ratings, split: Split) -> RankingMetric | None:
    """The ranking metric that a run watches, or None where it watches the loss.

    Of more than 2,000 users with liked validation rows it takes 2,000, drawn with the split's seed.

    Raises:
        DataError: no validation row is liked.
    """
    if config.watch == LOSS:
        return None
    task = task_of(ratings, replace(split, validation=split.validation[:0], test=split.validation))
    if not len(task.liked):
        raise DataError(
            f"{config.watch} can't be watched: no validation row is rated {task.bar:g} or more.",
            f"Set watch={LOSS}, or a larger validation share.",
        )
    users = np.unique(ratings.users[task.liked])
    if len(users) > _MOST_USERS:
        users = np.random.default_rng(config.split_seed).choice(users, _MOST_USERS, replace=False)
    seen, liked = (rows[np.isin(ratings.users[rows], users)] for rows in (task.seen, task.liked))
    return RankingMetric(
        config.watch, ratings.n_items, *((ratings.users[rows], ratings.items[rows]) for rows in (seen, liked))
    )


def held_out_rows(config: Config, ratings: Ratings, split: Split, solver: Solver) -> HeldOut | None:
    """The rows whose loss is followed: of those held out, the ones whose user and item are trained on."""
    kind = config.held_out
    rows = {"validation": split.validation, "test": split.test}.get(kind)
    if rows is None or not solver.predicts_ratings:
        return None
    known = np.isin(ratings.users[rows], ratings.users[split.train])
    known &= np.isin(ratings.items[rows], ratings.items[split.train])
    rows = rows[known]
    return HeldOut(kind, ratings.users[rows], ratings.items[rows], ratings.values[rows]) if len(rows) else None
