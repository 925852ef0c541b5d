"""A sweep of ALS at equal rank beside the peers' own, by turns, with `SCALE=25m` at that size: medians and ratios.

A sweep of ours is one of conjugate-gradient steps, as is implicit's and cmfrec's; LensKit's is exact.
"""

from collections import defaultdict
from statistics import median

from tests.benchmarks import inputs
from tests.benchmarks.against_peers import contestants, speed

ROUNDS = 3
RANK = 32
NAMES = ("mftui als", "implicit", "cmfrec", "lenskit")


def main() -> None:
    """Print seconds a sweep, the ratio to ours in the same round, and the most memory that each process took."""
    scale = inputs.scale()
    n_ratings = inputs.SHAPES[scale][2]
    seconds, gib = defaultdict(list), defaultdict(list)
    everybody = dict(contestants(NAMES))
    for _ in range(ROUNDS):
        for name, command in everybody.items():
            found = speed(command, scale, RANK)
            seconds[name].append(n_ratings / 1e6 / found[f"{scale} k={RANK}"] if found else float("nan"))
            gib[name].append(found.get(f"{scale} GiB", float("nan")))
    ours = seconds[NAMES[0]]
    print(f"ALS, {RANK} factors, {n_ratings:,} ratings, {ROUNDS} rounds by turns")
    for name in everybody:
        ratio = median(theirs / mine for theirs, mine in zip(seconds[name], ours, strict=True))
        print(
            f"{name:10} {median(seconds[name]):6.2f} s a sweep, {ratio:5.2f} of ours, {max(gib[name]):.2f} GiB",
            flush=True,
        )
    others = [median(theirs) for name, theirs in seconds.items() if name != NAMES[0]]
    if others:
        print("no slower than the best of them" if median(ours) <= min(others) else "SLOWER than the best of them")


if __name__ == "__main__":
    main()
