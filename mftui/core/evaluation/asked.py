"""What one may ask of an evaluation otherwise: lists of other lengths, another bar for liking, other test rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from mftui.core.data.ratings import Scale
from mftui.core.data.splits import Split
from mftui.core.errors import DataError, SettingError
from mftui.core.evaluation.words import MAIN_LENGTH

CUTOFFS = (5, 10, 20, 50)
"""The lengths at which lists are judged unless others are asked for."""

LONGEST = 200


@dataclass(frozen=True)
class Asked:
    """How to judge the ranking."""

    cutoffs: tuple[int, ...] = CUTOFFS
    """The lengths at which lists are judged, the shortest first."""
    liked_from: float | None = None
    """The lowest rating that counts as liked; None for three quarters up the scale."""

    @classmethod
    def of(cls, lengths: Sequence[int] = (), liked_from: float | None = None) -> Self:
        """These lengths, and ten; the usual ones where none is given.

        Raises:
            SettingError: a length is below 1 or above 200.
        """
        if any(not 1 <= k <= LONGEST for k in lengths):
            message = f"Lists can't be judged at these lengths: {', '.join(map(str, lengths))}."
            raise SettingError("k", message, f"Choose from 1 to {LONGEST}.")
        return cls(tuple(sorted({*lengths, MAIN_LENGTH})) if lengths else CUTOFFS, liked_from)

    def bar(self, scale: Scale) -> float:
        """The lowest rating that counts as liked.

        Raises:
            SettingError: it is not on the scale.
        """
        if self.liked_from is None:
            return scale.lowest + 0.75 * (scale.highest - scale.lowest)
        if not scale.lowest <= self.liked_from <= scale.highest:
            ends = f"they go from {scale.lowest:g} to {scale.highest:g}"
            those = ends if scale.lowest < scale.highest else f"all of them are {scale.highest:g}"
            raise SettingError("liked", f"No rating is {self.liked_from:g}: {those}.", "Choose one that there is.")
        return self.liked_from


def unseen(asked: Split, own: Split) -> Split:
    """The test rows of another split that a model never saw, beside the rows that it did learn from.

    A row that it trained on, or that chose its epoch, would flatter it; so what is left are test rows of both splits.

    Args:
        asked: the split whose test rows are asked for.
        own: the split that the model was trained under, of the same ratings.

    Raises:
        DataError: it saw all of them.
    """
    rows = np.setdiff1d(asked.test, np.concatenate([own.train, own.validation]))
    if not len(rows):
        raise DataError(
            f"The model has seen all {len(asked.test):,} test rows of this split ({asked.description}), so they can't "
            "tell how good it is.",
            "Train a run with this split instead.",
        )
    return replace(
        own,
        test=rows,
        description=f"{asked.description}; of these {len(asked.test):,} rows the {len(rows):,} that the model never "
        f"saw (it was trained under {own.description})",
    )
