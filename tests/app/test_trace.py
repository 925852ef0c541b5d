"""What a chart is made of, without a widget: ticks, dots, traces and their spans."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mftui.app.widgets.axes import Axis, axis_over, labels, on_rows
from mftui.app.widgets.braille import ASCII, BLOCKS, BRAILLE, Canvas
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
    canvas.line((0, 0), (0, 0), 1)
    canvas.line((3, 3), (3, 3), 1)
    assert text_of(canvas) == ["⠁⢀"]


def test_blocks_and_letters_stand_in_where_braille_is_missing() -> None:
    blocks, letters = Canvas(2, 1, BLOCKS), Canvas(3, 1, ASCII)
    blocks.line((0, 0), (0, 0), 1)
    blocks.line((1, 0), (1, 1), 1)
    letters.line((0, 0), (1, 0), 1)
    letters.line((2, 0), (2, 0), 2)
    assert text_of(blocks) == ["▀█"]
    assert text_of(letters) == ["**o"]


def test_what_lies_outside_is_not_drawn() -> None:
    canvas = Canvas(3, 2)
    canvas.line((-5, -5), (-1, 400), 1)
    assert text_of(canvas) == ["   ", "   "]


@given(
    st.integers(-4, 24), st.integers(0, 12), st.integers(-20, 40), st.integers(-20, 40), st.sampled_from(["#", "##.."])
)
def test_a_line_is_the_dots_nearest_to_it(x: int, wide: int, y: int, y_end: int, dash: str) -> None:
    line, dots = Canvas(10, 5), Canvas(10, 5)
    line.line((x, y), (x + wide, y_end), 1, dash)
    steps = max(wide, abs(y_end - y), 1)
    for step in range(steps + 1):
        at = x + wide * step // steps, round(y + (y_end - y) * step / steps)
        if dash[at[0] % len(dash)] == "#":
            dots.line(at, at, 1)
    assert text_of(line) == text_of(dots)


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


@given(st.floats(0, 1e6), st.floats(1e-6, 1e6), st.integers(5, 60))
def test_an_axis_on_rows_holds_the_other_with_two_ticks_at_least_on_whole_rows(
    low: float, span: float, rows: int
) -> None:
    needed = axis_over([low, low + span])
    axis = on_rows(needed, rows)
    slack = 1e-6 * (axis.high - axis.low)
    assert axis.low <= needed.low + slack
    assert axis.high >= needed.high - slack
    places = [axis.place(tick) * (rows - 1) for tick in axis.ticks(rows)]
    assert len(places) >= 2
    assert all(abs(place - round(place)) < 1e-3 for place in places)
