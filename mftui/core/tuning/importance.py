"""What mattered in a search: which settings set its best trials apart from the others."""

import math
from collections.abc import Sequence

import optuna
from optuna.trial import TrialState

from mftui.core.runs.search import Search
from mftui.core.tuning.sampler import Tried, direction_of, distributions_of, frozen, lies_within

FEWEST = 10
"""Trials below which nothing is said."""
_BEST, _SHARE = 5, 0.1
"""How many trials count as the best: this share, and not fewer than so many."""


def importance(search: Search, tried: Sequence[Tried]) -> tuple[dict[str, float], int, int] | None:
    """How far the best trials' values of each setting differ from those of all trials, as shares of 1.

    The Pearson divergence of the two densities, setting by setting (PED-ANOVA, Watanabe et al. 2023): about 0 for a
    setting that may be anything in a good trial. Trials that were pruned count: they are none of the best.

    Returns:
        The shares, the largest first; how many trials count as the best; and of how many. None where there are fewer
        than ten trials.
    """
    known = [trial for trial in tried if trial.figure is not None and lies_within(trial.settings, search)]
    if len(known) < FEWEST:
        return None
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances  # which load scikit-learn

    best = max(_BEST, math.ceil(_SHARE * len(known)))
    study = optuna.create_study(direction=direction_of(search))
    distributions = distributions_of(search)
    study.add_trials(frozen(trial, distributions, TrialState.COMPLETE) for trial in known)
    shares = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator(target_quantile=best / len(known)))
    return {key: float(share) for key, share in shares.items()}, best, len(known)
