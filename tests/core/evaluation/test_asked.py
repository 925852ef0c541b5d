"""Evaluations in another way than the usual one: what may be asked, and that no seen row is tested on."""

import numpy as np
import pytest

from mftui.core.data.ratings import Scale
from mftui.core.data.splits import split
from mftui.core.errors import DataError, SettingError
from mftui.core.evaluation.asked import CUTOFFS, Asked, unseen

STARS = Scale(1.0, 5.0, 1.0)


def test_ten_is_always_among_the_lengths_and_nothing_asked_is_the_usual():
    assert Asked.of((100, 1)).cutoffs == (1, 10, 100)
    assert Asked.of().cutoffs == CUTOFFS


@pytest.mark.parametrize("length", [0, -1, 201])
def test_lengths_that_no_list_has_are_refused(length):
    with pytest.raises(SettingError, match="can't be judged at these lengths"):
        Asked.of((5, length))


def test_the_bar_is_three_quarters_up_the_scale_or_the_one_asked_for():
    assert Asked().bar(STARS) == 4
    assert Asked.of(liked_from=2).bar(STARS) == 2
    with pytest.raises(SettingError, match=r"No rating is 5.5: they go from 1 to 5\."):
        Asked.of(liked_from=5.5).bar(STARS)
    with pytest.raises(SettingError, match=r"No rating is 2: all of them are 1\."):
        Asked.of(liked_from=2).bar(Scale(1.0, 1.0, 1.0))


def test_no_row_that_the_model_saw_is_tested_on(ratings):
    own = split(ratings, "random", validation=0.1)
    asked = split(ratings, "temporal")
    found = unseen(asked, own)
    assert set(found.test) == set(asked.test) & set(own.test)
    assert found.train is own.train
    assert f"of these {len(asked.test):,} rows the {len(found.test):,} that the model never saw" in found.description
    assert found.description.endswith(f"that the model never saw (it was trained under {own.description})")


def test_a_split_that_the_model_has_seen_whole_is_refused(ratings):
    own, asked = split(ratings, "fold:1"), split(ratings, "fold:2")
    assert not np.intersect1d(own.test, asked.test).size
    with pytest.raises(DataError, match="has seen all"):
        unseen(asked, own)
