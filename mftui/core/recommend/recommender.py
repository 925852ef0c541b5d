"""A run's model with the ratings that it learnt from: what it would show you, or a user of the data."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from mftui.core.model.factors import Factors, FloatArray, IntArray
from mftui.core.model.posterior import Person, Posterior
from mftui.core.recommend.fold_in import FoldIn, NewUser
from mftui.core.recommend.history import PARTS, History, history_of
from mftui.core.recommend.ranked import Choice, Recommendation, chosen, for_stranger, for_user, plainly
from mftui.core.recommend.wishes import CAUTIOUS, MEAN, Wishes
from mftui.core.threads import one_thread

if TYPE_CHECKING:
    from mftui.core.data.ratings import Ratings
    from mftui.core.runs.directory import Run
    from mftui.core.runs.options import Options

_SCORES = 1 << 22
"""Scores that are held at once: 16 MB."""


@dataclass(frozen=True, eq=False)
class Recommender:
    """Read once, asked often: each answer takes milliseconds."""

    factors: Factors
    posterior: Posterior | None
    """Where the model has one."""
    options: "Options"
    """Of the solver that made the model."""
    ratings: "Ratings"
    parts: NDArray[np.int8]
    """Which of the run's rows each rating is one of, as a place in `PARTS`, `[n]`."""

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
        split = split_of(config, ratings)
        parts = np.zeros(len(ratings), np.int8)
        parts[split.validation] = PARTS.index("validation")
        parts[split.test] = PARTS.index("test")
        return cls(factors, posterior, config.solver, ratings, parts)

    def choice(self, wishes: Wishes, n: int) -> Choice:
        """How to choose n items by these wishes; the same serves for any number of people."""
        allowed = wishes.checked().allowed(self.ratings, self.factors.item_counts)
        return Choice(n, allowed, wishes.diversity, wishes.order == CAUTIOUS)

    def order(self, wishes: Wishes) -> str:
        """What lists are ordered by (see `wishes.ORDERS`): cautiously only where the model knows how sure it is."""
        return wishes.order if self.posterior is not None else MEAN

    def for_you(
        self, given: Mapping[int, float], choice: Choice, disliked: Collection[int] = ()
    ) -> list[Recommendation]:
        """What to show somebody by ratings of their own.

        Args:
            given: ratings on the data's own scale, by item position.
            choice: what may be shown (see `choice`).
            disliked: positions of other items that they dislike, where the data has no scale to say so (see
                `FoldIn.person`); they are not shown either.
        """
        items, values = np.array(list(given), np.int64), np.array(list(given.values()), np.float32)
        no = np.array(list(disliked), np.int64)
        with one_thread():
            person = self._folded_in(items, values, disliked=no)
            return for_stranger(person, self.factors, choice.without(np.concatenate([items, no])))

    def for_user(self, user: int, choice: Choice) -> list[Recommendation]:
        """What to show a user of the data next: nothing that they rated in a row which is not for the test.

        With reasons and deviations by the rows that the model learnt from.

        Args:
            user: their position.
            choice: what may be shown (see `choice`).

        Raises:
            UnknownItem: the model was never trained on the user.
        """
        with one_thread():
            return for_user(self.factors, user, choice.without(self._seen(user)), self._learnt_of(user))

    def for_users(self, users: IntArray, choice: Choice) -> Iterator[list[Recommendation]]:
        """What `for_user` shows each of these trained users, many at a time and without reasons: much sooner.

        A cautious choice takes a model that knows how sure it is some milliseconds for each of them.

        Args:
            users: their positions, `[n]`.
            choice: what may be shown (see `choice`).
        """
        factors, size = self.factors, max(1, _SCORES // self.factors.n_items)
        is_cautious = self.posterior is not None and choice.is_cautious
        for start in range(0, len(users), size):
            some = users[start : start + size]
            for user, scores in zip(some.tolist(), factors.scores(some), strict=True):
                with one_thread() if is_cautious else nullcontext():
                    person = self._learnt_of(user) if is_cautious else None
                    best = chosen(scores, factors, choice.without(self._seen(user)), person)
                yield plainly(best, scores, factors)

    def history(self, user: int) -> History:
        """What a user of the data rated, beside what the model predicts of it."""
        rows = self._rows(user)
        items = self.ratings.items[rows].astype(np.int64)
        return history_of(self.factors, user, items, self.ratings.values[rows], self.parts[rows])

    def _learnt_of(self, user: int) -> NewUser | Person | None:
        """A user of the data, folded in by the rows that the model learnt from; None where there are none."""
        rows = self._rows(user)
        learnt = rows[self.parts[rows] == PARTS.index("training")]
        return self._folded_in(self.ratings.items[learnt], self.ratings.values[learnt], user) if len(learnt) else None

    def _folded_in(
        self, items: IntArray, values: FloatArray, user: int | None = None, disliked: IntArray | None = None
    ) -> NewUser | Person:
        """Somebody by their ratings; `user` is their position, where they are one of the data's."""
        if self.posterior is None:
            return self._fold_in.person(items, values, disliked)
        trained = self.factors.item_counts[items] > 0
        return self.posterior.fold_in(items[trained], values[trained], user)

    def _seen(self, user: int) -> IntArray:
        """What is not shown to a user again: the items of their rows that are not for the test."""
        rows = self._rows(user)
        seen: IntArray = self.ratings.items[rows[self.parts[rows] != PARTS.index("test")]]
        return seen

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
