"""numba, with its compiled code kept in mftui's cache: imported only by the solvers that need it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mftui.core.paths import cache_dir

# The package itself may be installed where nothing can be written. numba reads this when it is imported…
os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_dir() / "numba"))

import numba
import torch
from numba import prange

# …and may have been by somebody else, before.
numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]  # type: ignore[attr-defined]

__all__ = ["compiled", "must_compile", "prange", "use_threads"]

_FLOATS = {"reassoc", "contract", "nsz", "arcp"}
"""Sums may be reordered, which vectorizing needs; NaN and infinity keep their meaning, so that divergence shows."""


def compiled(*, parallel: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function on its first call, once for this machine."""
    return numba.njit(cache=True, nogil=True, fastmath=_FLOATS, parallel=parallel)


def must_compile(function: Callable[..., Any]) -> bool:
    """Whether the first call of a compiled function will take the seconds that compiling takes: nothing is kept of it,
    or only what an older version of its module left."""
    source = Path(function.__code__.co_filename)
    kept = Path(os.environ["NUMBA_CACHE_DIR"]).rglob(f"{source.stem}.{function.__name__}-*.nbi")
    return not any(index.stat().st_mtime >= source.stat().st_mtime for index in kept)


def use_threads() -> None:
    """As many threads for compiled loops as torch was told to use."""
    told = torch.get_num_threads()
    numba.set_num_threads(min(told, numba.config.NUMBA_NUM_THREADS))  # type: ignore[attr-defined]
    if torch.get_num_threads() != told:  # numba's first call sets OpenMP's own number, which is torch's as well
        torch.set_num_threads(told)
