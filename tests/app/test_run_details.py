"""What stands beside the curve: the model's arrays, the process's own log, notices."""

from pathlib import Path

import pytest

from mftui.app.alerts import alerts
from mftui.app.screens.train.model_summary import summary
from mftui.app.screens.train.process_log import tail
from mftui.core.runs.directory import Run
from mftui.core.runs.events import Checkpoint, Failed, Started, Warning
from mftui.core.runs.history import State
from tests.app.conftest import NOW


def started(**parameters: list[int]) -> Started:
    return Started(
        time=NOW, pid=1, host="h", device="cpu", device_name="", threads=1, users=943, items=1682,
        training_rows=80_000, validation_rows=0, test_rows=20_000, parameters=parameters,
    )  # fmt: skip


def test_a_model_is_summed_up_by_array() -> None:
    lines = [" ".join(text.split()) for text, _ in summary(started(user_factors=[943, 8], item_bias=[1682]))]
    assert lines == [
        "array shape parameters memory",
        "user_factors 943 \N{MULTIPLICATION SIGN} 8 7,544 30.2 kB",
        "item_bias 1,682 1,682 6.7 kB",
        "in all float32 9,226 36.9 kB",
        "0.12 parameters for each of 80,000 training ratings",
    ]


def test_the_columns_of_a_summary_align() -> None:
    lines = [text for text, _ in summary(started(user_factors=[10**7, 128], a_very_long_name_of_an_array=[3]))][:-1]
    assert len({len(line) for line in lines}) == 1


def test_the_tail_of_a_process_log_has_what_a_bar_said_last(tmp_path: Path) -> None:
    run = Run(tmp_path)
    assert tail(run) == []
    run.log.write_bytes(b"x" * 50_000 + b"\n\n 10%\r 50%\r100%\r\n  File \xff\nMemoryError")
    assert tail(run)[1:] == ["100%", "  File \N{REPLACEMENT CHARACTER}", "MemoryError"]


def test_the_newest_warning_and_a_failure_are_worth_a_notice() -> None:
    failure = Failed(time=NOW, message="NaN.", hint="Less.")
    warnings = [Warning(time=NOW, message="best in epoch 1"), Warning(time=NOW, message="leapt")]
    news = [Checkpoint(time=NOW, epoch=3), *warnings, failure]
    found = alerts(news, State.RUNNING, State.FAILED)
    assert [(alert.words, alert.is_error) for alert in found] == [("leapt", False), ("NaN. Less.", True)]


@pytest.mark.parametrize(("before", "n_alerts"), [(State.RUNNING, 1), (State.INTERRUPTED, 0), (None, 0)])
def test_an_interruption_is_told_once(before: State | None, n_alerts: int) -> None:
    assert len(alerts([], before, State.INTERRUPTED)) == n_alerts
