"""How every contestant is measured, mftui among them. Needs NumPy alone, for it runs in each peer's own environment.

Fold 1 of MovieLens 100K: the first 20,000 rows are the test; predictions are clipped to the scale and all rows count.
Fit seconds leave out imports, reading the data and compiling; they count whatever a library does inside its fit.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

Predict = Callable[[np.ndarray, np.ndarray], np.ndarray]
MARKS = (0.95, 0.93, 0.92, 0.8839)
"""Errors whose time is measured; the last is the best that myFM is known to reach."""
NEAR = 0.005
"""Marks lower than the final error by more than this are not looked for: no fit passes through them."""
N_TEST = 20_000


@dataclass
class Data:
    """Ratings by position, and what is known of users and items as 0 and 1, `[n_users, …]` and `[n_items, …]`."""

    users: np.ndarray
    items: np.ndarray
    values: np.ndarray
    user_attributes: np.ndarray
    item_attributes: np.ndarray
    n_users: int = field(init=False)
    n_items: int = field(init=False)

    def __post_init__(self):
        self.n_users, self.n_items = int(self.users.max()) + 1, int(self.items.max()) + 1

    def rows(self, part):
        """The users, items and values of some rows."""
        return self.users[part], self.items[part], self.values[part]


@dataclass
class Contestant:
    """A library at its best known settings.

    `fit(data, part, epochs)` learns from the rows `part` and gives the seconds it took and how it predicts pairs, or
    None for a library that only ranks. `sweeps(data, k, epochs)` gives the seconds of a fit of rank k.
    """

    epochs: int
    trace: tuple[int, ...]
    """Numbers of epochs to stop after, when looking for the first that reaches a mark."""
    fit: Callable[[Data, np.ndarray, int], tuple[float, Predict]]
    sweeps: Callable[[Data, int, int], float] | None = None
    rates: bool = True
    """Whether it predicts ratings, or only ranks."""
    positives_only: bool = False
    """Whether it ranks better when it learns from ratings of 4 and more alone."""


def run(contestant: Contestant) -> None:
    """`accuracy DATA` or `speed DATA K`, printed as one JSON object."""
    task, path = sys.argv[1:3]
    arrays = np.load(path)
    data = Data(**{name: arrays[name] for name in arrays.files})
    found = accuracy(contestant, data) if task == "accuracy" else speed(contestant, data, int(sys.argv[3]))
    print("RESULT " + json.dumps(found), flush=True)


def accuracy(contestant: Contestant, data: Data) -> dict[str, object]:
    """Final error and ranking, the median seconds of three fits, and the seconds in which each mark is reached."""
    test, train = np.arange(N_TEST), np.arange(N_TEST, len(data.values))
    if contestant.positives_only:
        train = train[data.values[train] >= 4]
    contestant.fit(data, train, min(2, contestant.epochs))  # warms up: compiling is not fitting
    fits = [contestant.fit(data, train, contestant.epochs) for _ in range(3)]
    predict = fits[-1][1]
    # Memory first: scoring every pair takes more than fitting does, and is the measurement's, not the library's.
    found = {"fit_s": float(np.median([seconds for seconds, _ in fits])), "peak_mib": peak_mib()}
    found["ndcg"] = ndcg(predict, data)
    if not contestant.rates:
        return found
    found["rmse"] = rmse(predict, data, test)
    marks = [mark for mark in MARKS if mark >= found["rmse"] - NEAR]
    found["reached"] = reached(contestant, data, train, test, marks)
    return found


def reached(contestant: Contestant, data: Data, train, test, marks: list[float]) -> dict[str, float]:
    """Seconds of the shortest fit that reaches each mark: an oracle stop, for it looks at the test rows."""
    first: dict[str, float] = {}
    for epochs in contestant.trace:
        seconds, predict = contestant.fit(data, train, epochs)
        error = rmse(predict, data, test)
        for mark in marks:
            if error <= mark and str(mark) not in first:
                first[str(mark)] = min(seconds, contestant.fit(data, train, epochs)[0])
        if len(first) == len(marks):
            break
    return first


def rmse(predict: Predict, data: Data, part) -> float:
    """Root mean squared error of clipped predictions."""
    users, items, values = data.rows(part)
    return float(np.sqrt(np.mean((np.clip(predict(users, items), 1, 5) - values) ** 2)))


def ndcg(predict: Predict, data: Data, k: int = 10) -> float:
    """Mean over users with a test rating of 4 or more; all items are ranked but those in the user's training rows."""
    pairs = np.indices((data.n_users, data.n_items)).reshape(2, -1)
    scores = np.asarray(predict(*pairs), np.float64).reshape(data.n_users, data.n_items)
    scores[data.users[N_TEST:], data.items[N_TEST:]] = -np.inf
    users, items, values = data.rows(np.arange(N_TEST))
    relevant = np.zeros(scores.shape, bool)
    relevant[users[values >= 4], items[values >= 4]] = True
    who = relevant.any(1)
    top = np.argsort(-scores[who], axis=1, kind="stable")[:, :k]
    discounts = 1 / np.log2(np.arange(2, k + 2))
    gained = (np.take_along_axis(relevant[who], top, 1) * discounts).sum(1)
    best = np.cumsum(discounts)[np.minimum(relevant[who].sum(1), k) - 1]
    return float(np.mean(gained / best))


def speed(contestant: Contestant, data: Data, k: int) -> dict[str, object]:
    """Ratings a second of one more epoch: a long fit less a short one, so that what is done once drops out."""
    if contestant.sweeps is None:
        return {}
    few, many = (2, 12) if len(data.values) < 5_000_000 else (1, 4)
    contestant.sweeps(data, k, few)
    short, long = contestant.sweeps(data, k, few), contestant.sweeps(data, k, many)
    if long <= short:
        raise SystemExit("the machine is too busy to measure: a longer fit took less time")
    rate = len(data.values) * (many - few) / (long - short)
    return {"ratings_s": rate, "peak_mib": peak_mib()}


def peak_mib() -> float:
    """The most memory this process has held, in MiB; `getrusage` would count what the one that started it had held."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024


def clocked(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
