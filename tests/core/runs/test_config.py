"""Settings as a person writes them: read as their own type, or refused in a sentence."""

import pytest

from mftui.core.errors import SettingError
from mftui.core.runs.config import Config
from mftui.core.runs.presets import preset


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("regularization", ".1", 0.1),
        ("regularization", "1.", 1.0),
        ("regularization", "+1e-3", 0.001),
        ("regularization", "1", 1.0),
        ("n_factors", "16", 16),
        ("n_factors", "+16", 16),
        ("n_factors", "1e2", 100),
        ("seed", "1_000", 1000),
        ("data", "100", "100"),
    ],
)
def test_a_number_is_read_as_python_reads_it(key: str, text: str, value: object):
    found = Config().with_changes({"solver": "als", key: text}).values()[key]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999", float("inf"), float("nan"), "", "."])
def test_what_is_no_number_to_compute_with_is_refused(value: object):
    with pytest.raises(SettingError, match="weight_decay can't be"):
        Config().with_changes({"weight_decay": value})


@pytest.mark.parametrize("device", ["cuda", "cuda:1", "mps"])
def test_a_solver_that_is_compiled_for_the_cpu_takes_no_other_device(device: str):
    with pytest.raises(SettingError, match="sgd is compiled for the CPU") as refused:
        preset("fast").with_changes({"device": device})
    assert refused.value.field == "device"
    assert preset("fast").with_changes({"device": "auto"}).device == "auto"
