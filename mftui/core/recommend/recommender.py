"""A run's model with the ratings that it learnt from: what it would show you, or a user of the data."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from mftui.core.model.factors import Factors, FloatArray, IntArray
from mftui.core.model.posterior import Posterior
from mftui.core.recommend.fold_in import FoldIn
from mftui.core.recommend.ranked import Choice, Recommendation, for_new_user, for_person, for_user
from mftui.core.recommend.wishes import Wishes

if TYPE_CHECKING:
    from mftui.core.data.ratings import Ratings
    from mftui.core.runs.directory import Run
    from mftui.core.runs.options import Options


@dataclass(frozen=True, eq=False)
class History:
    """What a user of the data rated, and what the model makes of it."""

    items: IntArray
    """Positions, `[n]`, in the file's order."""
    values: FloatArray
    """Their ratings, `[n]`."""
    predicted: FloatArray
    """The model's, on the scale; scores where it is of that kind, `[n]`."""
    is_test: NDArray[np.bool_]
    """Whether the rating is one of the run's test rows, `[n]`."""


@dataclass(frozen=True, eq=False)
class Recommender:
    """Read once, asked often: each answer takes milliseconds."""

    factors: Factors
    posterior: Posterior | None
    """Where the model has one."""
    options: "Options"
    """Of the solver that made the model."""
    ratings: "Ratings"
    is_test: NDArray[np.bool_]
    """Whether each rating is one of the run's test rows, `[n]`."""

    @classmethod
    def of(cls, run: "Run", progress: Callable[[str, float | None], None] | None = None) -> Self:
        """The recommender of a run.

        Raises:
            MftuiError: its model or its ratings are missing, damaged, or don't fit one another.
        """
        from mftui.core.runs.rows import model_and_ratings, split_of

        config = run.record().config
        factors, ratings = model_and_ratings(run, progress)
        posterior = Posterior.load(run.posterior) if run.posterior.exists() else None
        is_test = np.zeros(len(ratings), bool)
        is_test[split_of(config, ratings).test] = True
        return cls(factors, posterior, config.solver, ratings, is_test)

    def choice(self, wishes: Wishes, n: int) -> Choice:
        """How to choose n items by these wishes; the same serves for any number of people."""
        return Choice(n, wishes.checked().allowed(self.ratings, self.factors.item_counts), wishes.diversity)

    def for_you(
        self, given: Mapping[int, float], choice: Choice, exclude: Collection[int] = ()
    ) -> list[Recommendation]:
        """What to show somebody by ratings of their own.

        Args:
            given: ratings on the data's own scale, by item position.
            choice: what may be shown (see `choice`).
            exclude: positions not to show.
        """
        items, values = np.array(list(given), np.int64), np.array(list(given.values()), np.float32)
        choice = choice.without(np.array([*items, *exclude], np.int64))
        trained = self.factors.item_counts[items] > 0
        if self.posterior is not None:
            return for_person(self.posterior.fold_in(items[trained], values[trained]), self.factors, choice)
        return for_new_user(self._fold_in.person(items, values), choice)

    def for_user(self, user: int, choice: Choice, by_mean: bool = False) -> list[Recommendation]:
        """What to show a user of the data next: nothing that they rated in a row which is not for the test.

        Args:
            user: their position.
            choice: what may be shown (see `choice`).
            by_mean: ask the mean factors also where there are samples: a hundred times as fast, no deviations.

        Raises:
            UnknownItem: the model was never trained on the user.
        """
        rows = self._rows(user)
        known = rows[~self.is_test[rows]]
        items, values = self.ratings.items[known], self.ratings.values[known]
        choice = choice.without(items)
        if self.posterior is None or by_mean or not len(known):
            return for_user(self.factors, user, choice)
        trained = self.factors.item_counts[items] > 0
        return for_person(self.posterior.fold_in(items[trained], values[trained], user), self.factors, choice)

    def history(self, user: int) -> History:
        """What a user of the data rated, beside what the model predicts of it."""
        rows = self._rows(user)
        items = self.ratings.items[rows].astype(np.int64)
        predicted = self.factors.predict(np.full(len(rows), user, np.int64), items)
        return History(items, self.ratings.values[rows], predicted, self.is_test[rows])

    def _rows(self, user: int) -> IntArray:
        """Their rows, in the file's order."""
        order, ends = self._by_user
        rows: IntArray = order[ends[user] : ends[user + 1]]
        return rows

    @cached_property
    def _fold_in(self) -> FoldIn:
        return FoldIn.of(self.factors, self.options)

    @cached_property
    def _by_user(self) -> tuple[IntArray, IntArray]:
        """All rows, user by user, and where each user's begin, `[n_users+1]`."""
        counts = np.bincount(self.ratings.users, minlength=self.ratings.n_users)
        return np.argsort(self.ratings.users, kind="stable"), np.concatenate([[0], np.cumsum(counts)])
