"""What it costs to draw a curve, by how many epochs it has: processor time for all that a person does to a chart.

python -m tests.benchmarks.drawing
"""

import asyncio
import statistics
import time
from collections.abc import Callable
from itertools import cycle

from textual.app import App, ComposeResult

from mftui.app.widgets.chart import Chart
from mftui.app.widgets.smoothing import Smoothing
from mftui.app.widgets.trace import Trace

EPOCHS, TIMES = (100, 1_000, 10_000, 50_000), 15


class ChartApp(App[None]):
    """A chart and nothing else."""

    def __init__(self, epochs: int) -> None:
        super().__init__()
        self.chart = Chart(curve(epochs), curve(epochs), x_name="epoch")
        self.chart.x_most = 100_000

    def compose(self) -> ComposeResult:
        """The chart."""
        yield self.chart


def curve(epochs: int) -> Trace:
    """A loss that falls, with some noise."""
    trace = Trace("loss")
    for epoch in range(1, epochs + 1):
        trace.append(epoch, 0.5 + 10 / epoch + 0.01 * (epoch * 7919 % 101) / 101)
    return trace


def milliseconds(step: Callable[[], object]) -> float:
    """The median processor time of a step."""
    spent = []
    for _ in range(TIMES):
        began = time.process_time()
        step()
        spent.append(time.process_time() - began)
    return statistics.median(spent) * 1e3


async def measure(epochs: int) -> dict[str, float]:
    """Milliseconds by what is done."""
    async with ChartApp(epochs).run_test(size=(120, 36)) as pilot:
        chart = pilot.app.query_one(Chart)
        widths, kinds = cycle((119, 118)), cycle((Smoothing.EXPONENTIAL, Smoothing.MEDIAN))
        others = {letter: curve(epochs) for letter in "ABC"}

        def next_epoch() -> None:
            for trace in chart.traces:
                trace.append(trace.xs.stop, 0.5)
            chart.draw()

        def resize() -> None:
            chart._size = chart.size.with_width(next(widths))
            chart.draw()

        def smooth() -> None:
            chart.smoothing = next(kinds)
            chart.draw()

        def overlay() -> None:
            chart.beside = {} if chart.beside else others
            chart.draw()

        return {
            "next epoch": milliseconds(next_epoch),
            "cursor": milliseconds(lambda: chart.move_cursor(-1)),
            "resize": milliseconds(resize),
            "three overlaid": milliseconds(overlay),
            "smoothing": milliseconds(smooth),
            "next epoch, smoothed": milliseconds(next_epoch),
        }


def main() -> None:
    """Measure and print."""
    found = {epochs: asyncio.run(measure(epochs)) for epochs in EPOCHS}
    print(f"{'ms of processor time at 120x36':32}" + "".join(f"{epochs:>9,}" for epochs in EPOCHS) + "  epochs")
    for step in found[EPOCHS[0]]:
        print(f"{step:32}" + "".join(f"{found[epochs][step]:9.2f}" for epochs in EPOCHS))


if __name__ == "__main__":
    main()
