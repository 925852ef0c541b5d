"""numba, with its compiled code kept in mftui's cache: imported only by the solvers that need it."""

import os
from collections.abc import Callable
from typing import Any

from mftui.core.training.solvers import code_cache

# The package itself may be installed where nothing can be written. numba reads this when it is imported…
os.environ.setdefault("NUMBA_CACHE_DIR", str(code_cache.folder()))

import numba
import torch
from numba import prange

# …and may have been by somebody else, before.
numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]  # type: ignore[attr-defined]

__all__ = ["compiled", "prange", "use_threads"]

_FLOATS = {"reassoc", "contract", "nsz", "arcp"}
"""Sums may be reordered, which vectorizing needs; NaN and infinity keep their meaning, so that divergence shows."""


def compiled(*, parallel: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function on its first call, once for this machine."""
    return numba.njit(cache=True, nogil=True, fastmath=_FLOATS, parallel=parallel)


def use_threads() -> None:
    """As many threads for compiled loops as torch was told to use."""
    told = torch.get_num_threads()
    numba.set_num_threads(min(told, numba.config.NUMBA_NUM_THREADS))  # type: ignore[attr-defined]
    if torch.get_num_threads() != told:  # numba's first call sets OpenMP's own number, which is torch's as well
        torch.set_num_threads(told)
