"""What lists show besides what is liked: cases worked out by hand, and a plain reference."""

from itertools import combinations
from math import log2

import numpy as np
import pytest

from mftui.core.evaluation.variety import variety

COUNTS = np.array([8, 4, 2, 1, 0])
GENRES = np.array(["Drama", "Drama|War", "War", "", "Drama|War"])


def test_coverage_counts_what_is_in_somebodys_list():
    figures = variety(np.array([[0, 1], [0, 2]]), COUNTS, 8, None, (1, 2))
    assert (figures["coverage@1"], figures["coverage@2"]) == (1 / 5, 3 / 5)


def test_novelty_is_in_bits_and_an_item_never_rated_counts_as_rated_once():
    figures = variety(np.array([[0, 1], [3, 4]]), COUNTS, 8, None, (2,))
    assert figures["novelty@2"] == pytest.approx(((0 + 1) / 2 + (3 + 3) / 2) / 2)


def test_popularity_is_the_mean_over_users_of_what_their_lists_hold():
    figures = variety(np.array([[0, 1], [2, -1]]), COUNTS, 8, None, (2,))
    assert figures["popularity@2"] == pytest.approx((6 + 2) / 2)


def test_lists_are_as_diverse_as_the_genres_of_their_pairs_are_apart():
    figures = variety(np.array([[0, 1, 2], [1, 4, -1]]), COUNTS, 8, GENRES, (1, 2, 3))
    assert "genre_diversity@1" not in figures
    assert figures["genre_diversity@2"] == pytest.approx((1 / 2 + 0) / 2)
    assert figures["genre_diversity@3"] == pytest.approx(((1 / 2 + 1 + 1 / 2) / 3 + 0) / 2)


def test_having_no_genre_is_a_genre_of_its_own():
    assert variety(np.array([[3, 0]]), COUNTS, 8, GENRES, (2,))["genre_diversity@2"] == 1.0


def test_a_plain_reference_agrees():
    rng = np.random.default_rng(0)
    n_items, kinds = 60, ("Drama", "War", "Action", "Comedy")
    genres = np.array(["|".join(k for k in kinds if rng.random() < 0.4) for _ in range(n_items)])
    counts = rng.integers(1, 30, n_items)
    best = np.array([rng.permutation(n_items)[:10] for _ in range(40)])
    figures = variety(best, counts, 30, genres, (4, 10))
    for k in (4, 10):
        lists = best[:, :k].tolist()
        bits = [sum(-log2(counts[i] / 30) for i in items) / k for items in lists]
        assert figures[f"novelty@{k}"] == pytest.approx(sum(bits) / 40)
        apart = []
        for items in lists:
            of = [set(genres[i].split("|")) for i in items]
            apart.append(np.mean([1 - len(a & b) / len(a | b) for a, b in combinations(of, 2)]))
        assert figures[f"genre_diversity@{k}"] == pytest.approx(np.mean(apart), rel=1e-5)
