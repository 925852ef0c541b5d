"""What a search tries of each setting: stated beside it, within its limits, and asked for in another range."""

import pytest

from mftui.core.errors import SettingError
from mftui.core.runs.config import Config
from mftui.core.runs.options import SOLVERS, Als
from mftui.core.runs.presets import PRESETS
from mftui.core.runs.ranges import Choice, Range, parsed, ranges_of


@pytest.mark.parametrize("solver", list(SOLVERS))
def test_both_ends_of_every_stated_range_are_allowed(solver: str):
    stated = ranges_of(SOLVERS[solver])
    assert stated
    config = Config().with_changes({"solver": solver})
    for key, found in stated.items():
        ends = (False, True) if isinstance(found, Choice) else (found.low, found.high)
        for end in ends:
            assert config.with_changes({key: end}).values()[key] == end
        assert isinstance(config.values()[key], bool) is isinstance(found, Choice)
        if isinstance(found, Range):
            assert found.low < found.high
            assert found.is_whole is isinstance(config.values()[key], int)


@pytest.mark.parametrize("preset", list(PRESETS))
def test_every_preset_s_own_settings_lie_within_what_is_searched(preset: str):
    config = PRESETS[preset].config
    for key, found in ranges_of(type(config.solver)).items():
        assert found.holds(config.values()[key]), key


def test_a_range_is_read_as_it_is_written():
    assert parsed("regularization=0.01:1:log", Als) == ("regularization", Range(0.01, 1.0, log=True))
    assert parsed("n_factors=4:32", Als) == ("n_factors", Range(4, 32))
    assert parsed("n_factors=4:32", Als)[1].is_whole


@pytest.mark.parametrize(
    "text",
    ["regularization", "regularization=1", "regularization=1:0.1", "regularization=0:1:log", "regularization=a:b",
     "regularization=0.1:1:linear", "n_factors=1.5:3", "epochs=1:9", "nothing=1:2"],
)  # fmt: skip
def test_what_is_no_range_is_refused_in_a_sentence(text: str):
    with pytest.raises(SettingError) as refused:
        parsed(text, Als)
    assert refused.value.field == "range"
    assert refused.value.hint
