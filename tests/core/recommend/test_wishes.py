"""What may be shown, and lists that are not all of a kind."""

import numpy as np
import pytest

from mftui.core.data.ratings import Ratings
from mftui.core.errors import SettingError
from mftui.core.recommend.diversity import varied
from mftui.core.recommend.wishes import Wishes, decades_of, genres_of

COUNTS = np.arange(40, dtype=np.int32)
"""Of the planted movies: the one at position p was trained on p times."""


def allowed(ratings: Ratings, **wishes: object) -> set[int]:
    return set(np.flatnonzero(Wishes(**{"min_ratings": 0, **wishes}).allowed(ratings, COUNTS)).tolist())  # type: ignore[arg-type]


def test_genres_and_decades_are_those_of_the_data(ratings: Ratings) -> None:
    assert genres_of(ratings) == ["Action", "Drama", "Romance", "Sci-Fi"]
    assert decades_of(ratings) == [1960, 1970, 1980, 1990]


def test_a_genre_is_one_of_an_items_own_whatever_its_case(ratings: Ratings) -> None:
    even = {p for p, item in enumerate(ratings.item_ids.tolist()) if item % 2 == 0}
    assert allowed(ratings, genre="sci-fi") == even - {0}
    assert allowed(ratings, genre="Sci") == set()


def test_a_decade_is_ten_years(ratings: Ratings) -> None:
    years = ratings.item_info["year"]
    assert allowed(ratings, decade=1970) == {p for p in range(1, 40) if 1970 <= years[p] <= 1979}


def test_little_rated_and_very_popular_items_stay_away(ratings: Ratings) -> None:
    assert allowed(ratings, min_ratings=30) == set(range(30, 40))
    assert allowed(ratings, hide_popular=0.1) == set(range(1, 36))
    assert allowed(ratings) == set(range(1, 40)), "an item never trained on is never shown"


def test_a_share_outside_of_its_range_is_refused() -> None:
    with pytest.raises(SettingError, match="diversity can't be"):
        Wishes(diversity=1.5).checked()


ROWS = np.array([[1, 0], [1, 0.01], [1, 0.02], [0, 1], [-1, 0]], np.float32)
SCORES = np.array([5, 4.9, 4.8, 3.0, 1.0], np.float32)


def test_without_diversity_the_order_is_that_of_the_scores() -> None:
    assert varied(np.arange(5), SCORES, ROWS, 3, 0.0).tolist() == [0, 1, 2]


def test_with_diversity_the_next_is_not_like_the_first() -> None:
    assert varied(np.arange(5), SCORES, ROWS, 3, 0.5).tolist() == [0, 4, 3]


def test_each_is_the_best_by_the_published_formula() -> None:
    rng = np.random.default_rng(0)
    rows, scores = rng.normal(size=(30, 5)).astype(np.float32), np.sort(rng.random(30).astype(np.float32))[::-1]
    found = varied(np.arange(30), scores, rows, 10, 0.3).tolist()
    relevance = (scores - scores.min()) / (scores.max() - scores.min())
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    for n in range(1, 10):
        chosen = found[:n]
        worth = {i: 0.7 * relevance[i] - 0.3 * (unit[chosen] @ unit[i]).max() for i in range(30) if i not in chosen}
        assert worth[found[n]] == pytest.approx(max(worth.values()), abs=1e-6)


def test_a_list_asked_to_vary_is_less_alike() -> None:
    rng = np.random.default_rng(1)
    rows, scores = rng.normal(size=(60, 4)).astype(np.float32), np.sort(rng.random(60).astype(np.float32))[::-1]
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def alike(diversity: float) -> float:
        chosen = unit[varied(np.arange(60), scores, rows, 8, diversity)]
        return float((chosen @ chosen.T).mean())

    assert alike(0.9) < alike(0.4) < alike(0)


def test_nothing_to_choose_from_gives_nothing() -> None:
    assert varied(np.array([], np.int64), np.array([], np.float32), ROWS, 3, 0.5).tolist() == []
