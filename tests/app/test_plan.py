"""The plan behind the form: presets, changes, and what undoes them."""

import pytest

from mftui.app.plan import Plan
from mftui.core.errors import SettingError
from mftui.core.runs.presets import preset


def test_a_change_is_marked_and_undone_by_the_presets_own_value() -> None:
    plan = Plan("ml-100k").changed("epochs", "40")
    assert plan.config.epochs == 40
    assert [f.key for f in plan.fields() if f.changed] == ["epochs"]
    assert plan.changed("epochs", "128") == Plan("ml-100k")
    assert plan.changed("epochs", None) == Plan("ml-100k")


def test_yes_and_no_are_read_and_shown() -> None:
    plan = Plan("ml-100k").changed("biases", "yes")
    assert plan.config.values()["biases"] is True
    assert plan.command.endswith("--set biases=yes")


def test_an_invalid_value_leaves_the_plan_as_it_was() -> None:
    with pytest.raises(SettingError, match="epochs can't be many"):
        Plan("ml-100k").changed("epochs", "many")


def test_the_plan_of_a_run_repeats_it() -> None:
    config = preset("notebook").with_changes({"data": "ml-1m", "n_factors": 16, "split": "fold:2"})
    plan = Plan.like(config)
    assert plan.config == config
    assert set(plan.changes) == {"n_factors", "split"}
