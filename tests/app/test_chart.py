"""The chart and its parts: ticks, dots, traces, and that only changed rows are sent."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.geometry import Region

from mftui.app.widgets.axes import Axis, axis_over, labels
from mftui.app.widgets.braille import ASCII, BLOCKS, BRAILLE, Canvas
from mftui.app.widgets.chart import Chart
from mftui.app.widgets.plot import Mark
from mftui.app.widgets.smoothing import Smoothing
from mftui.app.widgets.trace import Trace


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        (Axis(0.5, 1.27), ["0.6", "0.8", "1.0", "1.2"]),
        (Axis(0.1, 11.0, log=True), ["0.1", "0.3", "1.0", "3.0", "10.0"]),
        (Axis(0, 1_000_000), ["0", "0.2M", "0.4M", "0.6M", "0.8M", "1M"]),
    ],
)
def test_ticks_are_round_and_their_labels_align(axis: Axis, expected: list[str]) -> None:
    assert labels(axis.ticks(6)) == expected


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 12))
def test_ticks_lie_within_the_axis_and_are_few(low: float, span: float, most: int) -> None:
    axis = Axis(low, low + span)
    ticks = axis.ticks(most)
    assert len(ticks) <= most
    slack = max(span * 1e-6, math.ulp(axis.high), math.ulp(axis.low))
    assert all(axis.low - slack <= t <= axis.high + slack for t in ticks)


@given(st.lists(st.floats(1e-6, 1e6), min_size=1), st.booleans())
def test_an_axis_over_values_holds_them_all(values: list[float], log: bool) -> None:
    axis = axis_over(values, log)
    assert all(0 <= axis.place(v) <= 1 for v in values)


def text_of(canvas: Canvas) -> list[str]:
    return ["".join(text for text, _ in canvas.row(row)) for row in range(canvas.rows)]


def test_the_corners_of_a_cell_are_its_braille_dots() -> None:
    canvas = Canvas(2, 1, BRAILLE)
    canvas.dot(0, 0, 1)
    canvas.dot(3, 3, 1)
    assert text_of(canvas) == ["⠁⢀"]


def test_blocks_and_letters_stand_in_where_braille_is_missing() -> None:
    blocks, letters = Canvas(2, 1, BLOCKS), Canvas(3, 1, ASCII)
    blocks.dot(0, 0, 1)
    blocks.line((1, 0), (1, 1), 1)
    letters.line((0, 0), (1, 0), 1)
    letters.dot(2, 0, 2)
    assert text_of(blocks) == ["▀█"]
    assert text_of(letters) == ["**o"]


def test_what_lies_outside_is_not_drawn() -> None:
    canvas = Canvas(3, 2)
    canvas.line((-5, -5), (-1, 400), 1)
    assert text_of(canvas) == ["   ", "   "]


def test_a_trace_knows_the_extent_of_each_column_and_keeps_gaps_open() -> None:
    trace = Trace("loss")
    for x, y in enumerate([3.0, 1.0, None, 2.0], 1):
        trace.append(x, y)
    spans = trace.spans(range(1, 5), 4)
    assert {c: (s.low, s.high, s.joined) for c, s in spans.items()} == {
        0: (3.0, 3.0, False), 1: (1.0, 1.0, True), 3: (2.0, 2.0, False),
    }  # fmt: skip
    coarse = trace.spans(range(1, 5), 2)
    assert (coarse[0].first, coarse[0].low, coarse[0].high, coarse[0].last) == (3.0, 1.0, 3.0, 1.0)


@given(st.lists(st.one_of(st.none(), st.floats(0, 10)), min_size=1, max_size=300), st.integers(1, 40))
def test_points_added_one_by_one_give_the_spans_of_all_at_once(ys: list[float | None], columns: int) -> None:
    slowly, at_once = Trace("a"), Trace("b")
    for x, y in enumerate(ys, 1):
        slowly.append(x, y)
        slowly.spans(range(1, 301), columns)
        at_once.append(x, y)
    assert slowly.spans(range(1, 301), columns) == at_once.spans(range(1, 301), columns)


@given(st.lists(st.integers(1, 300), min_size=1, unique=True).map(sorted), st.integers(2, 40), st.integers(1, 200))
def test_spans_are_those_of_the_points_within_the_axis_column_by_column(xs: list[int], columns: int, low: int) -> None:
    trace = Trace("a")
    for x in xs:
        trace.append(x, 1 / x)
    expected: dict[int, list[float]] = {}
    for x in xs:
        if low <= x <= 300:
            expected.setdefault(math.floor((x - low) * (columns - 1) / (300 - low) + 0.5), []).append(1 / x)
    spans = trace.spans(range(low, 301), columns)
    assert list(spans) == list(expected)
    for column, ys in expected.items():
        span = spans[column]
        assert (span.first, span.low, span.high, span.last) == (ys[0], min(ys), max(ys), ys[-1])


def test_points_that_were_left_out_are_gaps_until_they_come_and_numbers_far_off_are_damaged() -> None:
    trace = Trace("loss")
    for x, y in ((3, 1.0), (6, 2.0), (5 * 10**9, 9.0), (1, 9.0)):
        trace.append(x, y)
    assert trace.xs == range(3, 7)
    assert [trace.at(x) for x in range(2, 8)] == [None, 1.0, None, None, 2.0, None]
    assert [span.joined for span in trace.spans(range(1, 11), 10).values()] == [False, False]
    trace.append(5, 4.0)
    assert trace.at(5) == 4.0
    assert [span.joined for span in trace.spans(range(1, 11), 10).values()] == [False, False, True]


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
