"""How good a model is, beside baselines and with the protocol of every number."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mftui.core.data import Progress
    from mftui.core.data.ratings import Ratings
    from mftui.core.data.splits import Split
    from mftui.core.evaluation.asked import Asked
    from mftui.core.evaluation.report import Evaluation
    from mftui.core.model import Factors
    from mftui.core.model.posterior import Posterior


def evaluate(
    factors: "Factors",
    ratings: "Ratings",
    split: "Split",
    model: str,
    progress: "Progress | None" = None,
    thorough: bool = False,
    posterior: "Posterior | None" = None,
    asked: "Asked | None" = None,
) -> "Evaluation":
    """Judge a model on the test rows of a split, beside the baselines.

    Args:
        factors: the model, which numbers users and items as `ratings` does.
        ratings: the whole dataset.
        split: the rows the model was trained on, and the test rows that it never saw.
        model: which model this is, in words: "best by validation loss, epoch 64".
        progress: told what is being done; it may raise to cancel.
        thorough: whether to rank for every user even where that takes minutes.
        posterior: the samples beside the model, where it says how sure it is.
        asked: how to judge the ranking, where not in the usual way.

    Raises:
        ModelError: the model was made for other users and items.
        DataError: there are no test rows, or no training rows.
        SettingError: no rating can reach what is asked for.
    """
    # The app reads reports at start, through this package: NumPy comes only when there is something to judge.
    from mftui.core.evaluation import judge

    return judge.evaluate(factors, ratings, split, model, progress, thorough, posterior, asked)


__all__ = ["evaluate"]
