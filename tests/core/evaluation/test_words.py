"""Differences told in words."""

import pytest
from msgspec.structs import replace

from mftui.core.evaluation.report import Difference, Protocol
from mftui.core.evaluation.words import beside, whose_rows


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (
            Difference("rmse", 0.042, (0.03, 0.05), "better"),
            "Better than the mean by 0.0420 RMSE (95% interval 0.0300 to 0.0500).",
        ),
        (
            Difference("ndcg@10", -0.042, (-0.05, -0.03), "worse"),
            "Worse than the mean by 0.0420 NDCG@10 (95% interval 0.0300 to 0.0500).",
        ),
        (
            Difference("rmse", -0.001, (-0.004, 0.002), "no clear difference"),
            "No clear difference from the mean: RMSE 0.0010 worse (95% interval -0.0020 to 0.0040).",
        ),
    ],
)
def test_a_difference_says_which_way_how_much_and_how_sure(difference, words):
    assert beside(difference, "the mean") == words


def test_it_is_said_whose_rows_are_tested_on_where_that_is_known():
    old = Protocol("ml", "abc", "fold 1", 80_000, 0, 20_000, True, (1.0, 5.0, 1.0), "last")
    assert whose_rows(old) == "20,000 test rows"
    new = replace(old, users=943, test_users=459, held_out_share=0.384)
    assert whose_rows(new) == "20,000 test rows of 459 of the 943 users, 38% of what these rated"
    whole = replace(new, test_rows=100_000, test_users=0)
    assert whose_rows(whole) == "100,000 test rows, in each part 38% of what its test users rated"
