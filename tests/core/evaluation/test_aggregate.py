"""Several evaluations as one, with means and deviations worked out by hand."""

import pytest
from msgspec.structs import replace

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import split
from mftui.core.evaluation import evaluate
from mftui.core.evaluation.aggregate import aggregate
from mftui.core.evaluation.report import Evaluation, RatingError
from mftui.core.model import Factors


@pytest.fixture
def evaluation(ratings: Ratings) -> Evaluation:
    """Of a model that predicts 3 for everything."""
    import numpy as np

    users, items = (np.zeros(n, np.float32) for n in (ratings.n_users, ratings.n_items))
    factors = Factors(
        mean=3.0,
        user_bias=users,
        item_bias=items,
        user_factors=users[:, None],
        item_factors=items[:, None],
        user_counts=np.ones(ratings.n_users, np.int32),
        item_counts=np.ones(ratings.n_items, np.int32),
        scale=ratings.scale,
    )
    return evaluate(factors, ratings, split(ratings, "fold:1"), "the last")


def _with(evaluation: Evaluation, rmse: float, ndcg: float, n: int = 10) -> Evaluation:
    error = RatingError(rmse**2, rmse, rmse / 2, n, r2=0.5)
    return replace(evaluation, ratings=error, known=error, ranking={"ndcg@10": ndcg})


def test_every_part_counts_the_same_and_deviations_are_of_a_sample(evaluation: Evaluation):
    whole = aggregate([_with(evaluation, rmse, ndcg) for rmse, ndcg in ((0.8, 0.1), (0.9, 0.2), (1.0, 0.6))], "3 folds")
    assert (whole.parts, whole.ratings.n) == (3, 30)
    assert whole.ratings.rmse == pytest.approx(0.9)
    assert whole.ratings.mse == pytest.approx((0.64 + 0.81 + 1) / 3)
    assert whole.deviations["rmse"] == pytest.approx(0.1)
    assert whole.ranking["ndcg@10"] == pytest.approx(0.3)
    assert whole.deviations["ndcg@10"] == pytest.approx(0.07**0.5)
    assert whole.protocol.split.startswith("3 folds; figures are means ± standard deviations over 3 parts")


def test_the_share_held_out_of_test_users_is_the_mean_of_the_parts(evaluation: Evaluation):
    def share(*of_parts: float | None) -> float | None:
        parts = [replace(evaluation, protocol=replace(evaluation.protocol, held_out_share=one)) for one in of_parts]
        return aggregate(parts, "folds").protocol.held_out_share

    assert share(0.2, 0.4) == pytest.approx(0.3)
    assert share(0.2, None) is None


def test_a_part_without_known_rows_does_not_pull_the_mean_to_zero(evaluation: Evaluation):
    empty = replace(_with(evaluation, 0.8, 0.1), known=RatingError(0.0, 0.0, 0.0, 0))
    assert aggregate([_with(evaluation, 0.8, 0.1), empty], "2 folds").known.rmse == pytest.approx(0.8)


def test_baselines_are_means_too_and_one_part_has_no_deviation(evaluation: Evaluation):
    whole = aggregate([evaluation], "1 seed")
    assert whole.baselines["bias"].rmse == pytest.approx(evaluation.baselines["bias"].rmse)
    assert set(whole.deviations.values()) == {0.0}
