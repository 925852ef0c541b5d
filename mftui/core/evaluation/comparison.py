"""Several models side by side on the same test rows, and whether their difference is more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass

from mftui.core.data import Progress
from mftui.core.data.ratings import Ratings
from mftui.core.data.splits import Split
from mftui.core.errors import ModelError
from mftui.core.evaluation import bootstrap
from mftui.core.evaluation.checks import check_fit, fingerprint_of_test
from mftui.core.evaluation.ranked import beside, part_of, task_of, why_not
from mftui.core.evaluation.rankers import by_factors
from mftui.core.evaluation.ranking import Ranked
from mftui.core.evaluation.ratings import Judged, judge_ratings
from mftui.core.evaluation.report import Compared, Comparison, Difference
from mftui.core.model import Factors


@dataclass(frozen=True, eq=False)
class Candidate:
    """A model to compare, with the rows that it learnt from and those that it never saw."""

    name: str
    factors: Factors
    split: Split
    model: str
    """Which model this is, in words."""


def compare(candidates: Sequence[Candidate], ratings: Ratings, progress: Progress | None = None) -> Comparison:
    """Judge models on the test rows that they share, each beside the first.

    Args:
        candidates: the models, at least one.
        ratings: the whole dataset.
        progress: told what is being done; it may raise to cancel.

    Raises:
        ModelError: they were tested on different rows, or one was made for other ratings.
    """
    first = candidates[0]
    tested = fingerprint_of_test(ratings, first.split)
    for candidate in candidates:
        check_fit(candidate.factors, ratings, candidate.name)
        if fingerprint_of_test(ratings, candidate.split) != tested:
            raise ModelError(
                f"{first.name} and {candidate.name} were tested on different rows, so their errors can't be compared: "
                f"{first.split.description}, and {candidate.split.description}.",
                "Train them with the same split, test_fraction and split_seed.",
            )
    tell = progress or (lambda words, fraction: None)
    tell("comparing", None)
    errors = _errors(candidates, ratings, first.split)
    task = task_of(ratings, first.split)
    no_ranking = why_not(task, thorough=True)
    ranked = {
        i: task.ranked(by_factors(candidate.factors), part_of(tell, i, len(candidates)))
        for i, candidate in enumerate(candidates)
        if not no_ranking
    }
    return Comparison(
        dataset=ratings.name,
        fingerprint=ratings.fingerprint,
        test_fingerprint=tested,
        test_rows=len(first.split.test),
        scale=(ratings.scale.lowest, ratings.scale.highest, ratings.scale.step),
        intervals=bootstrap.PROTOCOL,
        ranking_protocol=no_ranking or task.protocol,
        models=[
            Compared(
                name=candidate.name,
                model=candidate.model,
                split=candidate.split.description,
                training_rows=len(candidate.split.train),
                ratings=errors[i].error if i in errors else None,
                ranking=ranked[i].means() if i in ranked else {},
                beside=_beside_the_first(i, errors, ranked),
            )
            for i, candidate in enumerate(candidates)
        ],
    )


def _errors(candidates: Sequence[Candidate], ratings: Ratings, split: Split) -> dict[int, Judged]:
    """The errors of the candidates that predict ratings, by their place, with the same draws of users for all."""
    users, items = ratings.users[split.test], ratings.items[split.test]
    predicting = {i: c.factors for i, c in enumerate(candidates) if c.factors.kind == "rating"}
    if not predicting:
        return {}
    predictions = {str(i): factors.predict(users, items) for i, factors in predicting.items()}
    judged = judge_ratings(predictions, ratings.values[split.test], users)
    return {i: judged[str(i)] for i in predicting}


def _beside_the_first(place: int, errors: dict[int, Judged], ranked: dict[int, Ranked]) -> list[Difference]:
    found = []
    if place and {0, place} <= errors.keys():
        found.append(errors[place].beside(errors[0]))
    if place and {0, place} <= ranked.keys():
        found.append(beside(ranked[place], ranked[0]))
    return found
