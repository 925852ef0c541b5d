"""Which settings are tried next, which trials are given up, and which settings are said to have mattered."""

import math
from collections.abc import Callable, Mapping

import pytest

from mftui.core.runs.ranges import Choice, Range, Value
from mftui.core.runs.search import Search
from mftui.core.tuning.importance import FEWEST, importance
from mftui.core.tuning.sampler import Sampler, Tried

RANGES = {"regularization": Range(0.001, 1.0, log=True), "n_factors": Range(4, 64, log=True), "biases": Choice()}


def search(metric: str = "rmse") -> Search:
    return Search(ranges=RANGES, metric=metric, trials=30, preset="found")


def error(settings: Mapping[str, Value]) -> float:
    """A valley around a regularization of 0.1; the number of factors makes no difference."""
    return 0.9 + 0.1 * math.log10(settings["regularization"] / 0.1) ** 2 + 0.05 * (not settings["biases"])


def done(settings: Mapping[str, Value], figure: float, epochs: int = 10) -> Tried:
    """A trial whose figure comes down to its last, or up where it is below 0.5, epoch by epoch."""
    step = 0.01 if figure > 0.5 else -0.01
    return Tried(settings, "done", figure, [figure + step * (epochs - epoch) for epoch in range(1, epochs + 1)])


def searched(n: int, seed: int = 0, judge: Callable[[Mapping[str, Value]], float] = error) -> list[Tried]:
    sampler, tried = Sampler(search(), seed, 10), []
    for number in range(1, n + 1):
        settings = sampler.propose(number)
        tried.append(done(settings, judge(settings)))
        sampler.add(tried[-1])
    return tried


def test_every_proposal_lies_within_its_range_and_can_be_written():
    for trial in searched(25):
        for key, found in RANGES.items():
            assert found.holds(trial.settings[key])
        assert isinstance(trial.settings["n_factors"], int)
        assert float(f"{trial.settings['regularization']:.4g}") == trial.settings["regularization"]


def test_the_same_seed_proposes_the_same_and_another_seed_other_settings():
    first, again, other = searched(15, seed=4), searched(15, seed=4), searched(15, seed=5)
    assert first == again
    assert first[0] != other[0]


def test_a_search_that_is_taken_up_again_proposes_what_it_would_have():
    straight = searched(18)
    sampler = Sampler(search(), 0, 10)
    for trial in straight[:12]:
        sampler.add(trial)
    assert sampler.propose(13) == straight[12].settings


def test_it_comes_closer_to_the_best_settings_than_chance():
    trials = searched(40)
    early, late = ([t.figure for t in part] for part in (trials[:10], trials[-10:]))
    assert sum(late) / 10 < sum(early) / 10 - 0.02
    assert min(t.figure for t in trials) < 0.91


@pytest.mark.parametrize(("metric", "good", "bad"), [("rmse", 0.9, 1.2), ("ndcg@10", 0.4, 0.1)])
def test_a_trial_worse_than_the_median_is_given_up_once_some_are_done_and_it_is_warm(
    metric: str, good: float, bad: float
):
    settings = {"regularization": 0.1, "n_factors": 8, "biases": True}
    sampler = Sampler(search(metric), 0, 10)
    hopeless = [bad] * 6
    for number in range(5):
        assert not sampler.is_hopeless(settings, hopeless), f"after {number} trials"
        sampler.add(done(settings, good))
    assert sampler.is_hopeless(settings, hopeless)
    assert not sampler.is_hopeless(settings, hopeless[:2])
    assert not sampler.is_hopeless(settings, done(settings, good + (0.05 if bad < good else -0.05)).figures[:6])
    assert not sampler.is_hopeless(settings, [])


def test_settings_outside_of_the_ranges_are_tried_all_the_same_and_teach_nothing():
    outside = {"regularization": 5.0, "n_factors": 8, "biases": True}
    sampler, untaught = Sampler(search(), 0, 10), Sampler(search(), 0, 10)
    sampler.add(done(outside, 0.5))
    sampler.add(Tried({"regularization": 0.1, "n_factors": 8, "biases": True}, "failed", None, []))
    assert not sampler.is_hopeless(outside, [9.0] * 9)
    assert sampler.propose(2) == untaught.propose(2)


def test_what_mattered_is_what_the_figure_hangs_on():
    found = importance(search(), searched(40))
    assert found is not None
    shares, best, trials = found
    assert next(iter(shares)) == "regularization"
    assert shares["regularization"] > 3 * shares["n_factors"]
    assert sum(shares.values()) == pytest.approx(1)
    assert (best, trials) == (5, 40)


def test_a_pruned_trial_counts_as_none_of_the_best():
    tried = [Tried(t.settings, "pruned" if t.figure > 0.95 else t.ending, t.figure, t.figures) for t in searched(40)]
    assert any(t.ending == "pruned" for t in tried)
    assert importance(search(), tried) == importance(search(), searched(40))


def test_of_few_trials_nothing_is_said():
    assert importance(search(), searched(FEWEST - 1)) is None
    assert importance(search(), searched(FEWEST)) is not None
