"""A person folded in: the solvers' own answer, its parts, and planted tastes."""

from dataclasses import replace

import numpy as np
import pytest

from mftui.core.data.ratings import Scale
from mftui.core.errors import UnknownItem
from mftui.core.model import Factors
from mftui.core.recommend import Choice, FoldIn, NewUser, Recommendation, fold_in, for_stranger, for_user
from mftui.core.runs.options import Als, Gradient, Ials, Options, Sgd
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
    return for_stranger(person, person.factors, Choice(n, np.ones(N_ITEMS, bool)))


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


@pytest.mark.parametrize(("options", "share"), [(Sgd(n_factors=4), 0.16), (Gradient(n_factors=4), 0.35)])
def test_for_sgd_and_gradient_it_is_the_posterior_mean_of_one_more_of_the_trained_users(
    als: Factors, options: Options, share: float
) -> None:
    items, values = of_user(5)
    users = np.hstack([als.user_bias[:, None], als.user_factors]).astype(np.float64)
    mean, precision = users.mean(0), np.linalg.inv(np.cov(users, rowvar=False, bias=True))
    inputs = np.hstack([np.ones((len(items), 1)), als.item_factors[items].astype(np.float64)])
    noise = 1 / (share * 4) ** 2
    moment = precision @ mean + noise * inputs.T @ (values - als.mean - als.item_bias[items])
    expected = np.linalg.solve(precision + noise * inputs.T @ inputs, moment)
    np.testing.assert_allclose(fold_in(als, options, items, values).row, expected, atol=1e-5)


@pytest.mark.parametrize("options", [ALS, Sgd(n_factors=4), Gradient(n_factors=4)], ids=["als", "sgd", "gradient"])
@pytest.mark.parametrize("n", [1, 2, 9])
def test_where_all_ratings_are_the_same_a_person_is_told_that_one(als: Factors, options: Options, n: int) -> None:
    same = replace(als, mean=4.0, item_bias=np.zeros(N_ITEMS, np.float32), scale=Scale(4.0, 4.0, 1.0))
    same = replace(same, user_bias=np.zeros(N_USERS, np.float32))
    found = shown(fold_in(same, options, np.arange(n), np.full(n, 4.0, np.float32)), 5)
    assert [one.predicted for one in found] == [4.0] * 5


def test_with_fewer_trained_users_than_factors_nobody_leaves_what_they_span() -> None:
    rng = np.random.default_rng(0)
    factors = Factors(
        mean=3.0, user_bias=np.zeros(3, np.float32), item_bias=np.zeros(9, np.float32),
        user_factors=rng.normal(size=(3, 8)).astype(np.float32), item_factors=np.eye(9, 8, dtype=np.float32),
        user_counts=np.array([4, 4, 0], np.int32), item_counts=np.ones(9, np.int32), scale=Scale(1.0, 5.0, 1.0),
    )  # fmt: skip
    row = fold_in(factors, Sgd(n_factors=8), np.array([0, 1]), np.array([5.0, 1.0], np.float32)).row[1:]
    one, other = factors.user_factors[:2].astype(np.float64)
    along = (row - one) @ (other - one) / ((other - one) @ (other - one))
    np.testing.assert_allclose(row, one + along * (other - one), atol=1e-5)
    # Of one user alone nothing is known but that they are the average.
    alone = fold_in(replace(factors, user_counts=np.array([4, 0, 0], np.int32)), Sgd(), np.array([0]), np.array([5.0]))
    np.testing.assert_allclose(alone.row[1:], one, atol=1e-5)


@pytest.mark.parametrize("options", [ALS, Sgd(n_factors=4), Gradient(n_factors=4)], ids=["als", "sgd", "gradient"])
def test_the_parts_of_a_prediction_add_up_to_it(als: Factors, options: Options) -> None:
    person = fold_in(als, options, *of_user(5))
    predicted = person.predict()
    starts, adds = person.parts(np.arange(N_ITEMS))
    np.testing.assert_allclose(starts + adds.sum(1), predicted, atol=1e-5)


def test_the_parts_of_a_score_add_up_to_it_dislikes_among_them(ials: Factors) -> None:
    liking = FoldIn.of(ials, IALS).person(
        *of_user(5), disliked=np.array([i for i in range(6) if i not in of_user(5)[0]])
    )
    only_disliking = FoldIn.of(ials, IALS).person(np.array([], np.int64), np.array([]), disliked=np.array([1, 3]))
    for person in (liking, only_disliking):
        predicted = person.predict()
        starts, adds = person.parts(np.arange(N_ITEMS))
        np.testing.assert_allclose(starts + adds.sum(1), predicted, atol=1e-5)


@pytest.mark.parametrize("options", [ALS, Sgd(n_factors=4), Gradient(n_factors=4)], ids=["als", "sgd", "gradient"])
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
    assert last not in {one.item for one in for_user(als, 0, Choice(N_ITEMS, np.ones(N_ITEMS, bool)), None)}


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


# Dislikes, where there are clicks and no scale


@pytest.fixture(scope="module")
def clicks() -> FoldIn:
    """Of a model of who chose what: the users of either taste, the items of theirs."""
    data = rows()
    liked = data.values >= 4
    ones = np.ones(int(liked.sum()), np.float32)
    chosen = TrainingRows(data.users[liked], data.items[liked], ones, N_USERS, N_ITEMS, Scale(1.0, 1.0, 0.0))
    solver = IalsSolver(chosen, CLICKS, 0, "cpu")
    for epoch in range(1, 8):
        solver.sweep(epoch)
    return FoldIn.of(solver.factors(), CLICKS)


CLICKS = Ials(n_factors=2, steps=0)
NOTHING = np.array([], np.int64)


def test_a_dislike_is_a_target_of_0_with_the_weight_of_a_click(clicks: FoldIn) -> None:
    liked, disliked = np.array([0, 2, 1]), np.array([3, 5])
    person = clicks.person(liked, np.ones(3, np.float32), disliked)
    q = clicks.factors.item_factors.astype(np.float64)
    both, c = q[np.concatenate([liked, disliked])], CLICKS.unobserved_weight
    ridge = CLICKS.regularization * (5 + c * N_ITEMS) * np.eye(2)
    expected = np.linalg.solve(both.T @ both + c * q.T @ q + ridge, CLICKS.highest_target * q[liked].sum(0))
    np.testing.assert_allclose(person.row[1:], expected, atol=1e-5)


@pytest.mark.parametrize("taste", [0, 1])
def test_who_likes_one_of_either_taste_is_shown_that_of_which_they_dislike_nothing(clicks: FoldIn, taste: int) -> None:
    liked, disliked = np.array([0, 1]), np.array([3 - taste, 5 - taste])
    found = shown(clicks.person(liked, np.ones(2, np.float32), disliked), 10)
    assert {one.item % 2 for one in found} == {taste}
    assert not {one.item for one in found} & {*liked.tolist(), *disliked.tolist()}
    assert all(reason.item in liked for one in found for reason in one.because)


@pytest.mark.parametrize("taste", [0, 1])
def test_dislikes_alone_leave_the_other_taste(clicks: FoldIn, taste: int) -> None:
    found = shown(clicks.person(NOTHING, np.array([]), np.array([1 - taste, 3 - taste])), 10)
    assert {one.item % 2 for one in found} == {taste}


def test_to_whom_nothing_is_known_of_a_ranking_model_shows_what_the_average_user_likes(clicks: FoldIn) -> None:
    everyone = clicks.factors.scores(np.arange(N_USERS)).mean(0)
    best = shown(clicks.person(NOTHING, np.array([])), 5)
    assert [one.item for one in best] == np.argsort(-everyone, kind="stable")[:5].tolist()
    assert all(one.predicted > 0 for one in best)


def test_a_model_of_ratings_has_no_ear_for_mere_dislikes(als: Factors) -> None:
    items, values = of_user(5)
    known = FoldIn.of(als, ALS)
    deaf = known.person(items, values, disliked=np.array([28]))
    np.testing.assert_array_equal(deaf.row, known.person(items, values).row)


def test_a_position_outside_is_refused(als: Factors) -> None:
    with pytest.raises(UnknownItem, match="only 30 items"):
        fold_in(als, ALS, np.array([30]), np.array([5.0], np.float32))
