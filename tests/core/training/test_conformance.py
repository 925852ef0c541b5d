"""What every solver in the table must do, whatever its method, on every device that is here."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from mftui.core.runs.options import SOLVERS
from mftui.core.training import devices, solvers
from mftui.core.training.solvers import Solver, TrainingRows

from .conftest import N_ITEMS, N_USERS, config_of, planted_rows

SWEEPS = 40


@dataclass(frozen=True)
class Place:
    """A solver of the table, and a device of this machine that it can work on."""

    solver: str
    device: str

    def made(self, rows: TrainingRows, **changes: str) -> Solver:
        """Ready to sweep."""
        solver = solvers.build(config_of(self.solver, **changes), rows, self.device)
        solver.prepare(lambda words: None)
        return solver

    def swept(self, rows: TrainingRows, sweeps: int = SWEEPS, **changes: str) -> Solver:
        solver = self.made(rows, **changes)
        for epoch in range(1, sweeps + 1):
            solver.sweep(epoch)
        return solver


PLACES = [
    Place(solver, device)
    for solver in sorted(solvers._SOLVERS)
    for device in (["cpu"] if config_of(solver).only_cpu else devices.present())
]


@pytest.fixture(params=PLACES, ids=lambda place: f"{place.solver}-{place.device}")
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    devices.sum_in_fixed_order(request.param.device)
    yield request.param
    torch.use_deterministic_algorithms(False)


def same(one: Solver, other: Solver) -> bool:
    ours, theirs = one.state(), other.state()
    return ours.keys() == theirs.keys() and all(ours[name].tobytes() == theirs[name].tobytes() for name in ours)


def test_every_solver_has_settings():
    assert set(solvers._SOLVERS) == set(SOLVERS)


def test_it_learns_a_planted_matrix(place, rows):
    solver = place.swept(rows)
    predicted = solver.predict(rows.users, rows.items)
    if solver.predicts_ratings:
        assert np.mean((predicted - rows.values) ** 2) < 0.5 * rows.values.var()
    else:  # it ranks what was rated above what was not
        unseen = np.ones((N_USERS, N_ITEMS), bool)
        unseen[rows.users, rows.items] = unseen[-1] = unseen[:, -1] = False
        users, items = (side.astype(np.int32) for side in np.nonzero(unseen))
        assert predicted.mean() > 2 * solver.predict(users, items).mean()


def test_it_reports_a_loss_that_falls(place, rows):
    solver = place.made(rows)
    losses = [solver.sweep(epoch).train_mse for epoch in range(1, SWEEPS + 1)]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]


def test_the_same_seed_gives_the_same_state(place, rows):
    assert same(place.swept(rows, 3), place.swept(rows, 3))


def test_another_seed_gives_another_state(place, rows):
    assert not same(place.swept(rows, 3), place.swept(rows, 3, seed="1"))


def test_a_solver_given_back_its_state_goes_on_to_the_bit(place, rows):
    straight, interrupted = place.swept(rows, 8), place.swept(rows, 5)
    saved = {key: array.copy() for key, array in interrupted.state().items()}
    interrupted.sweep(6)
    resumed = place.made(rows)
    resumed.restore(saved)
    for epoch in (6, 7, 8):
        resumed.sweep(epoch)
    assert same(straight, resumed)
    ours, theirs = straight.factors(), resumed.factors()
    assert all(np.array_equal(getattr(ours, field), getattr(theirs, field)) for field in vars(ours))


def test_the_state_of_a_fresh_solver_has_the_names_shapes_and_dtypes_of_a_trained_one(place, rows):
    fresh, trained = place.made(rows).state(), place.swept(rows, 3).state()
    assert {k: (a.shape, a.dtype) for k, a in fresh.items()} == {k: (a.shape, a.dtype) for k, a in trained.items()}


def test_a_state_is_a_copy_that_later_sweeps_leave_alone(place, rows):
    solver = place.swept(rows, 2)
    state = solver.state()
    before = {key: array.tobytes() for key, array in state.items()}
    solver.sweep(3)
    assert {key: array.tobytes() for key, array in state.items()} == before


def test_its_factors_are_whole_also_for_users_and_items_never_trained(place, rows):
    factors = place.swept(rows).factors()
    assert factors.user_bias.shape == (N_USERS,)
    assert factors.item_bias.shape == (N_ITEMS,)
    assert factors.user_factors.shape == (N_USERS, factors.n_factors)
    assert factors.item_factors.shape == (N_ITEMS, factors.n_factors)
    arrays = [value for value in vars(factors).values() if isinstance(value, np.ndarray)]
    assert all(np.isfinite(array).all() for array in arrays)
    assert {array.dtype for array in arrays} == {np.dtype(np.float32), np.dtype(np.int32)}
    assert factors.user_counts.tolist() == np.bincount(rows.users, minlength=N_USERS).tolist()
    assert factors.item_counts.tolist() == np.bincount(rows.items, minlength=N_ITEMS).tolist()


def test_an_item_never_trained_is_predicted_somewhere_within_the_others(place, rows):
    solver = place.swept(rows)
    users = np.arange(N_USERS, dtype=np.int32)
    cold = solver.predict(users, np.full(N_USERS, N_ITEMS - 1, np.int32))
    known = solver.predict(rows.users, rows.items)
    assert known.min() - 1 <= cold.min()
    assert cold.max() <= known.max() + 1


def test_a_saved_model_comes_back(place, rows, tmp_path):
    factors = place.swept(rows, 2).factors()
    factors.save(tmp_path / "model.safetensors")
    assert np.array_equal(type(factors).load(tmp_path / "model.safetensors").item_factors, factors.item_factors)


def test_predictions_are_those_of_its_factors(place, rows):
    solver = place.swept(rows)
    users, items = (side.ravel().astype(np.int32) for side in np.indices((N_USERS, N_ITEMS)))
    theirs = solver.factors().predict(users, items, clip=False)
    assert np.allclose(solver.predict(users, items), theirs, atol=1e-4)


def test_its_parameters_are_named_with_their_shapes(place, rows):
    solver = place.made(rows)
    shapes = solver.parameters()
    assert shapes
    assert all(size > 0 for shape in shapes.values() for size in shape)
    assert {N_USERS, N_ITEMS} <= {size for shape in shapes.values() for size in shape}


def test_one_rating_is_enough(place):
    rows = planted_rows()
    one = TrainingRows(rows.users[:1], rows.items[:1], rows.values[:1], N_USERS, N_ITEMS, rows.scale)
    solver = place.swept(one, 2)
    assert np.isfinite(solver.predict(rows.users, rows.items)).all()
