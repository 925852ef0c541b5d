"""Ratings laid out in a grid of blocks, so that threads at work in different rows and columns of it share nothing.

Blocks on a diagonal have no user and no item in common (Gemulla et al. 2011). Users and items are numbered anew so
that a block's rows lie together in memory: otherwise threads would share cache lines, and two were slower than one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftui.core.training.solvers.base import TrainingRows
from mftui.core.training.solvers.compiled import compiled, prange

_GROUP = 8
"""Users whose ratings are mixed: few, so that their rows stay in the first cache; several, so that one rating's
update need not wait for the last one's (with one user at a time it is a quarter slower)."""

_CACHE = 1 << 20
"""Bytes of item factors that a block may touch: what a core's second cache holds."""

_LINE = 16
"""Floats in a cache line."""

_CHUNKS = 8
"""Parts of the rows that are sorted side by side; the order they end in doesn't depend on it."""


@dataclass(frozen=True, eq=False)
class Side:
    """Where users, or items, lie once they are dealt out to blocks."""

    rows: NDArray[np.int64]
    """Of each user or item, `[n]`."""
    rows_per_block: int
    counts: NDArray[np.int64]
    """Ratings of each user or item, `[n]`."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """The ratings, block after block; inside a block by groups of users, and mixed inside a group."""

    users: NDArray[np.uint32]
    """Rows of the user side, `[n]`."""
    items: NDArray[np.uint32]
    """Rows of the item side, `[n]`."""
    values: NDArray[np.float32]
    """Ratings less their mean, `[n]`."""
    starts: NDArray[np.int64]
    """Where block (a, b) begins: at `starts[a * n_blocks + b]`; `[n_blocks² + 1]`."""
    n_blocks: int
    """Blocks along each side of the grid."""


def blocks_a_side(n_items: int, n_factors: int) -> int:
    """How fine the grid is: it depends on the data alone, so the number of threads changes no result."""
    needed = n_items * n_factors * 4 / _CACHE
    return int(2 ** np.clip(np.ceil(np.log2(max(needed, 1))), 3, 6))


def deal(positions: NDArray[np.int32], n: int, n_blocks: int) -> Side:
    """Deal users or items out to blocks of about equal weight: the most active first, forth and back."""
    counts = np.bincount(positions, minlength=n)
    order = np.argsort(-counts, kind="stable")
    turn, place = np.divmod(np.arange(n), n_blocks)
    block = np.where(turn % 2, n_blocks - 1 - place, place)
    rows_per_block = -(-max(n, 1) // (n_blocks * _LINE)) * _LINE
    rows = np.empty(n, np.int64)
    rows[order] = block * rows_per_block + turn
    return Side(rows, rows_per_block, counts)


def arrange(rows: TrainingRows, users: Side, items: Side, n_blocks: int, mean: float, seed: int) -> Blocks:
    """Put the ratings in their blocks by one counting sort, then mix each group's."""
    groups = users.rows_per_block // _GROUP
    block, within = np.divmod(users.rows, users.rows_per_block)
    user_cells = block * n_blocks * groups + within // _GROUP
    item_cells = items.rows // items.rows_per_block * groups
    n_cells = n_blocks * n_blocks * groups
    # Arrays that may not be written to, as a cached data set's, are another type to the compiler.
    positions = [np.require(array, requirements=["C", "W"]) for array in (rows.users, rows.items)]
    values = np.require(rows.values, requirements=["C", "W"])
    places = _places(*positions, user_cells, item_cells, n_cells)
    starts = np.append(places[0], len(rows))
    laid_users, laid_items, laid_values = _place(
        *positions, values, user_cells, item_cells, users.rows, items.rows, places, mean
    )
    _mix(laid_users, laid_items, laid_values, starts, np.uint64(seed))
    return Blocks(laid_users, laid_items, laid_values, starts[::groups].copy(), n_blocks)


@compiled(parallel=True)
def _places(users, items, user_cells, item_cells, n_cells):  # type: ignore[no-untyped-def]
    """Where each chunk's first rating of each cell goes, `[_CHUNKS, n_cells]`."""
    places = np.zeros((_CHUNKS, n_cells), np.int64)
    n = len(users)
    for chunk in prange(_CHUNKS):
        for j in range(chunk * n // _CHUNKS, (chunk + 1) * n // _CHUNKS):
            places[chunk, user_cells[users[j]] + item_cells[items[j]]] += 1
    start = 0
    for cell in range(n_cells):
        for chunk in range(_CHUNKS):
            count = places[chunk, cell]
            places[chunk, cell] = start
            start += count
    return places


@compiled(parallel=True)
def _place(users, items, values, user_cells, item_cells, user_rows, item_rows, places, mean):  # type: ignore[no-untyped-def]
    """Copy every rating to its cell, in the order of the rows."""
    n = len(users)
    placed_users, placed_items = np.empty(n, np.uint32), np.empty(n, np.uint32)
    placed_values = np.empty(n, np.float32)
    for chunk in prange(_CHUNKS):
        following = places[chunk].copy()
        for j in range(chunk * n // _CHUNKS, (chunk + 1) * n // _CHUNKS):
            user, item = users[j], items[j]
            cell = user_cells[user] + item_cells[item]
            place = following[cell]
            following[cell] = place + 1
            placed_users[place] = user_rows[user]
            placed_items[place] = item_rows[item]
            placed_values[place] = values[j] - mean
    return placed_users, placed_items, placed_values


@compiled(parallel=True)
def _mix(users, items, values, starts, seed):  # type: ignore[no-untyped-def]
    """Shuffle the ratings of each cell (Fisher and Yates) by random numbers that depend on the seed and the place."""
    for cell in prange(len(starts) - 1):
        first = starts[cell]
        for j in range(starts[cell + 1] - 1, first, -1):
            # splitmix64 (Steele et al. 2014) of the place.
            bits = seed + np.uint64(j) * np.uint64(0x9E3779B97F4A7C15)
            bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            bits = (bits ^ (bits >> np.uint64(31))) >> np.uint64(32)
            other = first + np.int64((bits * np.uint64(j - first + 1)) >> np.uint64(32))
            users[j], users[other] = users[other], users[j]
            items[j], items[other] = items[other], items[j]
            values[j], values[other] = values[other], values[j]
