"""The Clusters screen on 60,000 movies: how long a key takes that finds, scrolls, sorts, or moves over the map.

    python -m tests.benchmarks.clusters [MOVIES]

The app runs without a terminal, on movies made up in groups. A time is what the app's own thread computes from the key
to the end of all that follows from it, drawing included, so a busy machine doesn't lengthen it; that of a key with no
meaning is what the rest contains anyway.
"""

import asyncio
import gc
import math
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import numpy as np
from textual.pilot import Pilot

from mftui.app.app import MftuiApp
from mftui.app.screens.clusters.cluster_map import ClusterMap
from mftui.app.screens.clusters.movies_pane import MoviesPane
from mftui.core.clusters import cluster, report
from mftui.core.clusters.space import Space
from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.data.synthetic import synthesize
from mftui.core.data.writing import write
from mftui.core.model import Factors
from mftui.core.runs.config import Config
from mftui.core.runs.directory import create
from tests.benchmarks.inputs import BUILD
from tests.benchmarks.watched import home

K, N_FACTORS = 20, 32
ASKED = {"a key of the search": 60, "a row down": 20, "a page down": 20, "the map drawn": 10}
"""Milliseconds at most, at the 95th percentile: the longest holds a pass of the garbage collector now and then."""
WORDS = ("Amélie", "Night", "River", "Love", "House", "Godfather", "Star", "Last", "King", "Dark", "Summer", "Blue")


def made_up(n_movies: int) -> Ratings:
    """Ratings of so many movies with titles, years and genres."""
    folder = BUILD / f"movies-{n_movies}"
    if not folder.exists():
        ratings = synthesize(20_000, n_movies, 20 * n_movies)
        rng = np.random.default_rng(0)
        words = np.array(WORDS)[rng.integers(0, len(WORDS), (n_movies, 3))]
        years = rng.integers(1930, 2025, n_movies).astype(np.int32)
        titles = [f"{' '.join(words[i])} {i}, The ({years[i]})" for i in range(n_movies)]
        info = {
            "title": np.array(titles),
            "year": years,
            "genres": np.array(["Drama|Romance", "Comedy", "Action|Sci-Fi", "Horror"])[rng.integers(0, 4, n_movies)],
        }
        write(replace(ratings, name=folder.name, item_info=info), folder)
    return load(str(folder))


def model_of(ratings: Ratings) -> Factors:
    """Movies around as many places as there are to be clusters."""
    rng = np.random.default_rng(1)
    places = rng.normal(size=(K, N_FACTORS))
    items = places[rng.integers(0, K, ratings.n_items)] + rng.normal(0, 0.6, (ratings.n_items, N_FACTORS))
    return Factors(
        mean=3.5, user_bias=np.zeros(ratings.n_users, np.float32), item_bias=np.zeros(ratings.n_items, np.float32),
        user_factors=rng.normal(size=(ratings.n_users, N_FACTORS)).astype(np.float32),
        item_factors=items.astype(np.float32), user_counts=np.ones(ratings.n_users, np.int32),
        item_counts=np.bincount(ratings.items, minlength=ratings.n_items).astype(np.int32), scale=ratings.scale,
    )  # fmt: skip


async def seconds_of(act: Callable[[], Awaitable[None]]) -> float:
    """What this thread computes meanwhile."""
    began = time.thread_time()
    await act()
    return time.thread_time() - began


async def pressed(pilot: Pilot[None], keys: list[str]) -> list[float]:
    """Seconds for each of these keys."""
    return [await seconds_of(lambda key=key: pilot.press(key)) for key in keys]


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> float:
    """Seconds by the clock until it holds."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + 120
        await pilot.pause(0.01)
    return time.monotonic() - began


async def measure() -> dict[str, list[float]]:
    """Seconds by what was done."""
    found: dict[str, list[float]] = {}
    app = MftuiApp()
    async with app.run_test(size=(120, 36)) as pilot:
        found["the screen opened"] = await pressed(pilot, ["4"])
        movies = app.screen.query_one(MoviesPane)
        found["  until a movie can be found, by the clock"] = [await until(pilot, lambda: movies._search)]
        found["a key with no meaning"] = await pressed(pilot, ["w"] * 20)
        await pilot.press("slash")
        found["a key of the search"] = await pressed(pilot, list("amelie night 77")) + await pressed(
            pilot, ["backspace"] * 15
        )
        found["the next of those found"] = await pressed(pilot, ["s", "t", *["down"] * 20])
        await pilot.press("escape")
        movies.table.focus()
        found["a row down"] = await pressed(pilot, ["j"] * 60)
        found["a page down"] = await pressed(pilot, ["pagedown"] * 20)
        found["sorted by another column"] = await pressed(pilot, ["s"] * 5)
        found["another cluster"] = await pressed(pilot, ["right_square_bracket"] * 10)
        await pilot.press("m")
        drawn = app.screen.query_one(ClusterMap)
        found["  until the map is there, by the clock"] = [await until(pilot, lambda: drawn._cloud)]

        async def draw() -> None:
            drawn.draw()

        found["the map drawn"] = [await seconds_of(draw) for _ in range(20)]
        found["an arrow on the map"] = await pressed(pilot, ["right", "up"] * 10)
        await pilot.press("z", "z", "z")
        found["the zoomed map panned"] = await pressed(pilot, ["L", "K", "H", "J"] * 4)
    return found


def main(n_movies: str = "60000") -> None:
    """Make the run, measure, and print what misses what was asked."""
    BUILD.mkdir(parents=True, exist_ok=True)
    ratings = made_up(int(n_movies))
    with home() as folder, chdir(folder):
        run = create(Config(data=str(Path(BUILD / f"movies-{n_movies}")), preset="best"))
        factors = model_of(ratings)
        factors.save(run.model)
        began = time.process_time()
        report.write(run.path, cluster(factors, ratings, K, 0, Space("product", unit=True)))
        print(f"{ratings.n_items:,} movies in {K} clusters of {N_FACTORS} factors: made in", end=" ")
        print(f"{time.process_time() - began:.1f} s of one core")
        gc.freeze()  # what made the run is not in the app, which reads it only
        found = asyncio.run(measure())
    print(f"{'':44} {'median':>8} {'95%':>8} {'longest':>8}  ms")
    for what, seconds in found.items():
        ordered = [second * 1e3 for second in sorted(seconds)]
        figures = (statistics.median(ordered), ordered[math.ceil(0.95 * len(ordered)) - 1], ordered[-1])
        asked = ASKED.get(what)
        verdict = "" if asked is None else f"  (at most {asked}: {'met' if figures[1] <= asked else 'MISSED'})"
        print(f"{what:44} {figures[0]:8.1f} {figures[1]:8.1f} {figures[2]:8.1f}{verdict}")


if __name__ == "__main__":
    main(*sys.argv[1:])
