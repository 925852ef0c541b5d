import numpy as np
import pytest

from mftui.core.data.synthetic import synthesize


@pytest.fixture(scope="module")
def made():
    return synthesize(600, 300, 20_000, seed=3)


def test_it_has_the_shape_that_was_asked_for(made):
    assert (made.n_users, made.n_items, len(made)) == (600, 300, 20_000)


def test_no_pair_is_there_twice(made):
    assert len(np.unique(made.users.astype(np.int64) * 300 + made.items)) == 20_000


def test_every_user_and_item_appears_and_is_numbered_by_first_appearance(made):
    for side, n in ((made.users, 600), (made.items, 300)):
        numbers, first = np.unique(side, return_index=True)
        assert numbers.tolist() == list(range(n))
        assert (np.diff(first) > 0).all()


def test_values_are_half_stars_within_the_scale(made):
    assert set(np.unique(made.values)) <= set(np.arange(0.5, 5.5, 0.5))
    assert made.values.dtype == np.float32


def test_few_items_get_many_of_the_ratings(made):
    popular = np.sort(np.bincount(made.items))[::-1]
    assert popular[:30].sum() > 3 * popular[-30:].sum()


def test_a_seed_gives_the_same_ratings_and_another_gives_others(made):
    assert synthesize(600, 300, 20_000, seed=3).fingerprint == made.fingerprint
    assert synthesize(600, 300, 20_000, seed=4).fingerprint != made.fingerprint


def test_without_noise_the_planted_factors_leave_little_unexplained():
    """Biases alone explain about half; what is left is the rank-2 part and the rounding."""
    quiet, noisy = (synthesize(600, 300, 20_000, rank=2, noise=noise).values.var() for noise in (0.0, 0.75))
    assert noisy > quiet + 0.3


@pytest.mark.parametrize("n_ratings", [599, 90_001])
def test_a_shape_that_cannot_be_is_refused(n_ratings):
    with pytest.raises(ValueError, match="don't suit"):
        synthesize(600, 300, n_ratings)
