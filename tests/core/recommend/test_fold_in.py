"""A person folded in: the solvers' own answer, its parts, and planted tastes."""

import numpy as np
import pytest

from mftui.core.data.ratings import Scale
from mftui.core.errors import UnknownItem
from mftui.core.model import Factors
from mftui.core.recommend import Choice, NewUser, Recommendation, fold_in, for_new_user, for_user
from mftui.core.runs.options import Als, Gradient, Ials, Options
from mftui.core.training.solvers.als import AlsSolver
from mftui.core.training.solvers.base import TrainingRows
from mftui.core.training.solvers.ials import IalsSolver

N_USERS, N_ITEMS = 40, 30


def rows() -> TrainingRows:
    """Users of even position like items of even position; the last item has no ratings."""
    rng = np.random.default_rng(0)
    seen = rng.random((N_USERS, N_ITEMS)) < 0.5
    seen[:, -1] = False
    users, items = (side.astype(np.int32) for side in np.nonzero(seen))
    values = np.where(users % 2 == items % 2, rng.integers(4, 6, len(users)), rng.integers(1, 3, len(users)))
    return TrainingRows(users, items, values.astype(np.float32), N_USERS, N_ITEMS, Scale(1.0, 5.0, 1.0))


def of_user(user: int) -> tuple[np.ndarray, np.ndarray]:
    data = rows()
    return data.items[data.users == user], data.values[data.users == user]


ALS, IALS = Als(n_factors=4, regularization=0.05, steps=0), Ials(n_factors=4, threshold=0.3, steps=0)


@pytest.fixture(scope="module")
def als() -> Factors:
    solver = AlsSolver(rows(), ALS, 0, "cpu")
    for epoch in range(1, 6):
        solver.sweep(epoch)
    return solver.factors()


@pytest.fixture(scope="module")
def ials() -> Factors:
    solver = IalsSolver(rows(), IALS, 0, "cpu")
    for epoch in range(1, 6):
        solver.sweep(epoch)
    return solver.factors()


def shown(person: NewUser, n: int) -> list[Recommendation]:
    """The best n of all items."""
    return for_new_user(person, Choice(n, np.ones(N_ITEMS, bool)))


@pytest.mark.parametrize("user", [0, 7, 39])
def test_it_is_the_half_step_of_als_for_a_known_user(als: Factors, user: int) -> None:
    solver = AlsSolver(rows(), ALS, 0, "cpu")
    for epoch in range(1, 6):
        solver.sweep(epoch)
    solved, _ = solver._solve(solver._users, solver._user_targets, solver._item_rows, solver._user_rows)
    found = fold_in(als, ALS, *of_user(user))
    np.testing.assert_allclose(found.row, solved[user].numpy(), atol=1e-5)


def test_it_is_the_half_step_of_ials_for_a_known_user(ials: Factors) -> None:
    solver = IalsSolver(rows(), IALS, 0, "cpu")
    for epoch in range(1, 6):
        solver.sweep(epoch)
    solved, _ = solver._solve(solver._users, solver._user_targets, solver._item_factors, solver._user_factors)
    found = fold_in(ials, IALS, *of_user(3))
    np.testing.assert_allclose(found.row[1:], solved[3].numpy(), atol=1e-5)
    assert found.row[0] == 0


@pytest.mark.parametrize("options", [ALS, Gradient(n_factors=4)], ids=["als", "a prior from the users"])
def test_the_parts_of_a_prediction_add_up_to_it(als: Factors, options: Options) -> None:
    person = fold_in(als, options, *of_user(5))
    predicted = person.predict()
    for item in range(N_ITEMS):
        start, adds = person.parts(item)
        assert start + adds.sum() == pytest.approx(predicted[item], abs=1e-5)


@pytest.mark.parametrize("options", [ALS, Gradient(n_factors=4)], ids=["als", "a prior from the users"])
@pytest.mark.parametrize("taste", [0, 1])
def test_somebody_of_one_taste_is_shown_that_tastes_items_first_because_of_it(
    als: Factors, options: Options, taste: int
) -> None:
    person = fold_in(als, options, np.array([taste, taste + 2, 1 - taste]), np.array([5.0, 5.0, 1.0], np.float32))
    found = shown(person, 12)
    assert all(one.item % 2 == taste for one in found)
    assert not {one.item for one in found} & {taste, taste + 2}
    assert all(1 <= one.predicted <= 5 and one.because for one in found)
    assert found[0].because[0].adds >= found[0].because[-1].adds > 0


def test_an_item_never_trained_on_is_not_shown_and_tells_nothing(als: Factors) -> None:
    last = N_ITEMS - 1
    person = fold_in(als, ALS, np.array([0, last]), np.array([5.0, 1.0], np.float32))
    assert person.items.tolist() == [0]
    assert last not in {one.item for one in shown(person, N_ITEMS)}
    assert last not in {one.item for one in for_user(als, 0, Choice(N_ITEMS, np.ones(N_ITEMS, bool)))}


def test_a_score_is_never_clipped(ials: Factors) -> None:
    person = fold_in(ials, IALS, np.array([0, 2]), np.array([5.0, 5.0], np.float32))
    assert 0 < shown(person, 1)[0].predicted < 1.5


@pytest.mark.parametrize("n", [1, 7, 25, 100])
def test_the_best_come_in_the_order_of_their_predictions(als: Factors, n: int) -> None:
    person = fold_in(als, ALS, *of_user(4))
    found = [one.item for one in shown(person, n)]
    rest = [item for item in range(N_ITEMS - 1) if item not in person.items]
    assert found == sorted(rest, key=lambda item: -person.predict()[item])[:n]


def test_nothing_known_gives_what_suits_everybody(als: Factors) -> None:
    person = fold_in(als, ALS, np.array([], np.int64), np.array([], np.float32))
    best = shown(person, 1)[0]
    trained = als.item_counts > 0
    assert best.item == np.flatnonzero(trained)[als.item_bias[trained].argmax()]
    assert best.because == ()


def test_a_position_outside_is_refused(als: Factors) -> None:
    with pytest.raises(UnknownItem, match="only 30 items"):
        fold_in(als, ALS, np.array([30]), np.array([5.0], np.float32))
