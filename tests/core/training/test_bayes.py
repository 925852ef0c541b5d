"""The Gibbs sampler, from outside: what it learns, that it repeats itself, and what it says where it knows little."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import split
from mftui.core.model.posterior import Posterior
from mftui.core.model.tensors import write_tensors
from mftui.core.runs.options import Bayes
from mftui.core.training.solvers import least_squares, normal_equations
from mftui.core.training.solvers.base import TrainingRows
from mftui.core.training.solvers.bayes import ALS_SWEEPS, BayesSolver
from mftui.core.training.solvers.gibbs import NOISE_SHAPE, Block
from tests.planted import planted_ratings

from .conftest import rows_of
from .fake_device import fake_cuda

SMALL = Bayes(n_factors=4, burn_in=4)
FIRST_SAMPLE = ALS_SWEEPS + SMALL.burn_in + 1


def trained(rows: TrainingRows, epochs: int, options: Bayes = SMALL, seed: int = 0) -> BayesSolver:
    solver = BayesSolver(rows, options, seed, "cpu")
    for epoch in range(1, epochs + 1):
        solver.sweep(epoch)
    return solver


def rmse(solver: BayesSolver, ratings: Ratings, rows: np.ndarray) -> float:
    predicted = solver.factors().predict(ratings.users[rows], ratings.items[rows])
    return float(np.sqrt(np.mean((predicted - ratings.values[rows]) ** 2)))


@pytest.fixture(scope="module")
def planted() -> Ratings:
    return planted_ratings(n_users=120, n_items=80, density=0.3)


def test_planted_tastes_are_learnt_down_to_their_noise(planted: Ratings):
    parts = split(planted, "random")
    assert rmse(trained(rows_of(planted, parts.train), 40), planted, parts.test) < 0.55


def test_a_movie_that_nobody_rated_is_judged_by_its_genres(planted: Ratings):
    cold = [
        int(np.flatnonzero(planted.item_info["genres"] == genres)[0]) for genres in ("Action|Sci-Fi", "Drama|Romance")
    ]
    kept = np.flatnonzero(~np.isin(planted.items, cold))
    factors = trained(rows_of(planted, kept), 40).factors()
    assert (factors.item_counts[cold] == 0).all()
    likes_action = planted.user_ids % 2 == 0
    for item, liked in zip(cold, (likes_action, ~likes_action), strict=True):
        predicted = factors.predict(np.arange(planted.n_users), np.full(planted.n_users, item))
        assert predicted[liked].min() > predicted[~liked].max()


def test_users_and_movies_without_ratings_or_attributes_have_finite_predictions_near_the_mean(planted: Ratings):
    rows = replace(rows_of(planted), n_users=planted.n_users + 1, n_items=planted.n_items + 1)
    rows = replace(rows, user_info={}, item_info={})
    factors = trained(rows, 20).factors()
    predicted = factors.predict(np.arange(rows.n_users), np.full(rows.n_users, planted.n_items), clip=False)
    assert np.isfinite(predicted).all()
    assert abs(predicted[-1] - planted.values.mean()) < 0.5


@pytest.mark.parametrize("epoch", [ALS_SWEEPS - 1, FIRST_SAMPLE - 1, FIRST_SAMPLE + 90])
def test_restored_at_any_time_it_goes_on_to_the_bit(ratings: Ratings, epoch: int):
    rows = rows_of(ratings)
    uninterrupted = trained(rows, epoch)
    resumed = BayesSolver(rows, SMALL, 0, "cpu")
    resumed.restore({name: array.copy() for name, array in uninterrupted.state().items()})
    for later in range(epoch + 1, epoch + 8):
        assert uninterrupted.sweep(later) == resumed.sweep(later)
    expected, found = uninterrupted.state(), resumed.state()
    assert expected.keys() == found.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(array, found[name], err_msg=name)


def test_another_seed_makes_another_chain(ratings: Ratings):
    rows = rows_of(ratings)
    assert trained(rows, 6).sweep(7).train_mse != trained(rows, 6, seed=1).sweep(7).train_mse


def test_the_size_of_chunks_and_compiling_change_nothing_beyond_rounding(
    planted: Ratings, monkeypatch: pytest.MonkeyPatch
):
    rows = rows_of(planted)
    compiled = trained(rows, FIRST_SAMPLE)
    monkeypatch.setattr(least_squares, "compiled", least_squares.by_chunks)
    monkeypatch.setattr(Block, "_draw_compiled", Block._draw_by_chunks)
    large = trained(rows, FIRST_SAMPLE)
    monkeypatch.setitem(normal_equations.MEMORY_BUDGET, "cpu", 4 * 5 * 50)
    small = trained(rows, FIRST_SAMPLE)
    for name, array in large.state().items():
        np.testing.assert_allclose(array, small.state()[name], rtol=0.02, atol=0.02, err_msg=name)
        np.testing.assert_allclose(array, compiled.state()[name], rtol=0.02, atol=0.02, err_msg=name)


def test_the_number_of_threads_changes_nothing_beyond_rounding(ratings: Ratings):
    threads = torch.get_num_threads()
    try:
        states = []
        for count in (1, 2):
            torch.set_num_threads(count)
            states.append(trained(rows_of(ratings), FIRST_SAMPLE).state())
    finally:
        torch.set_num_threads(threads)
    for name, array in states[0].items():
        np.testing.assert_allclose(array, states[1][name], rtol=0.02, atol=0.02, err_msg=name)


def test_side_information_is_used_only_where_there_is_some_and_it_is_wanted(ratings: Ratings):
    def links(rows: TrainingRows, options: Bayes) -> list[str]:
        return [name for name in BayesSolver(rows, options, 0, "cpu").state() if name[:-1].endswith("_link_")]

    rows = rows_of(ratings)
    bare = replace(rows, user_info={}, item_info={})
    assert len(links(rows, Bayes())) == 4
    assert len(links(bare, Bayes())) == 2
    assert links(bare, Bayes(links=False)) == []
    assert links(rows, Bayes(links=False, attributes=False)) == []


def test_the_loss_is_the_running_averages_and_is_steadier_than_single_draws(planted: Ratings):
    solver = trained(rows_of(planted), FIRST_SAMPLE + 30)
    losses = [solver.sweep(FIRST_SAMPLE + 30 + later).train_mse for later in range(1, 11)]
    predicted = solver.predict(planted.users, planted.items)
    assert np.mean((predicted - planted.values) ** 2) == pytest.approx(losses[-1], rel=0.05)
    assert np.ptp(losses) < 0.02 * losses[-1]


def test_either_side_is_given_each_ratings_own_precision_and_squared_error(
    planted: Ratings, monkeypatch: pytest.MonkeyPatch
):
    """The precision is `alpha a_u c_i`; a row's own is drawn from the errors times the other two."""
    rows = rows_of(planted)
    solver, given = trained(rows, FIRST_SAMPLE), []
    draw, draw_noise = Block.draw, Block.draw_noise

    def noises(block: Block) -> tuple[np.ndarray, np.ndarray]:
        """The noise precisions of the block's rows and columns, for each of its ratings in its order."""
        other = solver._items if block is solver._users else solver._users
        of_row = np.repeat(np.arange(len(block.counts)), block.counts)
        return block.noise.numpy()[of_row], other.noise.numpy()[block.side.columns.numpy()]

    def drawing(block: Block, other: torch.Tensor, weights: torch.Tensor, sweep: int) -> None:
        of_row, of_column = noises(block)
        given.append((weights.numpy(), float(solver._noise) * of_row * of_column))
        draw(block, other, weights, sweep)

    def drawing_noise(block: Block, squares: torch.Tensor, sweep: int) -> None:
        users, items = solver._users.rows.numpy(), solver._items.rows.numpy()
        of_pairs = (users[:, 1:] @ items[:, 1:].T + users[:, :1] + items[:, 0])[rows.users, rows.items]
        errors = (rows.values - rows.values.mean() - of_pairs)[block.side.order.numpy()]
        given.append((squares.numpy(), float(solver._noise) * noises(block)[1] * errors**2))
        draw_noise(block, squares, sweep)

    monkeypatch.setattr(Block, "draw", drawing)
    monkeypatch.setattr(Block, "draw_noise", drawing_noise)
    solver.sweep(FIRST_SAMPLE + 1)
    assert len(given) == 4
    for found, expected in given:
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_the_common_noise_is_drawn_from_all_errors_times_the_rows_own(planted: Ratings):
    """`alpha (1 + sum of a_u c_i e² / 2)` is of `Gamma(1 + n / 2, 1)`."""
    solver, n = trained(rows_of(planted), FIRST_SAMPLE), len(planted)
    solver.sweep(FIRST_SAMPLE + 1)
    squares = (solver._targets - solver._users.predictions(solver._items.rows)).square()
    drawn = float(solver._noise * (1 + (solver._relative_noise() * squares).sum() / 2))
    assert abs(drawn - (1 + n / 2)) < 5 * (1 + n / 2) ** 0.5


def test_one_noise_precision_for_all_is_the_only_one_and_the_posterior_says_so(planted: Ratings):
    for noise in (True, False):
        solver = trained(rows_of(planted), FIRST_SAMPLE, Bayes(n_factors=4, burn_in=4, noise=noise))
        state, posterior = solver.state(), solver.posterior()
        assert posterior is not None
        for side in ("user", "item"):
            assert (state[f"{side}_noise"] == 1).all() != noise
        assert float(posterior["noise_shape"]) == (NOISE_SHAPE if noise else np.inf)


def test_a_sample_is_the_users_draws_and_what_the_movies_are_drawn_around_given_them(planted: Ratings):
    """The product of two means would leave out how a user's and a movie's factors vary together."""
    solver = trained(rows_of(planted), FIRST_SAMPLE)
    factors, users, items = solver.factors(), solver._users.rows.numpy(), solver._items.means.numpy()
    np.testing.assert_array_equal(factors.user_factors[:, : SMALL.n_factors], users[:, 1:])
    np.testing.assert_array_equal(factors.item_factors[:, : SMALL.n_factors], items[:, 1:])
    np.testing.assert_array_equal(factors.user_bias, users[:, 0])
    assert not np.allclose(users, solver._users.means)
    assert not np.allclose(items, solver._items.rows)


def test_a_sweep_tells_the_noise_precision_and_how_many_samples_there_are(planted: Ratings):
    # Planted ratings are 4 or 5, 1 or 2, at random: a variance of a quarter.
    solver = trained(rows_of(planted), FIRST_SAMPLE)
    figures = solver.sweep(FIRST_SAMPLE + 1).figures
    assert figures["samples"] == 2
    assert 2 < figures["noise_precision"] < 8


def test_predictions_on_the_device_are_those_of_the_factors(planted: Ratings):
    solver = trained(rows_of(planted), FIRST_SAMPLE + 3)
    expected = solver.factors().predict(planted.users, planted.items, clip=False)
    np.testing.assert_allclose(solver.predict(planted.users, planted.items), expected, atol=1e-5)


def test_the_posterior_folds_a_known_user_in_where_the_average_has_them(planted: Ratings, tmp_path: Path):
    solver = trained(rows_of(planted), FIRST_SAMPLE - 1)
    assert solver.posterior() is None
    for epoch in range(FIRST_SAMPLE, FIRST_SAMPLE + 40):
        solver.sweep(epoch)
    arrays = solver.posterior()
    assert arrays is not None
    write_tensors(tmp_path / "posterior.safetensors", arrays)
    posterior = Posterior.load(tmp_path / "posterior.safetensors")
    theirs = planted.users == 7
    person = posterior.fold_in(planted.items[theirs], planted.values[theirs], user=7)
    everything = np.arange(planted.n_items)
    expected = solver.factors().predict(np.full(planted.n_items, 7), everything, clip=False)
    np.testing.assert_allclose(person.predict().mean, expected, atol=0.25)


def test_on_a_gpu_all_that_a_sweep_changes_stays_there(ratings: Ratings):
    with fake_cuda():
        solver = BayesSolver(rows_of(ratings), SMALL, 0, "cuda:0")
        for epoch in (1, FIRST_SAMPLE - 1, FIRST_SAMPLE, FIRST_SAMPLE + 1):
            solver.sweep(epoch)
        assert {str(tensor.device) for _, tensor in solver._tensors()} == {"cuda:0"}
