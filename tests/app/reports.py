"""Reports written by hand for the screens to show, and titles that mean harm."""

import numpy as np
from msgspec.structs import replace

from mftui.app.screens.clusters.cluster_cloud import Plane
from mftui.core.clusters.report import Cluster, ClusteredItem, Clusters
from mftui.core.evaluation.report import (
    Bin,
    Coverage,
    Difference,
    ErrorByRating,
    Evaluation,
    Parameter,
    Protocol,
    RatingError,
    Segment,
    Sureness,
    Uncertainty,
    WorstPrediction,
)

HOSTILE = (
    "[bold red]Markup[/] [@click=app.quit]quit[/]",
    "Escape \x1b[31mred\x1b[0m \x1b]0;title\x07 (1999)",
    "千と千尋の神隠し (2001)",
    "Emoji 🍿🎬 (2020)",
    "Right \u202eto left\u202c",
    "Two\nlines\tand a tab",
    "Amélie (2001)",
)
"""Titles as no honest file has them, and some that honest files do."""


def error(rmse: float, n: int = 20_000) -> RatingError:
    return RatingError(mse=rmse**2, rmse=rmse, mae=rmse * 0.8, n=n)


def evaluation(rmse: float = 1.0, title: str = "Fargo (1996)") -> Evaluation:
    return Evaluation(
        protocol=Protocol(
            dataset="ml-100k", fingerprint="f", split="random: 20% of the rows, seed 42", training_rows=80_000,
            validation_rows=0, test_rows=20_000, clipped=True, scale=(1.0, 5.0, 1.0), model="last, epoch 128",
        ),
        ratings=error(rmse),
        known=error(rmse - 0.01, 19_969),
        raw=error(rmse, 19_969),
        baselines={"global_mean": error(1.12), "bias": error(0.94), "majority": error(1.2)},
        by_rating=[ErrorByRating(float(value), 1_000 * value, 3.0 + value / 5, 2.0 / value) for value in range(1, 6)],
        worst=[
            WorstPrediction("196", "7", title, 5.0, 1.25, 30, 40),
            WorstPrediction("22", "9", "Heat (1995)", 1.0, 4.5, 3, 4),
        ],
        parameters=[
            Parameter("user_factors", (943, 8), 0.5, 0.25, 60.5, (0.1, 0.2, 0.3)),
            Parameter(
                "item_factors", (1682, 8), 0.25, 0.125, 70.5, (0.4, 0.5, 0.6), [Bin(0.0, 1.5, 600), Bin(1.5, 3.0, 1050)]
            ),
        ],
    )  # fmt: skip


def thorough_evaluation() -> Evaluation:
    """With intervals, differences, groups and a ranking."""
    sure = replace(error(0.95), r2=0.33, within_half=0.41, rmse_interval=(0.926, 0.974), mae_interval=(0.73, 0.77))
    popular = {"ndcg@10": 0.26, "recall@10": 0.115, "hit_rate@10": 0.79}
    lists = {"coverage@10": 0.05, "popularity@10": 202.0, "novelty@10": 2.4, "genre_diversity@10": 0.82}
    return replace(
        evaluation(),
        ratings=sure,
        beside={"bias": Difference("rmse", 0.02, (0.01, 0.03), "better")},
        segments={"genre": [Segment("Drama [bold]", 7_906, 3.71, 3.70, 0.93, 0.73, 0.94)]},
        errors=[Bin(-0.5, 0.0, 6_000), Bin(0.0, 0.5, 4_000)],
        ranking={"ndcg@10": 0.17, "ndcg@20": 0.21, "recall@10": 0.06, "hit_rate@10": 0.58, **lists},
        ranking_baselines={"most_popular": popular},
        ranking_beside={"most_popular": Difference("ndcg@10", -0.09, (-0.11, -0.07), "worse")},
        ranking_protocol="all 1,682 items ranked",
        liked_popularity=164.1,
        uncertainty=Uncertainty(
            [Coverage(0.5, 0.468), Coverage(0.95, 0.937)],
            [Sureness(4_252, 0.7, 0.75), Sureness(4_252, 1.1, 1.05)],
            8_504,
            100,
        ),
    )


def item(title: str, ratings: int, distance: float, mean: float = 3.5, year: int = 0) -> ClusteredItem:
    return ClusteredItem(item_id=title, title=title, ratings=ratings, mean_rating=mean, distance=distance, year=year)


def clusters(k: int = 2) -> Clusters:
    """Cluster 0 holds Star Wars and its like, cluster 1 the hostile titles; more clusters hold one movie each."""
    groups = [
        [
            item("Star Wars (1977)", 583, 0.5, 4.36, 1977),
            item("Alien (1979)", 291, 0.25, 4.03, 1979),
            replace(item("Amélie (2001)", 9, 0.75, year=2001), item_id="another film"),
        ],
        [item(title, 100 - at, 0.1 * at) for at, title in enumerate(HOSTILE)],
        *([item(f"Movie {number}", 5, 0.0)] for number in range(2, k)),
    ]
    labels = ["Sci-Fi ×3.1 · 1980s ×2.0", "", *(f"like Movie {number}" for number in range(2, k))]  # noqa: RUF001
    made = [Cluster(at, len(movies), 0.5 + at, movies, labels[at]) for at, movies in enumerate(groups[:k])]
    return Clusters(k=k, seed=0, clusters=made, untrained=[item("Unseen (1990)", 1, 0.0)], space="product")


def plane() -> Plane:
    """Those movies as dots, each cluster on a line of its own."""
    placed = [
        (at, number, movie.item_id) for number, c in enumerate(clusters().clusters) for at, movie in enumerate(c.movies)
    ]
    points = np.array([(at, -3 * number) for at, number, _ in placed], np.float32)
    return Plane(points, [item_id for _, _, item_id in placed], "PCA, 90% of the variance")
