"""What stands beside the curve: the model's arrays, the process's own log, notices."""

from pathlib import Path

import pytest

from mftui.app.alerts import alerts
from mftui.app.app import MftuiApp
from mftui.app.screens.train.log_view import LogView
from mftui.app.screens.train.model_summary import summary
from mftui.app.screens.train.monitor import Monitor
from mftui.app.screens.train.process_log import tail
from mftui.core.runs.directory import Run
from mftui.core.runs.events import Checkpoint, Failed, Started, Warning
from mftui.core.runs.history import State
from tests.app.conftest import NOW
from tests.app.test_train_screen import Alive, Scripted, log_of
from tests.app.waiting import until


def started(**parameters: list[int]) -> Started:
    return Started(
        time=NOW, pid=1, host="h", device="cpu", device_name="", threads=1, users=943, items=1682,
        training_rows=80_000, validation_rows=0, test_rows=20_000, parameters=parameters,
    )  # fmt: skip


def test_a_model_is_summed_up_by_array() -> None:
    lines = [" ".join(text.split()) for text, _ in summary(started(user_factors=[943, 8], item_bias=[1682]))]
    assert lines == [
        "array shape parameters",
        "user_factors 943 \N{MULTIPLICATION SIGN} 8 7,544",
        "item_bias 1,682 1,682",
        "in all 9,226",
        "36.9 kB in float32",
        "0.12 parameters for each of 80,000 training ratings",
    ]


def test_the_columns_of_a_summary_align_and_fit_beside_the_settings() -> None:
    lines = [text for text, _ in summary(started(user_factors=[162_541, 128], a_very_long_name_of_an_array=[3]))][:-2]
    assert {len(line) for line in lines} == {18 + 2 + 13 + 2 + 10}
    usual = [text for text, _ in summary(started(user_factors=[162_541, 64], item_bias=[59_047]))][:-2]
    assert {len(line) for line in usual} == {38}


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


async def test_one_key_goes_through_log_model_process_log_and_machine(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    run = scripted().begin().epochs(1, 3).finish()
    run.run.log.write_text("Traceback\n  File 'x'\n")
    async with workbench().run_test() as pilot:
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen.query_one(Monitor).train.xs)
        process = pilot.app.screen.query_one("#process", LogView)
        await pilot.press("p", "p")
        await until(pilot, lambda: [text for text, _ in process._lines] == ["Traceback", "  File 'x'"])
        assert process.region.height > 0
        run.run.log.write_text("Traceback\n  File 'x'\nMemoryError\n")
        await pilot.press("p")
        assert pilot.app.screen.query_one("#machine").region.height > 0
        await pilot.press("p", "p", "p")
        await until(pilot, lambda: process._lines[-1:] == [("MemoryError", "line")])


async def test_a_warning_is_a_notice_on_any_screen_and_in_the_log(
    workbench: type[MftuiApp], scripted: Scripted, alive: Alive
) -> None:
    run = scripted().begin().epochs(1, 3)
    alive(run)
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("1")
        run.tell(Warning(time=NOW, message="The test loss was best in epoch 1 and has risen: the model overfits."))
        await until(pilot, lambda: ["overfits" in n.message for n in pilot.app._notifications] == [True])
        await pilot.press("2")
        await until(pilot, lambda: any("overfits" in line for line in log_of(pilot.app)))


async def test_a_line_too_long_for_the_log_goes_on_below(workbench: type[MftuiApp], scripted: Scripted) -> None:
    scripted().begin().tell(Failed(time=NOW, message="The loss is no longer a number. " * 6))
    async with workbench().run_test() as pilot:
        await pilot.press("2")
        log = pilot.app.screen.query_one("#log", LogView)
        await until(pilot, lambda: len(log._rows) > len(log._lines))
        assert all(len(text) <= log.size.width for text, _ in log._rows)
        assert log.render_line(log.size.height - 1).text.rstrip().endswith("a number.")


async def test_of_a_long_log_the_newest_lines_are_kept(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test() as pilot:
        await pilot.press("2")
        log = pilot.app.screen.query_one("#log", LogView)
        for first in range(0, 10_000, 100):
            log.write([(f"line {number}", "line") for number in range(first, first + 100)])
        assert 2_000 <= len(log._lines) == len(log._rows) <= 2_500
        assert log._lines[-1] == ("line 9999", "line")
        assert [text for text, _ in log._lines] == [f"line {n}" for n in range(10_000 - len(log._lines), 10_000)]


async def test_the_summary_of_a_model_is_read_from_its_first_line(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    arrays = {f"array_{number}": [943, 8] for number in range(20)}
    scripted().tell(started(**arrays)).epochs(1, 3).finish()
    async with workbench().run_test() as pilot:
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen.query_one(Monitor).train.xs)
        await pilot.press("p")
        model = pilot.app.screen.query_one("#model", LogView)
        await until(pilot, lambda: model.size.height > 0)
        assert model.render_line(0).text.startswith("array ")
        await pilot.press("pagedown")
        await until(pilot, lambda: model.scroll_offset.y > 0)
