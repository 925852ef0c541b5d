"""Ratings laid out in a grid of blocks, so that threads at work in different rows and columns of it share nothing.

Blocks on a diagonal have no user and no item in common (Gemulla et al. 2011). Users and items are numbered anew so
that a block's rows lie together in memory: otherwise threads would share cache lines, and two were slower than one.
"""

from dataclasses import dataclass, replace

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

_ROWS = 1 << 16
"""Users, or items, that a block may have, for two bytes to number them."""

RATING = np.dtype([("user", np.uint16), ("item", np.uint16), ("value", np.float32)])
"""A rating in its block: which of the block's users and items, and the rating less the mean. Small, since moving
ratings is most of the work of laying them out."""

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

    def addresses(self) -> NDArray[np.uint32]:
        """Block and row within it in one number, `block << 16 | row`, `[n]`: a small table, for it is looked up at
        random once a rating."""
        block, row = np.divmod(self.rows, self.rows_per_block)
        return (block << 16 | row).astype(np.uint32)


@dataclass(frozen=True, eq=False)
class Blocks:
    """The ratings, block after block; inside a block by groups of users, and mixed inside a group."""

    ratings: NDArray[np.void]
    """Each a `RATING`, `[n]`."""
    starts: NDArray[np.int64]
    """Where block (a, b) begins: at `starts[a * n_blocks + b]`; `[n_blocks² + 1]`."""


def blocks_a_side(n_users: int, n_items: int, n_factors: int) -> int:
    """How fine the grid is: it depends on the data alone, so the number of threads changes no result."""
    in_cache = np.clip(n_items * n_factors * 4 / _CACHE, 8, 64)
    return int(2 ** np.ceil(np.log2(max(in_cache, n_users / _ROWS, n_items / _ROWS))))


def writable(rows: TrainingRows) -> TrainingRows:
    """The same rows in arrays that may be written to: others, as a cached data set's, are another type to the compiler,
    and would be compiled for anew."""
    arrays = {name: np.require(getattr(rows, name), requirements=["C", "W"]) for name in ("users", "items", "values")}
    return replace(rows, **arrays)


def deal(positions: NDArray[np.int32], n: int, n_blocks: int) -> Side:
    """Deal users or items out to blocks of about equal weight: the most active first, forth and back."""
    counts: NDArray[np.int64] = _count(positions, n)
    order = np.argsort(-counts, kind="stable")
    turn, place = np.divmod(np.arange(n), n_blocks)
    block = np.where(turn % 2, n_blocks - 1 - place, place)
    rows_per_block = -(-max(n, 1) // (n_blocks * _LINE)) * _LINE
    rows = np.empty(n, np.int64)
    rows[order] = block * rows_per_block + turn
    return Side(rows, rows_per_block, counts)


@compiled()
def _count(positions, n):  # type: ignore[no-untyped-def]
    """How often each position occurs, `[n]`; `bincount` would make a copy twice as large, and let no thread work."""
    counts = np.zeros(n, np.int64)
    for position in positions:
        counts[position] += 1
    return counts


def arrange(rows: TrainingRows, users: Side, items: Side, n_blocks: int, mean: float, seed: int) -> Blocks:
    """Put the ratings in their blocks by a counting sort, then each block's in groups by another, and mix these.

    Two sorts rather than one, because the places that either writes to at a time are few enough for the caches.
    """
    addresses = users.addresses(), items.addresses()
    places = _places(rows.users, rows.items, *addresses, n_blocks)
    starts = np.append(places[0], len(rows))
    ratings = np.empty(len(rows), RATING)
    _place(rows.users, rows.items, rows.values, *addresses, n_blocks, places, mean, ratings)
    _group(ratings, ratings.view(np.uint64), starts, users.rows_per_block // _GROUP, np.uint64(seed))
    return Blocks(ratings, starts)


@compiled(parallel=True)
def _places(users, items, user_addresses, item_addresses, n_blocks):  # type: ignore[no-untyped-def]
    """Where each chunk's first rating of each block goes, `[_CHUNKS, n_blocks²]`."""
    places = np.zeros((_CHUNKS, n_blocks * n_blocks), np.int64)
    n = len(users)
    for chunk in prange(_CHUNKS):
        counts = np.zeros(n_blocks * n_blocks, np.int64)
        for j in range(chunk * n // _CHUNKS, (chunk + 1) * n // _CHUNKS):
            user, item = user_addresses[users[j]], item_addresses[items[j]]
            counts[(user >> 16) * n_blocks + (item >> 16)] += 1
        places[chunk] = counts
    start = 0
    for block in range(n_blocks * n_blocks):
        for chunk in range(_CHUNKS):
            count = places[chunk, block]
            places[chunk, block] = start
            start += count
    return places


@compiled(parallel=True)
def _place(users, items, values, user_addresses, item_addresses, n_blocks, places, mean, placed):  # type: ignore[no-untyped-def]
    """Copy every rating to its block, in the order of the rows."""
    n = len(users)
    for chunk in prange(_CHUNKS):
        following = places[chunk].copy()
        for j in range(chunk * n // _CHUNKS, (chunk + 1) * n // _CHUNKS):
            user, item = user_addresses[users[j]], item_addresses[items[j]]
            block = (user >> 16) * n_blocks + (item >> 16)
            place = following[block]
            following[block] = place + 1
            placed[place].user = user & 0xFFFF
            placed[place].item = item & 0xFFFF
            placed[place].value = values[j] - mean


@compiled(parallel=True)
def _group(ratings, words, starts, n_groups, seed):  # type: ignore[no-untyped-def]
    """Sort each block's ratings by group of users, and mix each group's; `words` are the ratings, to be moved whole."""
    for block in prange(len(starts) - 1):
        first, end = starts[block], starts[block + 1]
        unsorted = words[first:end].copy()
        groups = np.empty(end - first, np.uint16)
        following = np.zeros(n_groups + 1, np.int64)
        for j in range(end - first):
            groups[j] = ratings[first + j].user // _GROUP
            following[groups[j] + 1] += 1
        following[0] = first
        for group in range(n_groups):
            following[group + 1] += following[group]
        for j in range(end - first):
            place = following[groups[j]]
            following[groups[j]] = place + 1
            words[place] = unsorted[j]
        # Now each group's place is where the next one's begins.
        begin = first
        for group in range(n_groups):
            _mix(words, begin, following[group], seed)
            begin = following[group]


@compiled()
def _mix(words, first, end, seed):  # type: ignore[no-untyped-def]
    """Shuffle ratings (Fisher and Yates) by random numbers that depend on the seed and the place."""
    for j in range(end - 1, first, -1):
        # splitmix64 (Steele et al. 2014) of the place.
        bits = seed + np.uint64(j) * np.uint64(0x9E3779B97F4A7C15)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        bits = (bits ^ (bits >> np.uint64(31))) >> np.uint64(32)
        other = first + np.int64((bits * np.uint64(j - first + 1)) >> np.uint64(32))
        words[j], words[other] = words[other], words[j]
