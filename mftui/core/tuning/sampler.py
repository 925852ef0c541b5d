"""Which settings to try next, and when to give a trial up: Optuna, told of trials that are kept elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState, create_trial

from mftui.core.runs.ranges import Choice, Range, Value
from mftui.core.runs.search import Search

_FREE = 5
"""Trials that run to their end before any is pruned."""
_WARM_UP = 1 / 3
"""The share of a trial's epochs in which it is not judged yet: small steps and strong penalties begin slowly."""
_DIGITS = 4
"""Significant digits of a number that is tried: enough, and a person can write it."""

optuna.logging.set_verbosity(optuna.logging.ERROR)


@dataclass(frozen=True)
class Tried:
    """A trial that is over."""

    settings: Mapping[str, Value]
    ending: str
    """As in the event of a trial."""
    figure: float | None
    figures: Sequence[float]
    """The metric after each of its epochs."""


class Sampler:
    """Proposes settings by the tree-structured Parzen estimator (Bergstra et al. 2011; multivariate, Falkner 2018).

    What it proposes depends on the seed, the trial's number and the trials before it alone, so that a search that was
    interrupted goes on as if it had not been.
    """

    def __init__(self, search: Search, seed: int, epochs: int) -> None:
        self._search, self._seed = search, seed
        self._distributions = distributions_of(search)
        self._study = optuna.create_study(
            direction=direction_of(search),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=_FREE, n_warmup_steps=max(1, round(_WARM_UP * epochs))),
        )

    def add(self, tried: Tried) -> None:
        """Learn from a trial; there is nothing to learn from one without a figure."""
        if tried.figure is not None and lies_within(tried.settings, self._search):
            state = TrialState.COMPLETE if tried.ending == "done" else TrialState.PRUNED
            self._study.add_trial(frozen(tried, self._distributions, state))

    def propose(self, number: int) -> dict[str, Value]:
        """Settings for the trial of this number, from 1."""
        seed = int(np.random.SeedSequence([self._seed, number]).generate_state(1)[0])
        self._study.sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True)
        asked = self._study.ask(self._distributions)
        self._study.tell(asked, state=TrialState.FAIL)  # what is tried is rounded, and comes back through `add`
        return {key: _rounded(asked.params[key], found) for key, found in self._search.ranges.items()}

    def is_hopeless(self, settings: Mapping[str, Value], figures: Sequence[float]) -> bool:
        """Whether a trial's best figure so far is worse than the median of earlier trials after as many epochs."""
        if not figures or not lies_within(settings, self._search):
            return False
        trial = frozen(Tried(settings, "", None, figures), self._distributions, TrialState.RUNNING)
        return self._study.pruner.prune(self._study, trial)


def distributions_of(search: Search) -> dict[str, BaseDistribution]:
    """What a search tries, as Optuna has it."""
    return {key: _distribution(found) for key, found in search.ranges.items()}


def lies_within(settings: Mapping[str, Value], search: Search) -> bool:
    """Whether the settings could have been proposed; those that a study begins with may lie outside of its ranges."""
    return all(found.holds(settings[key]) for key, found in search.ranges.items())


def frozen(tried: Tried, distributions: dict[str, BaseDistribution], state: TrialState) -> FrozenTrial:
    """A trial as Optuna has it."""
    return create_trial(
        state=state,
        value=tried.figure,
        params=dict(tried.settings),
        distributions=distributions,
        intermediate_values=dict(enumerate(tried.figures, 1)),
    )


def direction_of(search: Search) -> StudyDirection:
    """Which way is better."""
    return StudyDirection.MAXIMIZE if search.highest_is_best else StudyDirection.MINIMIZE


def _distribution(found: Range | Choice) -> BaseDistribution:
    if isinstance(found, Choice):
        return CategoricalDistribution([False, True])
    if found.is_whole:
        return IntDistribution(int(found.low), int(found.high), log=found.log)
    return FloatDistribution(found.low, found.high, log=found.log)


def _rounded(value: Value, found: Range | Choice) -> Value:
    if not isinstance(found, Range) or found.is_whole:
        return value
    return min(max(float(f"{value:.{_DIGITS}g}"), float(found.low)), float(found.high))
