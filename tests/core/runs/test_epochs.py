"""Epochs held as columns are the epochs that were told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mftui.core.runs.epochs import Epochs
from mftui.core.runs.events import Epoch

numbers = st.floats(allow_nan=False, allow_infinity=False)
told = st.builds(
    Epoch,
    time=numbers,
    epoch=st.integers(1, 10**7),
    epochs=st.integers(1, 10**7),
    train_mse=st.none() | numbers,
    held_out_mse=st.none() | numbers,
    held_out=st.sampled_from(["validation", "test", None]),
    seconds=numbers,
    ratings_per_second=numbers,
    best=st.booleans(),
    watched=st.sampled_from([None, "ndcg@10"]),
    watched_value=st.none() | numbers,
    figures=st.dictionaries(st.sampled_from(["noise", "factors", ""]), numbers),
)


@given(st.lists(told))
def test_what_is_taken_out_is_what_was_put_in(epochs: list[Epoch]):
    held = Epochs(epochs)
    assert list(held) == epochs
    assert len(held) == len(epochs)
    assert bool(held) == bool(epochs)


@given(st.lists(told, min_size=1), st.data())
def test_it_is_asked_as_a_list_is(epochs: list[Epoch], data: st.DataObject):
    held, places = Epochs(epochs), st.integers(-len(epochs), len(epochs) - 1)
    place, start, end = data.draw(places), data.draw(places), data.draw(places)
    assert held[place] == epochs[place]
    assert held[start:end] == epochs[start:end]
    assert held[::-1] == epochs[::-1]
    assert list(held.since(place % len(held))) == epochs[place % len(held) :]
    assert held.seconds() == pytest.approx(sum(epoch.seconds for epoch in epochs), nan_ok=True)
