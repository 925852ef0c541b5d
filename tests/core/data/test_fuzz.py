"""A taste of `make fuzz`: damaged files of every layout end in ratings or in a sentence."""

from pathlib import Path

from mftui.core.errors import MftuiError
from tests.fuzz import outcomes


def test_no_damage_breaks_a_reader(tmp_path: Path) -> None:
    found = list(outcomes(1000, 0, tmp_path))
    refused = [outcome for outcome in found if isinstance(outcome, MftuiError)]
    assert 100 < len(refused) < 950
    assert all(str(tmp_path) in error.message for error in refused)
    assert not any("\x1b" in str(error) or "\n" in str(error) for error in refused)
