"""What clusters are called, on attributes planted beforehand."""
# ruff: noqa: RUF001

from dataclasses import replace

import numpy as np
import pytest

from mftui.core.clusters.labels import label, traits
from tests.planted import planted_ratings

RATINGS = planted_ratings(n_items=100)
OFTEN = np.full(100, 50, np.int32)


def names_of(described, counts=OFTEN):
    """What the groups of `halves` are called."""
    ratings, groups, away = described
    return label(ratings, counts, groups, away)


def halves(info, kinds=None):
    """Movies in two groups, even positions and odd ones, or by `kinds`."""
    kinds = np.arange(100) % 2 if kinds is None else kinds
    groups = [np.flatnonzero(kinds == kind) for kind in np.unique(kinds)]
    described = replace(RATINGS, item_info={"title": np.array([f"Film {i} (1999)" for i in range(100)]), **info})
    return described, groups, [np.arange(len(group), 0.0, -1.0) for group in groups]


def alternating(even, odd):
    return np.array([even if i % 2 == 0 else odd for i in range(100)])


def test_a_genre_that_only_one_cluster_has_names_it_with_its_smoothed_lift():
    ratings, groups, _ = halves({"genres": alternating("Sci-Fi", "Drama|Romance")})
    # 50 of 50 movies against 50 of 100, with 5 movies of the average kind added: (50 + 2.5) / 55 / 0.5.
    found = [[(trait.value, trait.lift) for trait in own] for own in traits(ratings, groups)]
    lift = pytest.approx(105 / 55)
    assert found == [[("Sci-Fi", lift)], [("Drama", lift), ("Romance", lift)]]
    assert names_of(halves({"genres": alternating("Sci-Fi", "Drama|Romance")})) == [
        "Sci-Fi ×1.9", "Drama ×1.9 · Romance ×1.9",
    ]  # fmt: skip


def test_years_are_read_as_decades_and_a_year_of_0_as_unknown():
    ratings, groups, away = halves({"year": np.where(np.arange(100) % 2, 1980 + np.arange(100) % 10, 0)})
    assert names_of((ratings, groups, away))[1].startswith("like ")
    years = np.where(np.arange(100) % 2, 1980 + np.arange(100) % 10, 1995)
    assert names_of(halves({"year": years})) == ["1990s ×1.9", "1980s ×1.9"]


def test_any_column_of_text_can_name_a_cluster():
    assert names_of(halves({"country": alternating("France", "Japan")})) == ["France ×1.9", "Japan ×1.9"]


def test_without_attributes_a_cluster_is_called_after_its_known_movies_nearest_to_the_centre():
    assert names_of(halves({})) == ["like Film 18 and Film 16", "like Film 19 and Film 17"]


def test_attributes_spread_by_chance_name_nothing():
    rng = np.random.default_rng(5)
    genres = rng.choice(["Sci-Fi", "Drama", "Romance", "War"], 100)
    assert all(name.startswith("like ") for name in names_of(halves({"genres": genres})))


def test_a_value_that_few_movies_have_is_not_significant():
    genres = np.array(["Drama"] * 100, dtype="U20")
    genres[[0, 2, 4]] = "Film-Noir"
    assert names_of(halves({"genres": genres}))[0] == "like Film 18 and Film 16"


def test_what_most_of_a_cluster_is_comes_before_what_is_rarest_elsewhere_and_what_is_weak_comes_last():
    """Of the 50 even movies 12 are all there is of War, 40 of 50 Action, and all are Drama, as are 30 of the others."""
    at = np.arange(100)
    genres = np.full(100, "Comedy", dtype="U30")
    genres[(at % 2 == 1) & (at < 60)] = "Drama"
    genres[(at % 2 == 1) & (at >= 80)] = "Action"
    genres[at % 2 == 0] = "Drama"
    genres[(at % 2 == 0) & (at < 80)] = "Drama|Action"
    genres[(at % 2 == 0) & (at < 24)] = "Drama|Action|War"
    ratings, groups, away = halves({"genres": genres})
    assert {trait.value: round(trait.lift, 1) for trait in traits(ratings, groups)[0]} == {
        "Action": 1.5, "War": 1.9, "Drama": 1.2,
    }  # fmt: skip
    assert names_of((ratings, groups, away))[0] == "Action ×1.5 · War ×1.9"


def test_what_is_hardly_more_frequent_than_elsewhere_does_not_stand_alone():
    genres = np.where((np.arange(100) % 2 == 0) | (np.arange(100) < 60), "Drama", "Comedy")
    assert names_of(halves({"genres": genres})) == ["Drama ×1.2 · like Film 18", "Comedy ×1.9"]


def test_a_title_is_said_with_its_article_in_front():
    titles = np.array([["Matrix, The (1999)", "Vie en rose, La (2007)", "A, B and Z"][i % 3] for i in range(100)])
    names = names_of(halves({"title": titles}, np.arange(100) % 3))
    assert [name.partition(" and ")[0] for name in names] == ["like The Matrix", "like La Vie en rose", "like A, B"]


def test_a_cluster_that_is_mostly_of_movies_with_few_ratings_is_called_so():
    counts = np.where(np.arange(100) % 2, 3, 50).astype(np.int32)
    counts[1] = 500
    genres = alternating("Sci-Fi", "Drama")
    assert names_of(halves({"genres": genres}), counts) == ["Sci-Fi ×1.9", "rarely rated · Drama ×1.9"]
    assert names_of(halves({}), counts) == ["like Film 18 and Film 16", "rarely rated · like Film 19 and Film 17"]


def test_where_all_movies_have_few_ratings_that_sets_none_apart():
    assert names_of(halves({}), OFTEN // 10) == names_of(halves({}))


def test_clusters_of_the_same_words_are_told_apart_by_a_movie():
    kinds = np.arange(100) % 4
    genres = np.where(kinds < 2, "Comedy", "Western")
    names = names_of(halves({"genres": genres}, kinds))
    assert names == [
        "Comedy ×1.8 · like Film 36", "Comedy ×1.8 · like Film 37",
        "Western ×1.8 · like Film 38", "Western ×1.8 · like Film 39",
    ]  # fmt: skip


def test_movies_of_the_same_title_still_make_no_two_names_the_same():
    ratings, groups, away = halves({"title": np.array(["Film"] * 100)})
    assert names_of((ratings, groups, away)) == ["like Film and Film #0", "like Film and Film #1"]


def test_one_movie_in_a_cluster_of_its_own_is_called_by_its_title():
    ratings, groups, away = halves({}, np.where(np.arange(100) == 7, 1, 0))
    assert names_of((ratings, groups, away))[1] == "like Film 7"


def test_not_even_titles_made_to_look_like_names_make_two_names_the_same():
    titles = np.array(["Film"] * 98 + ["Film\x1b[0m", "Film #0"])
    kinds = np.where(np.arange(100) < 98, np.arange(100) % 2, np.arange(100))
    names = names_of(halves({"title": titles}, kinds))
    assert len(set(names)) == len(names) == 4
    assert all(name.isprintable() for name in names)
