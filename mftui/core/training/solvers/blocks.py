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

_PART = 1 << 20
"""Positions counted at a time."""

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
    counts = _count(positions, n)
    order = np.argsort(-counts, kind="stable")
    turn, place = np.divmod(np.arange(n), n_blocks)
    block = np.where(turn % 2, n_blocks - 1 - place, place)
    rows_per_block = -(-max(n, 1) // (n_blocks * _LINE)) * _LINE
    rows = np.empty(n, np.int64)
    rows[order] = block * rows_per_block + turn
    return Side(rows, rows_per_block, counts)


def _count(positions: NDArray[np.int32], n: int) -> NDArray[np.int64]:
    """How often each position occurs, `[n]`; a part at a time, since `bincount` makes a copy twice as large."""
    counts = np.zeros(n, np.int64)
    for first in range(0, len(positions), _PART):
        counts += np.bincount(positions[first : first + _PART], minlength=n)
    return counts


def arrange(rows: TrainingRows, users: Side, items: Side, n_blocks: int, mean: float, seed: int) -> Blocks:
    """Put the ratings in their blocks by a counting sort, then each block's in groups by another, and mix these.

    Two sorts rather than one, because the places that either writes to at a time are few enough for the caches.
    """
    # Small numbers, for the tables they are looked up in to stay in the caches as well.
    user_rows, item_rows = users.rows.astype(np.uint32), items.rows.astype(np.uint32)
    user_blocks = (users.rows // users.rows_per_block * n_blocks).astype(np.uint16)
    item_blocks = (items.rows // items.rows_per_block).astype(np.uint16)
    # Arrays that may not be written to, as a cached data set's, are another type to the compiler.
    positions = [np.require(array, requirements=["C", "W"]) for array in (rows.users, rows.items)]
    values = np.require(rows.values, requirements=["C", "W"])
    places = _places(*positions, user_blocks, item_blocks, n_blocks * n_blocks)
    starts = np.append(places[0], len(rows))
    laid = _place(*positions, values, user_blocks, item_blocks, user_rows, item_rows, places, mean)
    laid_users, laid_items, laid_values = laid
    _group(laid_users, laid_items, laid_values, starts, n_blocks, users.rows_per_block, np.uint64(seed))
    return Blocks(laid_users, laid_items, laid_values, starts, n_blocks)


@compiled(parallel=True)
def _places(users, items, user_blocks, item_blocks, n_blocks):  # type: ignore[no-untyped-def]
    """Where each chunk's first rating of each block goes, `[_CHUNKS, n_blocks]`."""
    places = np.zeros((_CHUNKS, n_blocks), np.int64)
    n = len(users)
    for chunk in prange(_CHUNKS):
        counts = np.zeros(n_blocks, np.int64)
        for j in range(chunk * n // _CHUNKS, (chunk + 1) * n // _CHUNKS):
            counts[user_blocks[users[j]] + item_blocks[items[j]]] += 1
        places[chunk] = counts
    start = 0
    for block in range(n_blocks):
        for chunk in range(_CHUNKS):
            count = places[chunk, block]
            places[chunk, block] = start
            start += count
    return places


@compiled(parallel=True)
def _place(users, items, values, user_blocks, item_blocks, user_rows, item_rows, places, mean):  # type: ignore[no-untyped-def]
    """Copy every rating to its block, in the order of the rows."""
    n = len(users)
    placed_users, placed_items = np.empty(n, np.uint32), np.empty(n, np.uint32)
    placed_values = np.empty(n, np.float32)
    for chunk in prange(_CHUNKS):
        following = places[chunk].copy()
        for j in range(chunk * n // _CHUNKS, (chunk + 1) * n // _CHUNKS):
            user, item = users[j], items[j]
            block = user_blocks[user] + item_blocks[item]
            place = following[block]
            following[block] = place + 1
            placed_users[place] = user_rows[user]
            placed_items[place] = item_rows[item]
            placed_values[place] = values[j] - mean
    return placed_users, placed_items, placed_values


@compiled(parallel=True)
def _group(users, items, values, starts, n_blocks, rows_per_block, seed):  # type: ignore[no-untyped-def]
    """Sort each block's ratings by group of users, and mix each group's."""
    n_groups = rows_per_block // _GROUP
    for block in prange(len(starts) - 1):
        first, end = starts[block], starts[block + 1]
        block_users, block_items, block_values = (
            users[first:end].copy(),
            items[first:end].copy(),
            values[first:end].copy(),
        )
        groups = (block_users - np.uint32(block // n_blocks * rows_per_block)) // np.uint32(_GROUP)
        following = np.zeros(n_groups + 1, np.int64)
        for group in groups:
            following[group + 1] += 1
        following[0] = first
        for group in range(n_groups):
            following[group + 1] += following[group]
        for j in range(end - first):
            place = following[groups[j]]
            following[groups[j]] = place + 1
            users[place], items[place], values[place] = block_users[j], block_items[j], block_values[j]
        # Now each group's place is where the next one's begins.
        begin = first
        for group in range(n_groups):
            _mix(users, items, values, begin, following[group], seed)
            begin = following[group]


@compiled()
def _mix(users, items, values, first, end, seed):  # type: ignore[no-untyped-def]
    """Shuffle ratings (Fisher and Yates) by random numbers that depend on the seed and the place."""
    for j in range(end - 1, first, -1):
        # splitmix64 (Steele et al. 2014) of the place.
        bits = seed + np.uint64(j) * np.uint64(0x9E3779B97F4A7C15)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        bits = (bits ^ (bits >> np.uint64(31))) >> np.uint64(32)
        other = first + np.int64((bits * np.uint64(j - first + 1)) >> np.uint64(32))
        users[j], users[other] = users[other], users[j]
        items[j], items[other] = items[other], items[j]
        values[j], values[other] = values[other], values[j]
