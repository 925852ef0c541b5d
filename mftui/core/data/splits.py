"""Which rows are for training, for validation and for the test."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Split:
    """Row positions of a `Ratings`; no row is in two parts."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    """Taken from the training rows, never from the test rows; empty where none is asked for."""
    test: NDArray[np.int64]
    description: str
    """In words, for protocols: "random: 20% of the rows, seed 42"."""
