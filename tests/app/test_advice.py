"""What the Recommend screen says for one person, apart from the screen."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mftui.app.movies import Movies
from mftui.app.screens.recommend.advice import Counsel, for_user, for_you
from mftui.app.users import Users
from mftui.core.data.ratings import Ratings
from mftui.core.model import Factors
from mftui.core.recommend import Recommender, Wishes
from mftui.core.recommend.own import OwnRating
from mftui.core.runs.directory import Run
from mftui.core.runs.options import Als

ANY = Wishes(min_ratings=0)


@pytest.fixture
def counsel(ratings: Ratings) -> Counsel:
    """Of two factors that are the two tastes; the user of position 0 has only test rows, that of 1 none."""
    parts = np.zeros(len(ratings), np.int8)
    parts[::5] = 2
    parts[ratings.users == 0], parts[ratings.users == 1] = 2, 0
    users, items = ratings.user_ids % 2, ratings.item_ids % 2
    counts = np.bincount(ratings.users[parts == 0], minlength=ratings.n_users).astype(np.int32)
    factors = Factors(
        mean=3.0, user_bias=np.zeros(60, np.float32), item_bias=np.zeros(40, np.float32),
        user_factors=np.where(users[:, None] == [0, 1], 1.0, -1.0).astype(np.float32),
        item_factors=np.where(items[:, None] == [0, 1], 0.8, -0.8).astype(np.float32),
        user_counts=counts, item_counts=np.full(40, 20, np.int32), scale=ratings.scale,
    )  # fmt: skip
    recommender = Recommender(factors, None, Als(n_factors=2), ratings, parts)
    return Counsel(Run(Path("planted")), recommender, Movies.of(ratings), Users.of(ratings))


def test_a_user_whom_the_model_never_trained_on_is_shown_nothing_and_told_why(counsel: Counsel) -> None:
    advice = for_user(counsel, 0, ANY)
    assert advice.shown == []
    assert "never trained on this user" in advice.reason
    assert all(one.is_test for one in advice.rated)
    n = len(advice.rated)
    assert advice.reproduced[0].startswith("RMSE ")
    assert advice.reproduced[0].endswith(f" test ({n})")


def test_of_a_user_without_test_rows_nothing_is_said_of_what_they_went_on_to_rate(counsel: Counsel) -> None:
    advice = for_user(counsel, 1, ANY)
    assert len(advice.reproduced) == 1
    assert advice.shown
    assert all(one.gave is None for one in advice.shown)


def test_what_a_user_went_on_to_rate_is_counted_among_the_shown(counsel: Counsel) -> None:
    advice = for_user(counsel, 5, ANY)
    gave = {one.item: one.rating for one in advice.rated if one.is_test}
    assert gave
    assert {one.item: one.gave for one in advice.shown if one.gave is not None} == gave
    assert advice.reproduced[1] == f"shown: {len(gave)} of the {len(gave)} they went on to rate"
    some = for_user(counsel, 5, replace(ANY, genre="Drama"))
    assert f"shown: {sum(one.item in gave for one in some.shown)} of" in some.reproduced[1]


def test_how_far_the_models_own_factors_are_from_a_users_ratings_alone_is_said(counsel: Counsel) -> None:
    shown = for_user(counsel, 5, ANY).shown
    for one in shown[:5]:
        assert " by their ratings alone, because of Movie " in one.why
        alone = float(one.why.split()[0])
        reasons = [float(word.rstrip(",")) for word in one.why.split() if word.startswith("+")]
        assert alone != pytest.approx(one.predicted, abs=0.005)
        assert all(0 < adds < 5 for adds in reasons)
    assert shown[-1].why.endswith(" by their ratings alone, none of which speaks for it")


def test_a_movie_of_the_other_taste_has_none_of_your_ratings_for_it(counsel: Counsel) -> None:
    shown = for_you(counsel, {"8": OwnRating("8", "Movie 8", 5.0)}, ANY).shown
    assert shown[0].why == "because of Movie 8, The (1968) +" + shown[0].why[-4:]
    assert shown[-1].why == "none of your ratings speaks for it"


def test_ratings_of_movies_that_the_data_does_not_have_are_counted_and_kept_out(counsel: Counsel) -> None:
    own = {"8": OwnRating("8", "Movie 8", 5.0), "elsewhere": OwnRating("elsewhere", "Another", 1.0)}
    advice = for_you(counsel, own, ANY)
    assert advice.summary == "2 ratings, 1 of movies that these ratings don't have"
    assert [one.rating for one in advice.rated] == [5.0]
    assert {counsel.recommender.ratings.item_ids[one.item] % 2 for one in advice.shown[:5]} == {0}
    assert for_you(counsel, {}, ANY).summary == "nothing rated yet"
    assert for_you(counsel, {}, ANY).shown[0].why == "by what suits most people"


def test_filters_that_leave_nothing_are_named_as_the_reason(counsel: Counsel) -> None:
    assert "f changes them" in for_you(counsel, {}, replace(ANY, min_ratings=500)).reason
