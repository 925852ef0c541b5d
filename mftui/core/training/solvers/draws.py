"""One scheme of randomness for every solver: a draw is named by what it is for, never by when it is made.

A whole side's noise is drawn at once, on the host, and indexed by row, so the size of chunks, the number of threads
and the device change nothing beyond rounding.
"""

from enum import IntEnum

import numpy as np
import torch
from torch import Tensor


class Of(IntEnum):
    """Whose draw it is."""

    USERS = 0
    ITEMS = 1
    RATINGS = 2


class For(IntEnum):
    """What the draw is for."""

    START = 0
    ROWS = 1
    PRIOR = 2
    NOISE = 3
    LINK = 4
    """And one more for every further link."""


def generator(seed: int, sweep: int, of: Of, purpose: int) -> np.random.Generator:
    """The generator of one draw, the same wherever and whenever it is asked for."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, sweep, of, purpose])))


def normal(random: np.random.Generator, shape: tuple[int, ...], device: torch.device) -> Tensor:
    """Standard normal draws on a device, float32."""
    return torch.from_numpy(random.standard_normal(shape, np.float32)).to(device)
