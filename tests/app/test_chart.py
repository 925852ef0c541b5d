"""The chart as a widget: its legend, axes, marks and cursor, and that only changed rows are sent."""

import math

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from mftui.app.widgets.braille import BRAILLE
from mftui.app.widgets.chart import Chart
from mftui.app.widgets.plot import Mark
from mftui.app.widgets.smoothing import Smoothing
from mftui.app.widgets.trace import Trace


class ChartApp(App[None]):
    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self.chart = chart

    def compose(self) -> ComposeResult:
        yield self.chart


def chart_of(points: int, most: int = 20_000) -> tuple[Chart, Trace]:
    trace = Trace("train")
    for x in range(1, points + 1):
        trace.append(x, 1 + 1 / x)
    chart = Chart(trace, x_name="epoch", dots=BRAILLE)
    chart.x_most = most
    return chart, trace


async def test_only_rows_that_changed_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    chart, trace = chart_of(101, most=200)
    async with ChartApp(chart).run_test(size=(80, 24)):
        drawn: list[Region] = []
        monkeypatch.setattr(chart, "refresh", lambda *regions, **_: drawn.extend(regions))
        chart.draw()
        assert drawn == []
        trace.append(102, 1 + 1 / 102)
        chart.draw()
        assert {region.height for region in drawn} == {1}
        assert len(drawn) <= 3


async def test_moving_the_cursor_draws_its_two_columns_and_the_legend(monkeypatch: pytest.MonkeyPatch) -> None:
    chart, _ = chart_of(100, most=100)
    async with ChartApp(chart).run_test(size=(80, 24)):
        chart.move_cursor(0)
        chart.move_cursor(-10)
        drawn: list[Region] = []
        monkeypatch.setattr(chart, "refresh", lambda *regions, **_: drawn.extend(regions))
        before = [chart.render_line(y).text for y in range(24)]
        chart.move_cursor(-1)
        after = [chart.render_line(y).text for y in range(24)]
        assert {region.width for region in drawn if region.y > 0} == {2}
        for y, (old, new) in enumerate(zip(before, after, strict=True)):
            for x, (was, now) in enumerate(zip(old, new, strict=True)):
                assert was == now or any(region.contains(x, y) for region in drawn)


async def test_the_best_value_is_marked_and_the_cursor_reads_values() -> None:
    chart, _ = chart_of(100, most=100)
    chart.mark = Mark(50, 1.02, "best 1.0200 at 50")
    async with ChartApp(chart).run_test(size=(80, 24)):
        rows = [chart.render_line(y).text for y in range(24)]
        assert any("◆" in row for row in rows)
        assert any("best 1.0200 at 50" in row for row in rows)
        chart.move_cursor(0)
        chart.move_cursor(-1000)
        assert chart.render_line(0).text.startswith(" epoch 1   ── train 2.0000")


async def test_zooming_begins_at_the_cursor_or_at_the_last_tenth_fits_the_y_axis_and_goes_back() -> None:
    chart, trace = chart_of(0, most=2_000)
    for x in range(1, 1_001):
        trace.append(x, 0.5 + 10 / x)

    def axes() -> tuple[list[str], list[str]]:
        rows = [chart.render_line(y).text for y in range(24)]
        return [row.split()[0] for row in rows if "┤" in row], rows[-1].split()

    async with ChartApp(chart).run_test(size=(80, 24)):
        whole = axes()
        chart.zoom()
        assert chart.x_begin == 901
        assert (axes()[1][0], axes()[1][-1]) == ("901", "1000")
        assert all(0.5 < float(label) < 0.52 for label in axes()[0])
        chart.move_cursor(0)
        chart.move_cursor(-10_000)
        assert chart.cursor == 901
        chart.zoom()
        assert axes() == whole
        chart.move_cursor(-1)
        at = chart.cursor
        chart.zoom()
        assert chart.x_begin == at == 887
        chart.zoom()
        chart.cursor = None
        chart.zoom()
        trace.append(1_001, 0.5)
        chart.draw()
        assert axes()[1][-1] == "1100"


async def test_without_a_point_the_y_axis_has_no_labels() -> None:
    chart, trace = chart_of(0)
    async with ChartApp(chart).run_test(size=(61, 13)):
        assert not any("┤" in chart.render_line(y).text for y in range(13))
        trace.append(1, 0.5)
        chart.draw()
        assert any("┤" in chart.render_line(y).text for y in range(13))


async def test_the_rows_fill_the_width_exactly() -> None:
    chart, _ = chart_of(30)
    async with ChartApp(chart).run_test(size=(61, 13)):
        assert {chart.render_line(y).cell_length for y in range(13)} == {61}


async def test_other_runs_are_named_lettered_at_their_end_and_read_by_the_cursor() -> None:
    chart, _ = chart_of(100, most=100)
    chart.beside = {"A": trace_of("als", 1.5, 60), "C": trace_of("a name that a legend has room for", 1.2, 100)}
    async with ChartApp(chart).run_test(size=(80, 24)):
        rows = [chart.render_line(y).text for y in range(24)]
        assert rows[1].rstrip() == " A┈┈ als 1.5000  C╌· a name that a legend has room for 1.2000"
        assert sum("A" in row for row in rows[2:]) == 1
        assert next(row for row in rows[2:] if "A" in row).index("A") == pytest.approx(8 + 72 * 0.6, abs=2)
        chart.move_cursor(0)
        assert rows[1].replace("1.5000", "-").rstrip() == chart.render_line(1).text.rstrip()


async def test_six_runs_with_long_names_have_two_rows_of_a_narrow_legend_and_can_be_told_apart() -> None:
    chart, _ = chart_of(100, most=100)
    chart.beside = {letter: trace_of(f"notebook-20261124-184{n}", 1.5, 60) for n, letter in enumerate("ABCDEF")}
    async with ChartApp(chart).run_test(size=(80, 24)):
        rows = [chart.render_line(y).text for y in (1, 2)]
        assert rows[0].rstrip() == " A┈┈ notebo…4-1840 1.5000  B╴╴ notebo…4-1841 1.5000  C╌· notebo…4-1842 1.5000"
        assert [word for word in rows[1].split() if "…" in word] == [f"notebo…4-184{n}" for n in (3, 4, 5)]
    chart.beside = {"A": trace_of("日本語のとても長い名前です", 1.5, 60)}
    async with ChartApp(chart).run_test(size=(32, 24)):
        assert chart.render_line(1).text.rstrip() == " A┈┈ 日本語のと…名前です 1.5000"
        assert chart.render_line(1).cell_length == 32


async def test_a_curve_far_above_leaves_the_chart_rather_than_flatten_the_others() -> None:
    chart, _ = chart_of(100, most=100)
    chart.beside = {"A": trace_of("diverged", 1e6, 100)}
    async with ChartApp(chart).run_test(size=(80, 24)):
        assert not any("e+06" in chart.render_line(y).text[:8] for y in range(3, 24))
        assert any("↑ 1e+06" in chart.render_line(y).text for y in range(24))


async def test_a_smoothed_curve_lies_over_its_raw_values_dimmed() -> None:
    chart, trace = chart_of(0, most=100)
    for x in range(1, 101):
        trace.append(x, 1 + x % 2)
    async with ChartApp(chart).run_test(size=(80, 24)):
        rough = [chart.render_line(y) for y in range(24)]
        chart.smoothing = Smoothing.MEDIAN
        chart.draw()
        smooth = [chart.render_line(y) for y in range(24)]
        bright, dim = (chart.get_component_rich_style(f"chart--{name}") for name in ("first", "first-raw"))
        drawn = {style for strip in smooth[1:] for _, style, _ in strip}
        assert {bright, dim} <= drawn
        assert dim not in {style for strip in rough for _, style, _ in strip}


@pytest.mark.parametrize("size", [(30, 8), (40, 12), (58, 10), (78, 16)])
@pytest.mark.parametrize("log", [False, True])
async def test_a_narrow_chart_keeps_labels_on_both_axes(size: tuple[int, int], log: bool) -> None:
    chart, trace = chart_of(0, most=128)
    for x in range(1, 129):
        trace.append(x, 0.5 + 10 * math.exp(-x / 3))
    chart.log_scale = log
    async with ChartApp(chart).run_test(size=size):
        rows = [chart.render_line(y).text for y in range(size[1])]
        assert sum("┤" in row for row in rows) >= 2
        assert len([word for word in rows[-1].split() if word.isdigit()]) >= 3


def trace_of(name: str, value: float, points: int) -> Trace:
    trace = Trace(name)
    for x in range(1, points + 1):
        trace.append(x, value)
    return trace
