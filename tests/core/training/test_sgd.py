"""SGD by blocks: what holds of its grid, and what it must give whatever the threads."""

from dataclasses import replace

import numba
import numpy as np
import pytest
import torch

from mftui.core.data.ratings import Scale
from mftui.core.runs.options import Sgd
from mftui.core.training.solvers import TrainingRows
from mftui.core.training.solvers.blocks import arrange, blocks_a_side, deal
from mftui.core.training.solvers.sgd import SgdSolver

N_BLOCKS = 8


@pytest.fixture(scope="module")
def many() -> TrainingRows:
    """300,000 ratings with a power law, enough for two threads."""
    random = np.random.default_rng(0)
    users = (700 * random.random(300_000) ** 2).astype(np.int32)
    items = (400 * random.random(300_000) ** 3).astype(np.int32)
    values = random.integers(1, 6, 300_000).astype(np.float32)
    return TrainingRows(users, items, values, 701, 401, Scale(1.0, 5.0, 1.0))


def laid_out(rows: TrainingRows, seed: int = 0):
    users, items = deal(rows.users, rows.n_users, N_BLOCKS), deal(rows.items, rows.n_items, N_BLOCKS)
    return users, items, arrange(rows, users, items, N_BLOCKS, mean=3.0, seed=seed)


def test_every_rating_is_in_the_grid_once(many):
    users, items, blocks = laid_out(many)
    block = np.repeat(np.arange(N_BLOCKS * N_BLOCKS), np.diff(blocks.starts))
    user_rows = block // N_BLOCKS * users.rows_per_block + blocks.ratings["user"]
    item_rows = block % N_BLOCKS * items.rows_per_block + blocks.ratings["item"]
    expected = sorted(zip(users.rows[many.users], items.rows[many.items], many.values - 3, strict=True))
    assert sorted(zip(user_rows, item_rows, blocks.ratings["value"], strict=True)) == expected


def test_a_blocks_ratings_are_by_groups_of_eight_users_and_mixed_within_them(many):
    order = np.argsort(many.users, kind="stable")
    by_user = replace(many, users=many.users[order], items=many.items[order], values=many.values[order])
    _, _, blocks = laid_out(by_user)
    users = blocks.ratings["user"][: blocks.starts[1]].astype(int)
    groups = users // 8
    assert (np.diff(groups) >= 0).all()
    largest = users[groups == np.bincount(groups).argmax()]
    assert np.count_nonzero(np.diff(largest)) > 0.5 * len(largest)  # unmixed, at most 7 times is the next another user


def test_no_two_users_share_a_row(many):
    users, _, _ = laid_out(many)
    assert len(np.unique(users.rows)) == many.n_users


def test_rows_of_blocks_carry_about_equal_weight(many):
    users, _, _ = laid_out(many)
    weights = np.bincount(users.rows // users.rows_per_block, users.counts, N_BLOCKS)
    assert weights.max() - weights.min() <= users.counts.max()


def test_another_seed_mixes_the_ratings_otherwise(many):
    assert not np.array_equal(laid_out(many)[2].ratings, laid_out(many, seed=1)[2].ratings)


def test_the_grid_is_finer_where_the_item_factors_are_larger():
    assert blocks_a_side(943, 1682, 64) == 8
    assert blocks_a_side(162_541, 59_047, 64) == 16


def test_the_grid_is_so_fine_that_two_bytes_number_a_blocks_users():
    assert blocks_a_side(8 << 16, 100, 8) == 8
    assert blocks_a_side((8 << 16) + 1, 100, 8) == 16
    random = np.random.default_rng(0)
    n_users = 600_000
    users, items = random.integers(0, n_users, 5000), random.integers(0, 100, 5000)
    rows = TrainingRows(
        users.astype(np.int32), items.astype(np.int32), np.float32(items % 5 + 1), n_users, 100, Scale(1, 5, 1)
    )
    solver = SgdSolver(rows, Sgd(n_factors=2), 0, "cpu")
    losses = [solver.sweep(epoch).train_mse for epoch in range(1, 31)]
    assert losses[-1] < 0.5 * losses[0]  # the items' biases are found, whoever rated them


def test_ratings_that_may_not_be_written_to_are_learnt_from_as_well(many):
    frozen = replace(many, users=many.users.copy(), items=many.items.copy(), values=many.values.copy())
    for array in (frozen.users, frozen.items, frozen.values):
        array.setflags(write=False)
    losses = [SgdSolver(rows, Sgd(n_factors=8), 0, "cpu").sweep(1) for rows in (many, frozen)]
    assert losses[0] == losses[1]


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one CPU")
def test_the_number_of_threads_changes_nothing(many):
    states = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        solver = SgdSolver(many, Sgd(n_factors=8), 0, "cpu")
        for epoch in (1, 2, 3):
            solver.sweep(epoch)
        states.append(solver.state())
    assert all(np.array_equal(states[0][name], states[1][name]) for name in states[0])


def test_the_loss_is_the_mean_of_the_squared_errors_met():
    """One rating alone, of which the mean is itself: the error is the dot product of the starting factors."""
    one = TrainingRows(*(np.zeros(1, np.int32) for _ in range(2)), np.full(1, 4, np.float32), 1, 1, Scale(1, 5, 1))
    solver = SgdSolver(one, Sgd(n_factors=3, initial_scale=1.0), 0, "cpu")
    start = solver.state()
    dot = float(start["user_factors"][0] @ start["item_factors"][0])
    assert solver.sweep(1).train_mse == pytest.approx(dot * dot, rel=1e-3)


def test_each_step_follows_the_gradient_and_is_smaller_than_the_one_before():
    one = TrainingRows(*(np.zeros(1, np.int32) for _ in range(2)), np.full(1, 4, np.float32), 1, 1, Scale(1, 5, 1))
    options = Sgd(
        n_factors=3, initial_scale=1.0, learning_rate=0.1, decay=0.5, regularization=0.2, bias_regularization=0.3
    )
    solver = SgdSolver(one, options, 0, "cpu")
    state = solver.state()
    p, q = state["user_factors"][0], state["item_factors"][0]
    user_bias, item_bias = 0.0, 0.0
    for epoch, rate in ((1, 0.1), (2, 0.05), (3, 0.025)):
        solver.sweep(epoch)
        error = -user_bias - item_bias - float(p @ q)
        p, q = p + rate * (error * q - 0.2 * p), q + rate * (error * p - 0.2 * q)
        user_bias += rate * (error - 0.3 * user_bias)
        item_bias += rate * (error - 0.3 * item_bias)
        state = solver.state()
        np.testing.assert_allclose(state["user_factors"][0], p, rtol=1e-4)
        np.testing.assert_allclose(state["item_factors"][0], q, rtol=1e-4)
        np.testing.assert_allclose((state["user_bias"][0], state["item_bias"][0]), (user_bias, item_bias), rtol=1e-4)


def test_every_epoch_visits_the_diagonals_in_another_order(many):
    found = []
    for epoch in (1, 2):
        solver = SgdSolver(many, Sgd(n_factors=8, decay=1.0), 0, "cpu")
        solver.sweep(epoch)
        found.append(solver.state()["user_factors"])
    assert not np.array_equal(*found)
    np.testing.assert_allclose(*found, atol=0.05)  # the same ratings, each once


def test_rows_without_ratings_have_no_bias_and_no_factors(many):
    solver = SgdSolver(many, Sgd(n_factors=8), 0, "cpu")
    solver.sweep(1)
    factors = solver.factors()
    assert not factors.user_factors[-1].any()
    assert not factors.item_factors[-1].any()
    assert factors.item_bias[-1] == factors.user_bias[-1] == 0


def test_a_step_too_large_shows_in_the_loss(many):
    solver = SgdSolver(many, Sgd(n_factors=8, learning_rate=1.0, decay=1.0, initial_scale=5.0), 0, "cpu")
    assert not np.isfinite([solver.sweep(epoch).train_mse for epoch in range(1, 6)][-1])
