"""Folding in and predictive deviations, against answers worked out by hand from a single sample or two."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mftui.core.errors import ModelError, UnknownItem
from mftui.core.model.posterior import Posterior
from mftui.core.model.tensors import write_tensors


def posterior(samples: int = 1, noise_shape: float = np.inf, seed: int = 0) -> Posterior:
    """Six items, two factors, three attributes; a sample's noise precision is 4, its prior N(0, I)."""
    random = np.random.default_rng(seed)

    def normal(*shape: int) -> np.ndarray:
        return random.normal(size=shape).astype(np.float32)

    return Posterior(
        mean=3.0,
        noise_shape=noise_shape,
        item_rows=normal(samples, 6, 3),
        item_noise=np.ones((samples, 6), np.float32),
        noise=np.full(samples, 4, np.float32),
        user_mean=np.zeros((samples, 3), np.float32),
        user_precision=np.tile(np.eye(3, dtype=np.float32), (samples, 1, 1)),
        attribute_basis=np.eye(3, dtype=np.float32),
        attribute_weights=np.zeros((samples, 3, 3), np.float32),
        rated_basis=np.eye(6, dtype=np.float32),
        rated_weights=np.zeros((samples, 6, 3), np.float32),
        user_attributes=np.eye(2, 3, dtype=np.float32),
    )


ITEMS, RATINGS = np.array([0, 2, 5]), np.array([5, 1, 4], np.float32)


def test_with_one_sample_folding_in_is_ridge_regression():
    model = posterior()
    x = np.column_stack([np.ones(3), model.item_rows[0, ITEMS, 1:]])
    y = RATINGS - 3 - model.item_rows[0, ITEMS, 0]
    row = np.linalg.solve(x.T @ x + np.eye(3) / 4, x.T @ y)
    expected = 3 + model.item_rows[0, :, 0] + row[0] + model.item_rows[0, :, 1:] @ row[1:]
    np.testing.assert_allclose(model.fold_in(ITEMS, RATINGS).predict().mean, expected, rtol=1e-4)


def test_samples_are_folded_in_one_by_one_and_averaged():
    model = posterior(samples=2)
    alone = [
        replace(model, **{name: getattr(model, name)[s : s + 1] for name in SAMPLED}).fold_in(ITEMS, RATINGS).predict()
        for s in (0, 1)
    ]
    both = model.fold_in(ITEMS, RATINGS).predict()
    np.testing.assert_allclose(both.mean, (alone[0].mean + alone[1].mean) / 2, rtol=1e-5)
    between = (alone[0].mean - alone[1].mean) ** 2 / 4
    np.testing.assert_allclose(both.spread**2, between + (alone[0].spread ** 2 + alone[1].spread ** 2) / 2, rtol=1e-4)


def test_folded_in_a_few_samples_at_a_time_a_person_is_the_same(monkeypatch):
    model = posterior(samples=5, noise_shape=2.0)
    at_once = model.fold_in(ITEMS, RATINGS)
    monkeypatch.setattr("mftui.core.model.posterior._CELLS", 2 * 3 * 3)
    by_parts = model.fold_in(ITEMS, RATINGS)
    np.testing.assert_allclose(by_parts.predict().mean, at_once.predict().mean, rtol=1e-6)
    for one, other in zip(by_parts.parts(np.arange(6)), at_once.parts(np.arange(6)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_a_person_of_many_ratings_is_folded_in_within_a_few_megabytes():
    """Of 20,000 ratings, all samples' inputs at once would take 54 MB, three times over."""
    n, samples, random = 20_000, 100, np.random.default_rng(0)
    model = replace(
        posterior(samples),
        item_rows=random.normal(size=(samples, n, 3)).astype(np.float32),
        item_noise=np.ones((samples, n), np.float32),
        rated_basis=np.zeros((n, 6), np.float32),
    )
    tracemalloc.start()
    try:
        person = model.fold_in(np.arange(n), np.full(n, 4, np.float32))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * person.pulls.nbytes + 16e6


SAMPLED = (
    "item_rows", "item_noise", "noise", "user_mean", "user_precision", "attribute_weights", "rated_weights",
)  # fmt: skip


def test_a_person_of_whom_nothing_is_known_has_the_priors_mean_and_all_its_uncertainty():
    model = posterior()
    predicted = model.fold_in(np.array([], np.int64), np.array([], np.float32)).predict()
    np.testing.assert_allclose(predicted.mean, 3 + model.item_rows[0, :, 0], rtol=1e-5)
    variance = 1 + (model.item_rows[0, :, 1:] ** 2).sum(axis=1)
    np.testing.assert_allclose(predicted.spread**2, variance, rtol=1e-4)
    np.testing.assert_allclose(predicted.deviation**2, variance + 1 / 4, rtol=1e-4)


def test_ratings_make_predictions_surer():
    model = posterior(samples=3)
    nothing = model.fold_in(np.array([], np.int64), np.array([], np.float32)).predict()
    assert (model.fold_in(np.arange(6), np.ones(6, np.float32)).predict().spread < nothing.spread).all()


def test_attributes_and_what_was_rated_move_the_prior():
    model = posterior()
    model.attribute_weights[0, 1] = (0.5, 0, 0)
    model.rated_weights[0, :, 0] = (0.4, 0, 0.2, 0, 0, 0)
    nobody = np.array([], np.int64)
    prior = model.fold_in(nobody, np.array([], np.float32), user=1).predict().mean
    np.testing.assert_allclose(prior, 3.5 + model.item_rows[0, :, 0], rtol=1e-5)
    weak = replace(model, noise=np.array([1e-6], np.float32))
    moved = weak.fold_in(np.array([0, 2]), np.array([3, 3], np.float32)).predict().mean
    np.testing.assert_allclose(moved, 3 + 0.6 / np.sqrt(2) + model.item_rows[0, :, 0], rtol=1e-3)


def test_an_erratic_person_has_wider_intervals_than_a_steady_one():
    model = posterior(samples=3, noise_shape=2.0)
    items = np.arange(6)
    steady = model.fold_in(items, (3 + model.item_rows[:, :, 0].mean(axis=0)).astype(np.float32))
    erratic = model.fold_in(items, np.array([1, 5, 5, 1, 1, 5], np.float32))
    assert (erratic.noise < steady.noise).all()
    assert (erratic.predict().deviation > steady.predict().deviation).all()


def test_intervals_are_those_of_the_normal_distribution():
    predicted = posterior().fold_in(ITEMS, RATINGS).predict(np.array([3]))
    lower, upper = predicted.interval(0.95)
    np.testing.assert_allclose((upper - lower) / (2 * predicted.deviation), 1.959964, rtol=1e-5)


def test_an_item_or_a_user_that_does_not_exist_is_said_so():
    with pytest.raises(UnknownItem, match="6 items"):
        posterior().fold_in(np.array([6]), np.array([3], np.float32))
    with pytest.raises(UnknownItem, match="position 2"):
        posterior().fold_in(ITEMS, RATINGS, user=2)


def arrays(model: Posterior) -> dict[str, np.ndarray]:
    return {name: np.asarray(value) for name, value in vars(model).items()}


def test_a_posterior_is_read_as_it_was_written(tmp_path: Path):
    model = posterior(samples=2, noise_shape=8.0)
    write_tensors(tmp_path / "posterior.safetensors", arrays(model))
    read = Posterior.load(tmp_path / "posterior.safetensors")
    for name, array in arrays(model).items():
        np.testing.assert_array_equal(array, getattr(read, name))


@pytest.mark.parametrize("name", ["item_rows", "user_mean", "rated_basis"])
def test_a_damaged_posterior_is_refused(tmp_path: Path, name: str):
    damaged = arrays(posterior())
    damaged[name] = np.full_like(damaged[name], np.nan)
    write_tensors(tmp_path / "p", damaged)
    with pytest.raises(ModelError, match=name):
        Posterior.load(tmp_path / "p")
    del damaged[name]
    write_tensors(tmp_path / "p", damaged)
    with pytest.raises(ModelError, match="not a mftui posterior"):
        Posterior.load(tmp_path / "p")
