"""Draws are named by what they are for, so that when and where they are made changes nothing."""

import numpy as np
import torch

from mftui.core.training.solvers.draws import For, Of, generator, normal


def test_the_same_name_gives_the_same_draw_again():
    first = generator(3, 7, Of.USERS, For.ROWS).standard_normal(5)
    generator(3, 8, Of.USERS, For.ROWS).standard_normal(5)
    np.testing.assert_array_equal(first, generator(3, 7, Of.USERS, For.ROWS).standard_normal(5))


def test_every_part_of_the_name_makes_another_draw():
    names = [(3, 7, Of.USERS, 1), (4, 7, Of.USERS, 1), (3, 8, Of.USERS, 1), (3, 7, Of.ITEMS, 1), (3, 7, Of.USERS, 2)]
    draws = {generator(*name).standard_normal() for name in names}
    assert len(draws) == len(names)


def test_a_seed_may_be_as_large_as_the_settings_allow():
    assert np.isfinite(generator(2**63 - 1, 1, Of.RATINGS, For.NOISE).standard_normal())


def test_normal_draws_are_standard_normal_float32_on_the_device():
    draws = normal(generator(0, 0, Of.ITEMS, For.START), (1000, 20), torch.device("cpu"))
    assert draws.dtype == torch.float32
    assert draws.shape == (1000, 20)
    assert abs(float(draws.mean())) < 0.03
    assert abs(float(draws.std()) - 1) < 0.03
