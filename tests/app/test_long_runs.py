"""What keeps the app quick for hours: curves that cost little to draw and to keep, and little to search for garbage."""

import gc
import math
import tracemalloc
from array import array
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

import mftui.app
from mftui.app.app import MftuiApp
from mftui.app.screens.train.monitor import Monitor
from mftui.app.widgets.braille import Canvas
from mftui.app.widgets.chart import Chart
from mftui.app.widgets.smoothing import Smoothing
from mftui.app.widgets.trace import Trace
from tests.app.conftest import ScriptedRun
from tests.app.test_chart import ChartApp
from tests.app.waiting import until

SHORT, LONG = 90, 9_000
Step = Callable[[Pilot[None], Chart], Awaitable[None]]
WORK: Counter[str] = Counter()
"""Values that were read, and strokes that were drawn."""


class Watched(array):  # type: ignore[type-arg]
    """Values that count how often they are read."""

    def __getitem__(self, index: Any) -> Any:
        WORK["values"] += len(range(len(self))[index]) if isinstance(index, slice) else 1
        return super().__getitem__(index)

    def __iter__(self) -> Iterator[Any]:
        WORK["values"] += len(self)
        return super().__iter__()


def loss(name: str, epochs: int) -> Trace:
    trace = Trace(name)
    for epoch in range(1, epochs + 1):
        # The same shape over the same width, however many epochs it is made of.
        trace.append(epoch, 0.5 + math.exp(-5 * epoch / epochs) + 0.01 * (epoch * 7919 % 101) / 101)
    trace.ys = Watched("d", trace.ys)
    return trace


async def next_epoch(pilot: Pilot[None], chart: Chart) -> None:
    for trace in chart.traces:
        trace.append(trace.xs.stop, 0.5)
    chart.draw()


async def move_cursor(pilot: Pilot[None], chart: Chart) -> None:
    chart.move_cursor(-1)


async def log_axis(pilot: Pilot[None], chart: Chart) -> None:
    chart.log_scale = True
    chart.draw()


async def another_size(pilot: Pilot[None], chart: Chart) -> None:
    await pilot.resize_terminal(61, 24)


async def smooth(pilot: Pilot[None], chart: Chart) -> None:
    chart.smoothing = Smoothing.EXPONENTIAL
    chart.draw()


async def overlay(pilot: Pilot[None], chart: Chart) -> None:
    chart.beside = {letter: loss(letter, len(chart.traces[0].ys)) for letter in "ABC"}
    chart.draw()


async def work_of(step: Step, epochs: int) -> Counter[str]:
    """What a step costs on a chart that was drawn, on an axis with room for more epochs."""
    chart = Chart(loss("train", epochs), loss("test", epochs), x_name="epoch")
    chart.x_most = epochs * 10 // 9
    async with ChartApp(chart).run_test(size=(80, 24)) as pilot:
        WORK.clear()
        await step(pilot, chart)
        return Counter(WORK)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    stroke = Canvas._stroke

    def counting(self: Canvas, x: int, start: int, end: int, pen: int) -> None:
        WORK["strokes"] += 1
        stroke(self, x, start, end, pen)

    monkeypatch.setattr(Canvas, "_stroke", counting)


@pytest.mark.parametrize("step", [next_epoch, move_cursor, log_axis])
async def test_what_is_done_all_the_time_reads_no_more_of_a_long_curve(counted: None, step: Step) -> None:
    short, long = await work_of(step, SHORT), await work_of(step, LONG)
    assert short["strokes"] > 200
    assert long["strokes"] <= 2 * short["strokes"]
    # The newest column is read anew, which may hold a hundred epochs.
    assert long["values"] <= 4 * LONG / 100


@pytest.mark.parametrize(("step", "curves"), [(another_size, 2), (smooth, 4), (overlay, 3)])
async def test_what_is_done_once_reads_a_long_curve_once(counted: None, step: Step, curves: int) -> None:
    short, long = await work_of(step, SHORT), await work_of(step, LONG)
    assert long["strokes"] <= 2 * short["strokes"]
    assert LONG <= long["values"] <= curves * LONG * 1.1


async def test_an_epoch_is_kept_in_less_than_two_hundred_bytes(
    workbench: type[MftuiApp], scripted: Callable[..., ScriptedRun], alive: Callable[[ScriptedRun], None]
) -> None:
    few, many = 4_000, 14_000  # from the first on the log holds as many lines as it ever will
    run = scripted(epochs=many + 1).begin()
    alive(run)
    tracemalloc.start()
    try:
        async with workbench().run_test() as pilot:
            monitor = pilot.app.screen.query_one(Monitor)
            monitor.change_smoothing()

            async def kept_after(epochs: int) -> int:
                for last in (epochs, epochs + 1):  # what one look has read is let go at the next
                    run.epochs(len(monitor.train.ys) + 1, last)
                    await until(pilot, lambda: len(monitor.train.ys) == last)  # noqa: B023
                gc.collect()
                return tracemalloc.get_traced_memory()[0]

            before = await kept_after(few)
            assert (await kept_after(many) - before) / (many - few) < 200
    finally:
        tracemalloc.stop()


async def test_the_program_looks_for_garbage_once_among_what_a_screen_is_made_of(
    workbench: type[MftuiApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen: list[str] = []
    monkeypatch.setattr("mftui.app.screens.base._SETTLED", 0.001)
    monkeypatch.setattr("mftui.app._TEXTUAL", {})
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(app.current_mode))
    monkeypatch.setattr(MftuiApp, "run", lambda self: programs.append(self))
    programs: list[MftuiApp] = []
    mftui.app.run()
    for app, expected in ((programs[0], ["data", "train"]), (workbench(), [])):
        async with app.run_test() as pilot:
            await until(pilot, lambda: len(frozen) >= min(len(expected), 1))  # noqa: B023
            await pilot.press("2")
            await until(pilot, lambda: len(frozen) >= len(expected))  # noqa: B023
            await pilot.press("1", "2")
            await pilot.pause()
        assert frozen == expected
        frozen.clear()
