"""Ranking 100,000 users x 60,000 movies at k=64, beside the bare matrix product of the same batches.

`python -m tests.benchmarks ranking`. Both are timed by turns in one process, so that what else the machine does slows
both; the whole is ranked once, for its memory.
"""

import time
from collections.abc import Callable

import numpy as np

from mftui.core.data.ratings import Scale
from mftui.core.evaluation.rankers import by_factors
from mftui.core.evaluation.ranking import rank
from mftui.core.model import Factors
from tests.benchmarks.peers.protocol import peak_mib

N_USERS, N_ITEMS, K = 100_000, 60_000, 64
_SOME, _TURNS = 6_000, 9
"""Users of a turn."""
_BATCH = 1000
_SEEN, _LIKED = 100, 10
"""Rows of a user."""


def main() -> None:
    """Print the share of the bare product's speed, turn by turn, then the whole with its peak of memory."""
    rng = np.random.default_rng(0)
    factors = _factors(rng)
    rank_users = _ranking(factors, rng)
    product = _product(factors)
    product(_BATCH), rank_users(_BATCH)
    shares = []
    for turn in range(1, _TURNS + 1):
        bare, ranked = _seconds(product, _SOME), _seconds(rank_users, _SOME)
        shares.append([b / r for b, r in zip(bare, ranked, strict=True)])
        print(
            f"turn {turn}: product {bare[0]:.2f} s, ranking {ranked[0]:.2f} s: {shares[-1][0]:.2f} of its speed "
            f"({shares[-1][1]:.2f} by processor time)",
            flush=True,
        )
    wall, processor = np.median(shares, axis=0)
    print(f"median: {wall:.2f} of the bare product's speed, {processor:.2f} by processor time", flush=True)
    before = peak_mib()
    wall, _ = _seconds(rank_users, N_USERS)
    print(
        f"{N_USERS:,} users x {N_ITEMS:,} movies, k={K}: {wall:.1f} s, {N_USERS / wall:,.0f} users a second, process "
        f"peak {peak_mib() / 1024:.2f} GiB ({before / 1024:.2f} before)",
        flush=True,
    )


def _factors(rng: np.random.Generator) -> Factors:
    return Factors(
        mean=3.5,
        user_bias=rng.normal(size=N_USERS).astype(np.float32),
        item_bias=rng.normal(size=N_ITEMS).astype(np.float32),
        user_factors=rng.normal(size=(N_USERS, K)).astype(np.float32),
        item_factors=rng.normal(size=(N_ITEMS, K)).astype(np.float32),
        user_counts=np.full(N_USERS, _SEEN, np.int32),
        item_counts=np.full(N_ITEMS, 1, np.int32),
        scale=Scale(0.5, 5.0, 0.5),
    )


def _ranking(factors: Factors, rng: np.random.Generator) -> Callable[[int], object]:
    """Rank for the first so many users."""
    score = by_factors(factors)
    users = np.arange(N_USERS, dtype=np.int32)
    seen = np.repeat(users, _SEEN), rng.integers(0, N_ITEMS, N_USERS * _SEEN, dtype=np.int32)
    items = rng.integers(0, N_ITEMS - _LIKED, N_USERS, dtype=np.int32)
    liked = np.repeat(users, _LIKED), (items[:, None] + np.arange(_LIKED, dtype=np.int32)).ravel()
    return lambda n: rank(
        score,
        N_ITEMS,
        (seen[0][: n * _SEEN], seen[1][: n * _SEEN]),
        (liked[0][: n * _LIKED], liked[1][: n * _LIKED]),
    )


def _product(factors: Factors) -> Callable[[int], object]:
    """The scores of the first so many users, a thousand at a time, on all cores, into one array again and again."""
    scores = np.empty((_BATCH, N_ITEMS), np.float32)

    def multiply(n: int) -> None:
        for start in range(0, n, _BATCH):
            np.matmul(factors.user_factors[start : start + _BATCH], factors.item_factors.T, out=scores)

    return multiply


def _seconds(do: Callable[[int], object], n: int) -> tuple[float, float]:
    """Of wall and of processor time."""
    wall, processor = time.perf_counter(), time.process_time()
    do(n)
    return time.perf_counter() - wall, time.process_time() - processor


if __name__ == "__main__":
    main()
