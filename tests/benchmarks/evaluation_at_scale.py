"""The whole evaluation of a model at 100,000 users x 60,000 movies, k=64: its time, its memory, what it says meanwhile.

`python -m tests.benchmarks evaluation_at_scale`: twenty million synthetic ratings, a fifth of them tested on, errors
and rankings of the model and of all baselines, as `mftui evaluate RUN --again` makes them; then a comparison of two.
"""

import time

import numpy as np

from mftui.core.data import Progress
from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split, split
from mftui.core.data.synthetic import synthesize
from mftui.core.evaluation import evaluate
from mftui.core.evaluation.comparison import Candidate, compare
from mftui.core.model import Factors
from tests.benchmarks.inputs import clocks
from tests.benchmarks.peers.protocol import peak_mib

N_USERS, N_ITEMS, N_RATINGS, K = 100_000, 60_000, 20_000_000, 64
MOST = 4.0
"""GiB that the process may take."""


def main() -> None:
    """Print how long each part takes, and the most memory held."""
    ratings = synthesize(N_USERS, N_ITEMS, N_RATINGS)
    parts = split(ratings, "random")
    first, second = (_factors(ratings, parts, seed) for seed in range(2))
    print(f"{len(parts.test):,} test rows; {peak_mib() / 1024:.2f} GiB to make the ratings", flush=True)
    _clear_peak()
    began = clocks()
    evaluate(first, ratings, parts, "random factors", _told(), thorough=True)
    _say("evaluated", began)
    began = clocks()
    compare([Candidate(name, factors, parts, "") for name, factors in (("a", first), ("b", second))], ratings, _told())
    _say("two compared", began)


def _factors(ratings: Ratings, parts: Split, seed: int) -> Factors:
    rng = np.random.default_rng(seed)
    return Factors(
        mean=3.5,
        user_bias=np.zeros(N_USERS, np.float32),
        item_bias=rng.normal(size=N_ITEMS).astype(np.float32),
        user_factors=rng.normal(size=(N_USERS, K)).astype(np.float32) / K,
        item_factors=rng.normal(size=(N_ITEMS, K)).astype(np.float32),
        user_counts=np.bincount(ratings.users[parts.train], minlength=N_USERS).astype(np.int32),
        item_counts=np.bincount(ratings.items[parts.train], minlength=N_ITEMS).astype(np.int32),
        scale=ratings.scale,
    )


def _told() -> Progress:
    """Prints words that are new with the seconds since it began, and the longest silence between two of any."""
    last, began, spoke, longest = "", time.perf_counter(), time.perf_counter(), 0.0

    def tell(words: str, fraction: float | None) -> None:
        nonlocal last, spoke, longest
        longest, spoke = max(longest, time.perf_counter() - spoke), time.perf_counter()
        if words != last:
            print(f"  {spoke - began:7.1f} s  {words} (the longest silence so far: {longest:.1f} s)", flush=True)
            last = words

    return tell


def _say(words: str, began: np.ndarray) -> None:
    wall, cpu = clocks() - began
    peak = peak_mib() / 1024
    verdict = "under" if peak < MOST else "OVER"
    print(
        f"{words} in {wall:.1f} s (processors {cpu:.1f} s), most memory {peak:.2f} GiB ({verdict} {MOST:g})", flush=True
    )


def _clear_peak() -> None:
    """Forget the most memory held so far."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


if __name__ == "__main__":
    main()
