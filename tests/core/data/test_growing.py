"""Parts put together: the same as all at once, at a price that grows with the parts and not with their square."""

import numpy as np
import pandas as pd
import pytest

from mftui.core.data.readers import growing
from mftui.core.data.readers.growing import Distinct, Growing


def test_numbers_that_occur_are_found_once_in_order_however_many_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = 0
    unique = pd.unique

    def counted(values: np.ndarray) -> np.ndarray:
        nonlocal looked_up
        looked_up += len(values)
        return unique(values)

    monkeypatch.setattr(growing, "_LEAST_APART", 16)
    monkeypatch.setattr(pd, "unique", counted)
    numbers = np.random.default_rng(0).random(4000)
    numbers[::7], numbers[::11] = np.nan, 0.5
    distinct = Distinct()
    for part in np.array_split(numbers, 400):
        np.testing.assert_array_equal(distinct.add(part), unique(part))
    np.testing.assert_array_equal(distinct.array, unique(numbers))
    assert looked_up < 6 * len(numbers)


def test_whole_numbers_become_floats_from_the_first_float_on_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "_LEAST", 8)
    rows = Growing(np.int64, room=3)
    for part in (np.arange(5), np.arange(5, 30), np.array([30.5, np.nan]), np.arange(32, 40)):
        rows.add(part)
        np.testing.assert_array_equal(rows.last, part)
    np.testing.assert_array_equal(rows.array, [*range(30), 30.5, np.nan, *range(32, 40)])
