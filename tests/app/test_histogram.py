"""Bars and columns against lengths worked out by hand."""

import pytest
from textual.app import App, ComposeResult

from mftui.app.widgets.histogram import Bar, Bars, Columns, counted, horizontal, resampled, vertical


@pytest.mark.parametrize(
    ("share", "drawn"), [(0, "    "), (0.001, "▏   "), (0.25, "█   "), (0.53125, "██▏ "), (1, "████"), (2, "████")]
)
def test_a_bar_is_drawn_in_eighths_and_whatever_is_not_zero_shows(share: float, drawn: str) -> None:
    assert horizontal(share, 4) == drawn


@pytest.mark.parametrize(("share", "drawn"), [(0, "    "), (0.001, "#   "), (0.5, "##  "), (1, "####")])
def test_a_plain_terminal_gets_ascii_bars(share: float, drawn: str) -> None:
    assert horizontal(share, 4, plain=True) == drawn


def test_a_column_fills_from_the_bottom() -> None:
    assert [vertical(0.75, 2, level) for level in (0, 1)] == ["█", "▄"]
    assert [vertical(0.001, 2, level) for level in (0, 1)] == ["▁", " "]
    assert [vertical(0.75, 2, level, plain=True) for level in (0, 1)] == ["#", "#"]


def test_values_become_as_many_columns_as_there_are_cells() -> None:
    assert resampled([1, 3, 5, 7], 2) == [2.0, 6.0]
    assert resampled([1, 2], 4) == [1.0, 1.0, 2.0, 2.0]
    assert resampled([], 4) == []


def test_counts_are_printed_with_their_share() -> None:
    assert counted([("1", 6_110), ("2", 93_890)])[0] == Bar("1", 6_110, ("6,110", "6.1%"))


class Pictures(App[None]):
    def compose(self) -> ComposeResult:
        yield Bars(headings=("RMSE", "n"))
        yield Columns()

    def on_mount(self) -> None:
        self.query_one(Bars).bars = (Bar("a", 1.0, ("1.0", "20,000")), Bar("long", 0.5, ("0.5", "7")))
        columns = self.query_one(Columns)
        columns.values, columns.ends = (4.0, 2.0), ("most 4", "least 2")


async def test_bars_align_labels_and_figures_under_their_headings() -> None:
    app = Pictures()
    async with app.run_test(size=(30, 10)):
        bars = app.query_one(Bars)
        assert [bars.render_line(y).text for y in range(bars.size.height)] == [
            "                  RMSE       n",
            "a    ███████████   1.0  20,000",
            "long █████▌        0.5       7",
        ]


async def test_columns_name_their_ends() -> None:
    app = Pictures()
    async with app.run_test(size=(14, 10)):
        columns = app.query_one(Columns)
        assert [columns.render_line(y).text for y in range(4)] == [
            "███████       ", "███████▄▄▄▄▄▄▄", "██████████████", "most 4 least 2",
        ]  # fmt: skip
