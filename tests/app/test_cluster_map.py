"""The map of the movies: what is drawn, where the arrow keys lead, and how it stands on the Clusters screen."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from mftui.app.app import MftuiApp
from mftui.app.screens.clusters.cluster_cloud import Cloud, plane_of
from mftui.app.screens.clusters.cluster_map import ClusterMap
from mftui.app.screens.clusters.map_numbers import placed
from mftui.app.screens.clusters.movies_pane import MoviesPane
from mftui.app.screens.clusters.screen import ClustersScreen
from mftui.app.widgets.braille import ASCII, BRAILLE, Canvas
from mftui.app.widgets.filter_line import FilterLine
from mftui.app.widgets.table import Table
from mftui.core.clusters.neighbourhoods import Neighbourhoods, kept
from mftui.core.clusters.space import Space
from mftui.core.data.ratings import Ratings
from tests.app.conftest import ScriptedRun
from tests.app.waiting import until

# A cross: the middle, and a movie at each end, twice as far to the left.
POINTS = [(0, 0), (1, 0), (-2, 0), (0, 1), (0, -1)]
TITLES = ["Middle", "East", "West [bold]", "North", "South"]


def cross() -> Cloud:
    return cloud(np.array(POINTS, np.float32), np.array([0, 1, 1, 0, 0]), TITLES, "PCA, 100% of the variance")


def cloud(points: np.ndarray, groups: np.ndarray, titles: list[str], words: str = "PCA") -> Cloud:
    """The groups have no numbers, which would stand over dots."""
    return Cloud(points.astype(np.float32), groups, np.array([3, 5], np.uint8), ["", ""], titles, words)


class OneMap(App[None]):
    """Nothing but a map."""

    def compose(self) -> ComposeResult:
        yield ClusterMap(dots=ASCII)

    @property
    def map(self) -> ClusterMap:
        return self.query_one(ClusterMap)

    def lines(self) -> list[str]:
        return [self.map.render_line(y).text for y in range(self.map.size.height)]

    def pointed(self) -> str:
        return self.lines()[-1].strip("@ ")


async def test_every_movie_is_a_dot_the_lit_cluster_differs_and_the_cursors_title_is_told() -> None:
    app = OneMap()
    async with app.run_test(size=(41, 13)):
        app.map.focus()
        app.map.show(cross())
        app.map.light(1)
        said, *plot, title = app.lines()
        assert said.rstrip() == "5 movies, PCA, 100% of the variance"
        assert title.rstrip() == "@ Middle"
        letters = "".join(plot)
        assert (letters.count("*"), letters.count("x"), letters.count("@")) == (2, 2, 1)


async def test_arrow_keys_go_to_the_nearest_dot_that_way_and_stay_where_there_is_none() -> None:
    app = OneMap()
    async with app.run_test(size=(41, 13)) as pilot:
        app.map.focus()
        app.map.show(cross())
        walked = []
        for key in ("right", "right", "left", "left", "right", "up", "down", "down"):
            await pilot.press(key)
            walked.append(app.pointed())
        assert walked == ["East", "East", "Middle", "West [bold]", "Middle", "North", "Middle", "South"]


async def test_zooming_looks_closer_at_the_cursors_dot_and_back_again() -> None:
    app = OneMap()
    async with app.run_test(size=(61, 13)) as pilot:
        app.map.focus()
        app.map.show(cross())
        afar = app.lines()
        await pilot.press("right")
        app.map.zoom(8)
        assert "zoom 25.6" in app.lines()[0]
        plot = app.lines()[1:-1]
        assert ("".join(plot).count("@"), "".join(plot).count("x")) == (1, 0)
        assert plot[len(plot) // 2][30] == "@"
        await pilot.press("left")
        assert app.pointed() == "Middle"
        app.map.zoom(-20)
        await pilot.press("right", "left")
        assert app.lines() == afar


async def test_movies_in_one_place_and_no_movies_at_all_are_no_trouble() -> None:
    app = OneMap()
    async with app.run_test(size=(41, 13)) as pilot:
        app.map.focus()
        app.map.show(cloud(np.zeros((3, 2)), np.zeros(3, np.intp), ["A", "B", "C"]))
        await pilot.press("left", "up", "enter")
        assert app.pointed() == "A"
        app.map.show(None, "Laying out the movies…")
        await pilot.press("left", "enter")
        assert app.lines()[0].rstrip() == "Laying out the movies…"
        app.map.show(cloud(np.zeros((0, 2)), np.zeros(0, np.intp), []))
        await pilot.press("right")


def test_dots_scattered_at_once_are_those_drawn_one_by_one() -> None:
    rng = np.random.default_rng(0)
    xs, ys = rng.integers(-5, 45, 300), rng.integers(-5, 45, 300)
    at_once, one_by_one = Canvas(20, 10, BRAILLE), Canvas(20, 10, BRAILLE)
    at_once.scatter(xs, ys, 2)
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        one_by_one.line((x, y), (x, y), 2)
    assert [list(at_once.row(row)) for row in range(10)] == [list(one_by_one.row(row)) for row in range(10)]


def test_each_of_many_dots_can_have_a_pen_and_the_last_in_a_cell_is_seen() -> None:
    canvas = Canvas(3, 1, BRAILLE)
    canvas.scatter(np.array([0, 1, 4, 99]), np.array([0, 0, 3, 0]), np.array([7, 8, 9, 1], np.uint8))
    assert list(canvas.row(0)) == [("⠉", 8), (" ", 0), ("⡀", 9)]


def colours(app: OneMap) -> set[str]:
    """The names of the styles that dots are drawn in."""
    return {
        name
        for y in range(1, app.map.size.height - 1)
        for segment in app.map.render_line(y)
        for name in ClusterMap.COMPONENT_CLASSES
        if segment.text.strip() and segment.style == app.map.get_component_rich_style(name)
    }


class OneBrailleMap(OneMap):
    """The same, finer."""

    def compose(self) -> ComposeResult:
        yield ClusterMap(dots=BRAILLE)


async def test_the_lit_cluster_has_its_own_tint_and_the_others_theirs_dimmed() -> None:
    app = OneBrailleMap()
    async with app.run_test(size=(41, 13)):
        app.map.show(cross())
        app.map.light(1)
        assert colours(app) >= {"map--lit-5", "map--rest-3"}
        app.map.light(0)
        assert colours(app) >= {"map--lit-3", "map--rest-5"}


async def test_each_cluster_has_its_number_in_the_middle_of_its_dots_in_its_tint() -> None:
    points = np.array([(0, 0), (0, 1), (0, 2), (9, 2), (10, 2), (99, 2)], np.float32)
    numbered = replace(cloud(points, np.array([0, 0, 0, 1, 1, 1]), list("abcdef")), numbers=["7", "12"])
    app = OneBrailleMap()
    async with app.run_test(size=(101, 15)):
        app.map.show(numbered)
        app.map.go_to(5)
        app.map.light(1)
        x, y = app.map._view.cells(points)
        for text, dot, style in (("7", 1, "map--lit-3"), ("12", 4, "map--cursor")):
            line = app.map.render_line(int(y[dot]) + 1)
            assert line.text.index(text) == int(x[dot]), text
            assert next(segment.style for segment in line if segment.text == text) == (
                app.map.get_component_rich_style(style)
            )


def test_numbers_move_aside_for_one_another_and_the_lit_ones_stays() -> None:
    found = placed({0: (5.2, 3.1), 1: (6.0, 3.9), 2: (5.5, 3.5), 3: (0.0, 3.0)}, ["10", "11", "12", "13"], 1, 40)
    assert {number.text: (row, number.column) for row, numbers in found.items() for number in numbers} == {
        "11": (3, 6), "10": (2, 5), "12": (4, 5), "13": (3, 0),
    }  # fmt: skip


def test_numbers_of_which_no_place_is_left_are_left_out() -> None:
    everywhere = dict.fromkeys(range(9), (1.0, 1.0))
    shown = [n.text for numbers in placed(everywhere, list("012345678"), 8, 3).values() for n in numbers]
    assert shown[0] == "8"
    assert 2 <= len(shown) < 9


async def test_where_a_terminals_own_colours_cant_be_dimmed_only_the_lit_cluster_has_a_tint() -> None:
    app = OneBrailleMap()
    async with app.run_test(size=(41, 13)) as pilot:
        app.theme = "ansi-dark"
        await pilot.pause()
        app.map.show(cross())
        rest, lit = (app.map.get_component_rich_style(f"map--{name}") for name in ("rest-3", "lit-3"))
        assert rest == app.map.get_component_rich_style("map--rest-5")
        assert rest.color != lit.color


async def test_the_view_is_moved_when_zoomed_and_the_cursor_stays_in_it() -> None:
    app = OneMap()
    async with app.run_test(size=(61, 13)) as pilot:
        app.map.focus()
        app.map.show(cross())
        afar = app.lines()
        await pilot.press("H", "shift+up")
        assert app.lines() == afar, "everything is in view"
        app.map.zoom(3)
        in_view = [line.index("@") for line in app.lines()[1:-1] if "@" in line]
        await pilot.press("L")
        moved = [line.index("@") for line in app.lines()[1:-1] if "@" in line]
        assert in_view[0] - moved[0] == 15, "a quarter of the view"
        assert app.pointed() == "Middle"
        await pilot.press("L", "L", "L", "L")
        assert app.pointed() == "East", "the cursor takes the dot nearest to the middle when it would be left behind"
        await pilot.press("shift+left", "H", "H", "H", "H", "H", "H", "H", "H", "H")
        assert app.pointed() == "West [bold]"
        await pilot.press("right")
        assert app.pointed() == "Middle", "arrows go from dot to dot as ever, and the view follows"
        await pilot.press("K", "K", "K", "K", "J", "J", "J", "J", "J", "J", "J", "J")
        assert app.pointed() == "South"


async def test_the_same_dots_in_other_groups_keep_the_view() -> None:
    app = OneMap()
    async with app.run_test(size=(61, 13)) as pilot:
        app.map.focus()
        app.map.show(cross())
        await pilot.press("left")
        app.map.zoom(3)
        before = app.lines()
        app.map.show(replace(cross(), groups=np.array([0, 0, 0, 1, 1])), keep_view=True)
        assert app.pointed() == "West [bold]"
        assert app.lines()[0] == before[0]
        app.map.show(cross())
        assert app.pointed() == "Middle"


def map_says(pilot: Pilot[None], y: int) -> str:
    widget = pilot.app.screen.query_one(ClusterMap)
    return widget.render_line(y if y >= 0 else widget.size.height + y).text.strip()


async def map_shown(pilot: Pilot[None]) -> ClustersScreen:
    await pilot.press("4")
    await until(pilot, lambda: pilot.app.screen.query_one("#cluster-movies", Table).row_count)
    await pilot.press("m")
    await until(pilot, lambda: map_says(pilot, 0).startswith("39 movies, PCA"))
    assert isinstance(pilot.app.screen, ClustersScreen)
    return pilot.app.screen


async def test_the_map_stands_below_the_clusters_and_enter_goes_to_the_dots_movie(
    workbench: type[MftuiApp], modelled: ScriptedRun
) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        screen = await map_shown(pilot)
        assert screen.query_one("#left").display
        assert screen.query_one("#right").display
        await pilot.press("left", "left", "left", "left", "enter")
        title = map_says(pilot, -1).lstrip("◆ ").partition(" (")[0]
        movies = screen.query_one("#cluster-movies", Table)
        await until(pilot, lambda: movies.render_line(movies.cursor + 1).text.split("  ")[0].strip("▸ ") == title)


async def test_on_a_small_screen_the_map_replaces_the_lists_until_it_is_put_away(
    workbench: type[MftuiApp], modelled: ScriptedRun
) -> None:
    async with workbench().run_test(size=(80, 24)) as pilot:
        screen = await map_shown(pilot)
        assert not screen.query_one("#right").display
        assert screen.query_one(ClusterMap).size.height >= 17
        await pilot.press("z")
        assert "zoom 1.5" in map_says(pilot, 0)
        await pilot.press("escape")
        assert screen.query_one("#right").display
        assert pilot.app.focused is screen.query_one("#groups")


async def test_finding_a_movie_puts_the_cursor_on_its_dot(
    workbench: type[MftuiApp], modelled: ScriptedRun, ratings: Ratings
) -> None:
    title = str(ratings.titles[5]).partition(" (")[0]
    async with workbench().run_test(size=(120, 36)) as pilot:
        await map_shown(pilot)
        await pilot.press("slash", *title.partition(",")[0].lower())
        await until(pilot, lambda: map_says(pilot, -1).startswith(f"◆ {title}"))


async def test_a_model_that_is_gone_is_said_in_the_maps_place(workbench: type[MftuiApp], modelled: ScriptedRun) -> None:
    modelled.run.model.unlink()
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: pilot.app.screen.query_one("#cluster-movies", Table).row_count)
        await pilot.press("m")
        await until(pilot, lambda: map_says(pilot, 0).startswith("No map: "))


async def test_t_lays_the_map_out_by_tsne_in_a_child_process_and_turns_back(
    workbench: type[MftuiApp], modelled: ScriptedRun, jobs_done: Callable[..., list[list[str]]]
) -> None:
    def lay_out(arguments: list[str]) -> dict[str, object]:
        plane = plane_of(modelled.run, tsne=False)
        points = [(float(n % 7), float(n // 7)) for n in range(len(plane.item_ids))]
        space = str(Space())
        kept(modelled.run.path, modelled.run.model, 0, space, lambda: Neighbourhoods(0, space, plane.item_ids, points))
        return {}

    asked = jobs_done(lay_out)
    async with workbench().run_test(size=(120, 36)) as pilot:
        await map_shown(pilot)
        await pilot.press("t")
        await until(pilot, lambda: map_says(pilot, 0).startswith("39 movies, t-SNE, seed 0"))
        await pilot.press("t")
        await until(pilot, lambda: map_says(pilot, 0).startswith("39 movies, PCA"))
        await pilot.press("t")
        await until(pilot, lambda: map_says(pilot, 0).startswith("39 movies, t-SNE"))
        assert asked == [["clusters", str(modelled.run.path), "--tsne"]]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
def test_looks_zoomed_and_panned(
    workbench: type[MftuiApp], modelled: ScriptedRun, snap_compare: Any, size: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("TEXTUAL_THEME", "mftui-dark")

    async def before(pilot: Pilot[None]) -> None:
        await map_shown(pilot)
        await pilot.press("z", "z", "H", "K")
        await until(pilot, lambda: "zoom 2.2" in map_says(pilot, 0))

    assert snap_compare(workbench(), terminal_size=size, run_before=before)


async def test_the_map_follows_the_cursor_of_the_list(workbench: type[MftuiApp], modelled: ScriptedRun) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        screen = await map_shown(pilot)
        movies = screen.query_one(MoviesPane)
        movies.table.focus()
        for key in ("j", "j", "G", "right_square_bracket"):
            await pilot.press(key)
            await until(pilot, lambda: movies.movie and map_says(pilot, -1) == f"◆ {movies.movie.title}")


async def test_a_map_that_was_put_away_comes_back_from_afar_with_the_cursor_where_the_list_went(
    workbench: type[MftuiApp], modelled: ScriptedRun
) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        screen = await map_shown(pilot)
        drawn = screen.query_one(ClusterMap)
        plot = [drawn.render_line(y).text.replace("◆", "").count(" ") for y in range(1, drawn.size.height - 1)]
        await pilot.press("m", "right_square_bracket", "m")
        movies = screen.query_one(MoviesPane)
        await until(pilot, lambda: movies.movie and map_says(pilot, -1) == f"◆ {movies.movie.title}")
        again = [drawn.render_line(y).text.replace("◆", "").count(" ") for y in range(1, drawn.size.height - 1)]
        assert abs(sum(again) - sum(plot)) <= 2, "the same dots are in view, but for those under the cursor"


async def test_on_a_small_screen_a_movie_is_found_while_the_map_stands_alone(
    workbench: type[MftuiApp], modelled: ScriptedRun, ratings: Ratings
) -> None:
    title = str(ratings.titles[5]).partition(" (")[0]
    async with workbench().run_test(size=(80, 24)) as pilot:
        screen = await map_shown(pilot)
        await pilot.press("slash", *title.partition(",")[0].lower())
        await until(pilot, lambda: map_says(pilot, -1).startswith(f"◆ {title}"))
        assert screen.query_one(FilterLine).region.height == 1
        await pilot.press("enter")
        assert pilot.app.focused is screen.query_one(ClusterMap)
        assert not screen.query_one(MoviesPane).display
