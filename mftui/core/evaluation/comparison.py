"""Several models side by side on the same test rows, and whether their difference is more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass

from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split
from mftui.core.errors import ModelError
from mftui.core.evaluation import bootstrap
from mftui.core.evaluation.checks import check_fit, fingerprint_of_test
from mftui.core.evaluation.ratings import judge_ratings
from mftui.core.evaluation.report import Compared, Comparison
from mftui.core.model import Factors


@dataclass(frozen=True, eq=False)
class Candidate:
    """A model to compare, with the rows that it learnt from and those that it never saw."""

    name: str
    factors: Factors
    split: Split
    model: str
    """Which model this is, in words."""


def compare(candidates: Sequence[Candidate], ratings: Ratings) -> Comparison:
    """Judge models on the test rows that they share, each beside the first.

    Args:
        candidates: the models, at least one.
        ratings: the whole dataset.

    Raises:
        ModelError: they were tested on different rows, or one predicts no ratings or other ratings.
    """
    first = candidates[0]
    tested = fingerprint_of_test(ratings, first.split)
    for candidate in candidates:
        check_fit(candidate.factors, ratings, candidate.name)
        if candidate.factors.kind != "rating":
            raise ModelError(f"{candidate.name} ranks movies and predicts no ratings: it has no error to compare.")
        if fingerprint_of_test(ratings, candidate.split) != tested:
            raise ModelError(
                f"{first.name} and {candidate.name} were tested on different rows, so their errors can't be compared: "
                f"{first.split.description}, and {candidate.split.description}.",
                "Train them with the same split, test_fraction and split_seed.",
            )
    test = first.split.test
    users, items = ratings.users[test], ratings.items[test]
    # A split may hold the same rows in another order; those of the first stand for all.
    predictions = {str(i): candidate.factors.predict(users, items) for i, candidate in enumerate(candidates)}
    judged = list(judge_ratings(predictions, ratings.values[test], users).values())
    return Comparison(
        dataset=ratings.name,
        fingerprint=ratings.fingerprint,
        test_fingerprint=tested,
        test_rows=len(test),
        scale=(ratings.scale.lowest, ratings.scale.highest, ratings.scale.step),
        intervals=bootstrap.PROTOCOL,
        models=[
            Compared(
                name=candidate.name,
                model=candidate.model,
                split=candidate.split.description,
                training_rows=len(candidate.split.train),
                ratings=errors.error,
                beside=None if candidate is first else errors.beside(judged[0]),
            )
            for candidate, errors in zip(candidates, judged, strict=True)
        ],
    )
