"""Which parts a cross-validation and a repetition with several seeds are made of."""

import pytest

from mftui.core.errors import SettingError
from mftui.core.runs.config import Config
from mftui.core.runs.parts import config_of, described, plan


def test_five_folds_are_the_canonical_ones_and_others_say_of_how_many():
    assert [part.split for part in plan(Config(), folds=5)] == [f"fold:{n}" for n in range(1, 6)]
    assert [part.split for part in plan(Config(), folds=2)] == ["fold:1/2", "fold:2/2"]


def test_a_random_fold_is_cross_validated_with_random_ones():
    parts = plan(Config(split="random-fold:2"), folds=3)
    assert [part.split for part in parts] == [f"random-fold:{n}/3" for n in (1, 2, 3)]
    assert described(parts, 7) == "each of 3 folds, of rows at random, seed 7, tested in turn"
    assert "equal stretches of the file" in described(plan(Config(), folds=3), 7)


def test_seeds_count_from_the_config_s_own_and_keep_its_split():
    parts = plan(Config(seed=7, split="temporal"), seeds=2)
    assert [(part.name, part.split, part.seed) for part in parts] == [
        ("seed-7", "temporal", 7),
        ("seed-8", "temporal", 8),
    ]


def test_both_make_every_pair_each_with_a_name_of_its_own():
    parts = plan(Config(), folds=3, seeds=2)
    assert len({part.name for part in parts}) == len({(part.split, part.seed) for part in parts}) == 6
    assert parts[1].name == "fold-1-seed-1"
    assert described(parts, 42).endswith("2 seeds (0, 1)")


def test_a_part_differs_in_its_split_and_seed_alone():
    config = Config(epochs=3)
    part = plan(config, folds=5, seeds=2)[3]
    assert config_of(part, config) == Config(epochs=3, split="fold:2", seed=1)


@pytest.mark.parametrize(("folds", "seeds"), [(1, 1), (-1, 1), (0, 0)])
def test_one_fold_or_no_seed_is_refused(folds: int, seeds: int):
    with pytest.raises(SettingError):
        plan(Config(), folds, seeds)


def test_seeds_beyond_the_largest_are_refused_before_there_is_a_run():
    config = Config(seed=2**63 - 2)
    assert plan(config, seeds=2)[-1].seed == 2**63 - 1
    with pytest.raises(SettingError, match="seed can't be 9223372036854775808"):
        plan(config, seeds=3)
