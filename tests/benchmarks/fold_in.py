"""How well a person is folded in who was not there in training, and how long it takes at 60,000 movies.

Run: `python -m tests.benchmarks fold_in`. The users of MovieLens 100K are dealt at random into five groups. A model
trained without the first is told half of each of that group's ratings, at random, and predicts the other half; so is
`mean + user bias + item bias`, which every solver must beat. What choices there are in folding in were made with
groups 2 to 5, each left out in turn of a model that never met group 1 (`python -m tests.benchmarks.fold_in choose`).

Milliseconds are those from a rating to all that the Recommend screen shows, by 50 ratings, with made-up factors of
60,000 movies at the preset's rank: the median of 20, after the first, which takes what folding in takes of a model.
It is the work of one thread, so its processor time is what it takes where nothing else is at work.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mftui.app.movies import Movies
from mftui.app.screens.recommend.advice import Counsel, for_you
from mftui.app.users import Users
from mftui.core.data import load
from mftui.core.data.ratings import Ratings, Scale
from mftui.core.model.factors import Factors
from mftui.core.model.posterior import Posterior
from mftui.core.recommend import Recommender, Wishes
from mftui.core.recommend.fold_in import FoldIn
from mftui.core.recommend.own import OwnRating
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Run
from mftui.core.runs.options import Bayes, Options
from mftui.core.runs.presets import preset
from mftui.core.training.solvers import Solver, TrainingRows
from tests.benchmarks import inputs

PRESETS = ("notebook", "fast", "als", "best", "ranking")
GROUPS, REPORTED = 5, 1
N_MOVIES, N_GIVEN, REPEATS, MOST_MS = 60_000, 50, 20, 30.0

Answers = Callable[[int, NDArray[np.int64]], NDArray[np.floating]]
"""Of a user who was left out: predictions of all items, by some rows of theirs."""


def main() -> None:
    """Print a line for each solver."""
    ratings = load("ml-100k")
    groups, given = dealt(ratings)
    left_out = groups == REPORTED
    print(f"{int(left_out.sum())} users left out, folded in by half of their ratings; RMSE of the other half")
    print(f"  {'mean and biases':24}{rmse(ratings, left_out, given, by_biases(ratings, ~left_out)):.4f}")
    for name in PRESETS:
        config = preset(name)
        answers = trained(ratings, ~left_out, config)
        figure, ranks = judged(ratings, left_out, given, answers, config.only_ranks)
        print(f"  {name + ', ' + config.solver_name:24}{figure:.4f}{ranks}", flush=True)
    print(
        f"From a rating to the list by {N_GIVEN} of {N_MOVIES:,} movies, wanted within {MOST_MS:g} ms; "
        f"processes at work: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    for name in PRESETS:
        first, usual, worked = (1e3 * figure for figure in seconds(preset(name)))
        verdict = "met" if worked <= MOST_MS else "MISSED"
        words = f"{usual:6.1f} ms, {worked:.1f} ms of processor time: {verdict} (the first {first:.0f} ms)"
        print(f"  {name:24}{words}", flush=True)


def dealt(ratings: Ratings) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The group of each user, `[n_users]`, and which rows are told where the user is left out, `[n]`."""
    random = np.random.default_rng(0)
    groups = random.permutation(np.arange(ratings.n_users) % GROUPS) + 1
    return groups, random.random(len(ratings)) < 0.5


def fitted(ratings: Ratings, users: NDArray[np.bool_], config: Config) -> Solver:
    """A solver trained on all that some users rated."""
    rows = users[ratings.users]
    return inputs.trained(
        config,
        TrainingRows(
            ratings.users[rows], ratings.items[rows], ratings.values[rows],
            ratings.n_users, ratings.n_items, ratings.scale, ratings.user_info, ratings.item_info,
        ),
    )  # fmt: skip


def trained(ratings: Ratings, users: NDArray[np.bool_], config: Config) -> Answers:
    """A model of some users, asked about others: as a stranger, so that attributes of theirs are not known either."""
    solver = fitted(ratings, users, config)
    factors, samples = solver.factors(), solver.posterior()
    if samples is not None:
        posterior = Posterior(**{name: a if a.ndim else float(a) for name, a in samples.items()})
        return lambda user, rows: posterior.fold_in(ratings.items[rows], ratings.values[rows]).expect()
    fold_in = FoldIn.of(factors, config.solver)
    return lambda user, rows: fold_in.person(ratings.items[rows], ratings.values[rows]).predict()


def by_biases(ratings: Ratings, users: NDArray[np.bool_], damping: float = 5.0) -> Answers:
    """Damped averages: of the movies by the users who were there, of a user by what they told."""
    rows = users[ratings.users]
    items, values = ratings.items[rows], ratings.values[rows]
    mean = values.mean(dtype=np.float64)
    counts = np.bincount(items, minlength=ratings.n_items)
    biases = np.bincount(items, values - mean, ratings.n_items) / (counts + damping)

    def answer(user: int, told: NDArray[np.int64]) -> NDArray[np.floating]:
        left = ratings.values[told] - mean - biases[ratings.items[told]]
        return mean + biases + left.sum() / (len(told) + damping)

    return answer


def asked(
    ratings: Ratings, left_out: NDArray[np.bool_], given: NDArray[np.bool_]
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
    """Each user who was left out, the rows that are told and those to be predicted."""
    for user in np.flatnonzero(left_out).tolist():
        rows = np.flatnonzero(ratings.users == user)
        yield user, rows[given[rows]], rows[~given[rows]]


def rmse(ratings: Ratings, left_out: NDArray[np.bool_], given: NDArray[np.bool_], answers: Answers) -> float:
    """Of the ratings that were not told, clipped to the scale."""
    errors = [
        answers(user, told)[ratings.items[rest]].clip(1, 5) - ratings.values[rest]
        for user, told, rest in asked(ratings, left_out, given)
    ]
    return float(np.sqrt(np.mean(np.concatenate(errors) ** 2)))


def judged(
    ratings: Ratings, left_out: NDArray[np.bool_], given: NDArray[np.bool_], answers: Answers, only_ranks: bool
) -> tuple[float, str]:
    """The RMSE; of a model that only ranks NDCG@10, what was not told and rated 4 or more being good."""
    if not only_ranks:
        return rmse(ratings, left_out, given, answers), ""
    gains, figures = 1 / np.log2(np.arange(2, 12)), []
    for user, told, rest in asked(ratings, left_out, given):
        good = ratings.items[rest][ratings.values[rest] >= 4]
        scores = answers(user, told)
        scores[ratings.items[told]] = -np.inf
        hits = np.isin(np.argsort(-scores, kind="stable")[:10], good)
        if len(good):
            figures.append((hits @ gains) / gains[: len(good)].sum())
    return float(np.mean(figures)), " NDCG@10 (it only ranks)"


# The choice of the prior's noise


def choose() -> None:
    """Print what the deviation of a rating costs the solvers that have no ridge of their own, as groups 2 to 5 see it.

    A negative share stands for n λ towards 0, λ being the share without its sign.
    """
    ratings = load("ml-100k")
    groups, given = dealt(ratings)
    for name in ("fast", "notebook"):
        config = preset(name)
        models = {}
        for group in range(2, GROUPS + 1):
            there = (groups != REPORTED) & (groups != group)
            models[group] = fitted(ratings, there, config).factors()
        for share in (0.12, 0.16, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, -0.03, -0.06, -0.08, -0.1, -0.15):
            figures = [
                rmse(ratings, groups == group, given, folded(ratings, factors, config.solver, share))
                for group, factors in models.items()
            ]
            rule = f"noise {share:.2f} of the scale" if share > 0 else f"n λ, λ {-share:.2f}"
            print(f"{name:10}{rule:28}{np.sqrt(np.mean(np.square(figures))):.4f}", flush=True)


def folded(ratings: Ratings, factors: Factors, options: Options, share: float) -> Answers:
    """Fold in by this share of the scale as noise, or by n λ."""
    fold_in = FoldIn.of(factors, options)
    if share > 0:
        noise = (share * (ratings.scale.highest - ratings.scale.lowest)) ** 2
        fold_in = replace(fold_in, ridge=noise * np.eye(len(fold_in.ridge)))
    else:
        every = np.eye(factors.n_factors + 1)
        fold_in = replace(
            fold_in, prior=np.zeros(len(every)), basis=every, ridge=np.zeros_like(every), per_rating=-share
        )
    return lambda user, rows: fold_in.person(ratings.items[rows], ratings.values[rows]).predict()


# How long it takes


def seconds(config: Config) -> tuple[float, float, float]:
    """Until the first answer and, as a rule, until another one; and how much of the latter is processor time."""
    counsel = made_up(config)
    random, took, worked = np.random.default_rng(1), [], []
    for _ in range(REPEATS + 1):
        rated = random.choice(N_MOVIES, N_GIVEN, replace=False).tolist()
        own = {str(item): OwnRating(str(item), "", float(1 + item % 5)) for item in rated}
        began, at_work = time.perf_counter(), time.process_time()
        assert len(for_you(counsel, own, Wishes(genre="Drama")).shown) == 100
        took.append(time.perf_counter() - began)
        worked.append(time.process_time() - at_work)
    return took[0], statistics.median(took[1:]), statistics.median(worked[1:])


def made_up(config: Config) -> Counsel:
    """A model of 60,000 movies at the solver's rank, of random numbers."""
    random, n_users, k = np.random.default_rng(0), 10_000, config.solver.n_factors

    def normal(*shape: int) -> NDArray[np.float32]:
        return 0.3 * random.standard_normal(shape, np.float32)

    factors = Factors(
        mean=0.0 if config.only_ranks else 3.5, scale=Scale(1, 5, 1), kind="score" if config.only_ranks else "rating",
        user_bias=normal(n_users), item_bias=normal(N_MOVIES),
        user_factors=normal(n_users, k), item_factors=normal(N_MOVIES, k),
        user_counts=np.full(n_users, 50, np.int32), item_counts=np.full(N_MOVIES, 20, np.int32),
    )  # fmt: skip
    everybody = np.arange(n_users, dtype=np.int32)
    genres = np.array(["Action|Thriller", "Comedy|Drama", "Drama"])[random.integers(3, size=N_MOVIES)]
    ratings = Ratings(
        "made up", everybody, everybody, np.full(n_users, 3, np.float32), None,
        np.arange(n_users), np.arange(N_MOVIES), factors.scale, item_info={"genres": genres},
    )  # fmt: skip
    posterior = samples(N_MOVIES, k, normal) if isinstance(config.solver, Bayes) else None
    recommender = Recommender(factors, posterior, config.solver, ratings, np.zeros(n_users, np.int8))
    return Counsel(Run(Path("made-up")), recommender, Movies.of(ratings), Users.of(ratings))


def samples(n_items: int, k: int, normal: Callable[..., NDArray[np.float32]]) -> Posterior:
    """As many samples as `bayes` keeps of so many movies: 256 MiB of them, or 80."""
    width, q = k + 1, 32
    n = int(min(80, (256 << 20) // (4 * n_items * (width + 1))))
    ones = np.ones((n, n_items), np.float32)
    return Posterior(
        mean=3.5, noise_shape=8.0, item_rows=normal(n, n_items, width), item_noise=ones, noise=ones[:, 0],
        user_mean=normal(n, width), user_precision=np.tile(4 * np.eye(width, dtype=np.float32), (n, 1, 1)),
        attribute_basis=normal(0, 0), attribute_weights=normal(n, 0, width),
        rated_basis=normal(n_items, q) / 100, rated_weights=normal(n, q, width), user_attributes=normal(10, 0),
    )  # fmt: skip


if __name__ == "__main__":
    choose() if sys.argv[1:] == ["choose"] else main()
