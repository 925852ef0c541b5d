"""Whether a model knows how sure it is: ratings drawn from the distribution that it predicts, or from a wider one."""

import numpy as np
import pytest

from mftui.core.data.ratings import Ratings, Scale
from mftui.core.data.splits import Split
from mftui.core.evaluation import evaluate
from mftui.core.evaluation.uncertainty import judge_uncertainty
from mftui.core.model import Factors
from mftui.core.model.posterior import Posterior

N_USERS, N_ITEMS = 40, 100


def posterior(deviation: np.ndarray) -> Posterior:
    """Expects 3 of every item, with so much noise per item, and knows all else for certain."""
    return Posterior(
        mean=3.0,
        noise_shape=np.inf,
        item_rows=np.zeros((2, N_ITEMS, 1), np.float32),
        item_noise=np.tile(deviation.astype(np.float32) ** -2, (2, 1)),
        noise=np.ones(2, np.float32),
        user_mean=np.zeros((2, 1), np.float32),
        user_precision=np.full((2, 1, 1), 1e9, np.float32),
        attribute_basis=np.zeros((1, 1), np.float32),
        attribute_weights=np.zeros((2, 1, 1), np.float32),
        rated_basis=np.zeros((N_ITEMS, 1), np.float32),
        rated_weights=np.zeros((2, 1, 1), np.float32),
        user_attributes=np.zeros((N_USERS, 1), np.float32),
    )


def ratings_around_3(deviation: np.ndarray) -> tuple[Ratings, Split]:
    rng = np.random.default_rng(0)
    users, items = np.divmod(np.arange(N_USERS * N_ITEMS), N_ITEMS)
    ratings = Ratings(
        name="noise",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        values=rng.normal(3, deviation[items]).astype(np.float32),
        timestamps=None,
        user_ids=np.arange(N_USERS),
        item_ids=np.arange(N_ITEMS),
        scale=Scale(-5.0, 11.0, 1.0),
    )
    return ratings, Split(np.arange(0, len(users), 10), np.empty(0, np.int64), np.arange(1, len(users), 10), "")


def test_intervals_of_the_true_distribution_hold_as_many_ratings_as_they_say():
    deviation = np.linspace(0.2, 2.0, N_ITEMS)
    found = judge_uncertainty(posterior(deviation), *ratings_around_3(deviation))
    assert (found.n, found.users) == (400, 40)
    for row in found.coverage:
        assert row.share == pytest.approx(row.level, abs=0.05)


def test_a_model_that_is_too_sure_covers_too_few():
    deviation = np.full(N_ITEMS, 1.0)
    found = judge_uncertainty(posterior(deviation / 2), *ratings_around_3(deviation))
    assert found.coverage[-1].share == pytest.approx(0.67, abs=0.06)


def test_rows_it_is_less_sure_of_are_further_off_where_it_knows_itself():
    deviation = np.linspace(0.2, 2.0, N_ITEMS)
    groups = judge_uncertainty(posterior(deviation), *ratings_around_3(deviation)).by_deviation
    assert [group.n for group in groups] == [80] * 5
    assert [group.mean_deviation for group in groups] == sorted(group.mean_deviation for group in groups)
    for group in groups:
        assert group.rmse == pytest.approx(group.mean_deviation, rel=0.2)


def test_the_protocol_says_which_figures_are_of_the_samples():
    ratings, parts = ratings_around_3(np.ones(N_ITEMS))
    zeros = {"user_bias": N_USERS, "item_bias": N_ITEMS, "user_factors": (N_USERS, 1), "item_factors": (N_ITEMS, 1)}
    factors = Factors(
        mean=3.0,
        user_counts=np.ones(N_USERS, np.int32),
        item_counts=np.ones(N_ITEMS, np.int32),
        scale=ratings.scale,
        **{name: np.zeros(shape, np.float32) for name, shape in zeros.items()},
    )
    sampled = evaluate(factors, ratings, parts, "last", posterior=posterior(np.ones(N_ITEMS)))
    assert sampled.uncertainty is not None
    assert "the posterior's mean; only the intervals and deviations" in sampled.protocol.scored_by
    assert "posterior" not in evaluate(factors, ratings, parts, "last").protocol.scored_by
