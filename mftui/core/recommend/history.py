"""What a user of the data rated, and how well the model reproduces it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mftui.core.model.factors import Factors, FloatArray, IntArray

Part = Literal["training", "validation", "test"]
Figure = Literal["RMSE", "mean rank"]
PARTS: tuple[Part, ...] = ("training", "validation", "test")
"""Rows that the model learnt from, those that chose its epoch, and those that it never met."""


@dataclass(frozen=True)
class Reproduction:
    """How well the model reproduces one part of a user's ratings."""

    part: Part
    figure: Figure
    """Of a model that only ranks, the expected percentile rank (Hu et al. 2008, eq. 8, every rating counting as one):
    the share of trained items that it ranks above those rated, on average; .5 is what chance gives.
    """
    value: float
    n: int
    """Ratings."""


def in_words(reproduced: Sequence[Reproduction]) -> str:
    """As in "RMSE 0.61 training (28), 0.93 test (8)", with how many ratings in brackets."""
    if not reproduced:
        return ""
    ranks = reproduced[0].figure == "mean rank"
    figures = [f"{f'{one.value:.1%}' if ranks else f'{one.value:.2f}'} {one.part} ({one.n:,})" for one in reproduced]
    return f"{'mean rank: top' if ranks else 'RMSE'} {', '.join(figures)}"


@dataclass(frozen=True, eq=False)
class History:
    """What a user of the data rated, and what the model makes of it."""

    items: IntArray
    """Positions, `[n]`, in the file's order."""
    values: FloatArray
    """Their ratings, `[n]`."""
    predicted: FloatArray
    """The model's, on the scale; scores where it is of that kind, `[n]`."""
    parts: NDArray[np.int8]
    """Which of the run's rows each is one of, as a place in `PARTS`, `[n]`."""
    reproduced: tuple[Reproduction, ...]
    """Of each part that has a rating."""

    @property
    def is_test(self) -> NDArray[np.bool_]:
        """Whether the rating is one of the run's test rows, `[n]`."""
        test: NDArray[np.bool_] = self.parts == PARTS.index("test")
        return test


def history_of(factors: Factors, user: int, items: IntArray, values: FloatArray, parts: NDArray[np.int8]) -> History:
    """Of a user at this position, by their rows."""
    predicted = factors.predict(np.full(len(items), user, np.int64), items)
    figure: Figure = "mean rank" if factors.kind == "score" else "RMSE"
    off = (predicted.astype(np.float64) - values) ** 2 if figure == "RMSE" else _percentiles(factors, user, predicted)
    reproduced = []
    for place, part in enumerate(PARTS):
        if n := int((parts == place).sum()):
            mean = float(off[parts == place].mean())
            reproduced.append(Reproduction(part, figure, mean**0.5 if figure == "RMSE" else mean, n))
    return History(items, values, predicted, parts, tuple(reproduced))


def _percentiles(factors: Factors, user: int, scores: FloatArray) -> NDArray[np.float64]:
    """The share of trained items that score higher than each of these, `[n]`."""
    everything = np.sort(factors.scores(np.array([user]))[0][factors.item_counts > 0])
    above = len(everything) - np.searchsorted(everything, scores, side="right")
    shares: NDArray[np.float64] = above / max(len(everything), 1)
    return shares
