"""The table by what it draws and how it answers keys, on rows made up here."""

from rich.cells import cell_len
from textual.app import App, ComposeResult

from mftui.app.widgets.rows import Column, fit
from mftui.app.widgets.table import Table
from mftui.core.text import clean, fold
from tests.app.reports import HOSTILE


class Counting:
    """Formats a cell, and counts how often it is asked to."""

    def __init__(self) -> None:
        self.cells = 0

    def __call__(self, value: object) -> str:
        self.cells += 1
        return f"{value:,}" if isinstance(value, int) else str(value)


class TableApp(App[None]):
    def __init__(self, titles: list[str], counts: list[int], show: Counting | None = None) -> None:
        super().__init__()
        self.values = [titles, counts]
        self.show = show or Counting()
        self.selected: list[int] = []
        self.highlighted: list[int | None] = []

    def compose(self) -> ComposeResult:
        columns = (Column("Title", show=self.show), Column("Ratings", width=9, numeric=True, show=self.show))
        yield Table(*columns, sort=1, empty="Nothing here")

    def on_mount(self) -> None:
        self.table.load(self.values, [fold(title) for title in self.values[0]])
        self.table.focus()

    @property
    def table(self) -> Table:
        return self.query_one(Table)

    def on_table_selected(self, message: Table.Selected) -> None:
        self.selected.append(message.position)

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        self.highlighted.append(message.position)

    def lines(self) -> list[str]:
        return [self.table.render_line(y).text for y in range(self.table.size.height)]


MOVIES = (["Heat", "Amélie", "Empire Strikes Back, The", "fargo"], [5, 900, 1200, 5])


async def test_sixty_thousand_rows_are_formatted_only_where_they_are_on_the_screen() -> None:
    show = Counting()
    app = TableApp([f"Movie {n}" for n in range(60_000)], list(range(60_000)), show)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("pagedown", "G", "g", "j", "j", "k")
        app.table.filter("movie 5999")
        await pilot.pause()
        assert app.table.row_count == 16  # 5999, 15999 to 55999, 59990 to 59999
        assert show.cells <= 60 * 20 * 2


async def test_numbers_are_sorted_largest_first_and_ties_keep_their_order() -> None:
    app = TableApp(*MOVIES)
    async with app.run_test():
        assert [line[2:20].strip() for line in app.lines()[1:5]] == ["Empire Strikes Bac", "Amélie", "Heat", "fargo"]
        assert "Ratings ▼" in app.lines()[0]


async def test_text_is_sorted_with_case_and_accents_folded() -> None:
    app = TableApp(*MOVIES)
    async with app.run_test():
        app.table.sort(0)
        assert [line[2:20].strip() for line in app.lines()[1:5]] == ["Amélie", "Empire Strikes Bac", "fargo", "Heat"]
        assert "Title ▲" in app.lines()[0]
        app.table.action_reverse()
        assert app.lines()[1][2:6] == "Heat"


async def test_a_filter_finds_words_in_any_order_whatever_their_case_and_accents() -> None:
    app = TableApp(*MOVIES)
    async with app.run_test():
        for text, found in (("the empire", 1), ("AMELIE", 1), ("e", 3), ("heat fargo", 0), ("", 4)):
            app.table.filter(text)
            assert app.table.row_count == found, text


async def test_the_cursor_stays_on_its_row_when_the_order_changes() -> None:
    app = TableApp(*MOVIES)
    async with app.run_test():
        app.table.go_to(3)
        app.table.sort(0)
        assert app.table.position == 3
        app.table.filter("a")
        assert app.table.position == 3
        app.table.filter("heat")
        assert app.table.position == 0


async def test_keys_move_the_cursor_and_stop_at_the_ends() -> None:
    app = TableApp([f"Movie {n}" for n in range(100)], list(range(100, 0, -1)))
    async with app.run_test(size=(60, 11)) as pilot:
        for key, position in (
            ("k", 0), ("j", 1), ("down", 2), ("up", 1), ("G", 99), ("j", 99), ("g", 0), ("end", 99), ("home", 0),
            ("pagedown", 9), ("pageup", 0),
        ):  # fmt: skip
            await pilot.press(key)
            assert app.table.position == position, key
        assert app.highlighted[-1] == 0


async def test_the_row_under_the_cursor_is_always_in_view() -> None:
    app = TableApp([f"Movie {n}" for n in range(100)], list(range(100, 0, -1)))
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.press("G")
        assert app.lines()[-1].startswith("▸ Movie 99")
        await pilot.resize_terminal(60, 6)
        assert any(line.startswith("▸ Movie 99") for line in app.lines())
        await pilot.press("g")
        assert app.lines()[1].startswith("▸ Movie 0")


async def test_a_click_moves_a_second_one_chooses_and_one_on_the_header_sorts() -> None:
    app = TableApp(*MOVIES)
    async with app.run_test() as pilot:
        await pilot.click(Table, offset=(5, 3))
        assert app.table.position == 0
        assert app.selected == []
        await pilot.click(Table, offset=(5, 3))
        assert app.selected == [0]
        await pilot.click(Table, offset=(5, 0))
        assert app.table.sort_column == 0


async def test_titles_that_mean_harm_are_shown_literally_and_aligned() -> None:
    app = TableApp(list(HOSTILE), list(range(len(HOSTILE), 0, -1)))
    async with app.run_test(size=(60, 12)):
        for line, title, count in zip(app.lines()[1:], HOSTILE, range(len(HOSTILE), 0, -1), strict=False):
            assert clean(title) in line
            assert "\x1b" not in line
            assert "\u202e" not in line
            assert cell_len(line) == 60
            assert cell_len(line.rstrip()) == 59
            assert line.rstrip().endswith(f" {count}")


async def test_an_empty_table_says_so() -> None:
    app = TableApp([], [])
    async with app.run_test():
        assert app.lines()[0].strip() == "Nothing here"
        assert app.table.position is None


def test_text_is_cut_to_cells_not_characters() -> None:
    assert fit("Fargo", 7) == "Fargo  "
    assert fit("Fargo", 7, right=True) == "  Fargo"
    assert fit("千と千尋", 8) == "千と千尋"
    assert fit("千と千尋", 5) == "千と…"
    assert fit("千と千尋", 6) == "千と… "
    assert fit("Fargo", 0) == ""
