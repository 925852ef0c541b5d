"""What the curves of other runs are called."""

from collections.abc import Callable

import msgspec
import pytest

from mftui.app.beside import Beside
from mftui.app.run_list import RunList
from tests.app.conftest import ScriptedRun


@pytest.mark.parametrize(("held_out", "name"), [("test", "notebook-1602"), (None, "train notebook-1602")])
def test_a_curve_of_the_training_error_says_so_first(
    scripted: Callable[..., ScriptedRun], held_out: str | None, name: str
) -> None:
    run = scripted("ml-100k-notebook-1602").begin()
    run.tell(msgspec.structs.replace(run._epoch(1), held_out=held_out))
    assert Beside().traces({"A": RunList().look()[0]})["A"].name == name
