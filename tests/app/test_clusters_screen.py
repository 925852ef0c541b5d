"""The Clusters screen on reports written by hand, by the keys that a person presses."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.containers import Vertical
from textual.pilot import Pilot
from textual.widgets import Static

from mftui.app import jobs
from mftui.app.app import MftuiApp
from mftui.app.screens.clusters import map_pane
from mftui.app.screens.clusters.cluster_map import ClusterMap
from mftui.app.widgets.filter_line import FilterLine
from mftui.app.widgets.table import Table
from mftui.core.clusters.report import write
from tests.app.conftest import ScriptedRun
from tests.app.reports import HOSTILE, clusters, plane
from tests.app.waiting import until

Scripted = Callable[..., ScriptedRun]


@pytest.fixture
def clustered(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> ScriptedRun:
    """A finished run of two clusters, with a map of them but without a model."""
    monkeypatch.setattr(map_pane, "plane_of", lambda run, tsne: plane())
    run = scripted().begin().epochs(1, 128).finish()
    write(run.run.path, clusters())
    return run


def groups(pilot: Pilot[None]) -> Table:
    return pilot.app.screen.query_one("#groups", Table)


def movies(pilot: Pilot[None]) -> Table:
    return pilot.app.screen.query_one("#cluster-movies", Table)


def rows(table: Table) -> list[str]:
    return [table.render_line(y).text[2:].rstrip() for y in range(1, table.row_count + 1)]


def titles(pilot: Pilot[None]) -> list[str]:
    return [row.split("  ")[0] for row in rows(movies(pilot))]


def heading(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#right", Vertical).border_title)


async def opened(pilot: Pilot[None]) -> None:
    await pilot.press("4")
    await until(pilot, lambda: movies(pilot).row_count)


async def test_clusters_stand_beside_their_movies_and_the_untrained_come_last(
    workbench: type[MftuiApp], clustered: ScriptedRun
) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        listed = [row.removeprefix("■").split(maxsplit=3) for row in rows(groups(pilot))]
        assert [row[:3] for row in listed] == [["0", "3", "0.500"], ["1", "7", "1.500"], ["-", "1", "-"]]
        labels = [row[3] for row in listed]
        assert labels[0].startswith("Sci-Fi ×3.1 · 1980s ×2.0")  # noqa: RUF001
        assert labels[1].startswith("most rated: [bold red]")
        assert labels[2] == "never trained on"
        assert titles(pilot) == ["Star Wars", "Alien", "Amélie"]
        assert heading(pilot) == "Cluster 0  3 movies"
        await pilot.press("G")
        await until(pilot, lambda: heading(pilot) == "Never trained on  1 movies")
        assert titles(pilot) == ["Unseen (1990)"]


async def test_brackets_walk_through_the_clusters(workbench: type[MftuiApp], clustered: ScriptedRun) -> None:
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await pilot.press("tab", "right_square_bracket")
        await until(pilot, lambda: heading(pilot).startswith("Cluster 1"))
        await pilot.press("left_square_bracket", "left_square_bracket")
        await until(pilot, lambda: heading(pilot).startswith("Cluster 0"))


async def test_one_key_orders_the_movies_by_closeness_mean_title_year_and_ratings(
    workbench: type[MftuiApp], clustered: ScriptedRun
) -> None:
    async with workbench().run_test() as pilot:
        await opened(pilot)
        orders = []
        for _ in range(5):
            await pilot.press("s")
            orders.append([row.split()[0] for row in rows(movies(pilot))])
        closest, best, by_title, newest, most_rated = orders
        assert closest == ["Alien", "Star", "Amélie"]
        assert best == ["Star", "Alien", "Amélie"]
        assert by_title == ["Alien", "Amélie", "Star"]
        assert newest == ["Amélie", "Alien", "Star"]
        assert most_rated == ["Star", "Alien", "Amélie"]
        await pilot.press("S")
        assert [row.split()[0] for row in rows(movies(pilot))] == most_rated[::-1]


async def test_finding_a_movie_goes_to_its_cluster_and_row(workbench: type[MftuiApp], clustered: ScriptedRun) -> None:
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await pilot.press("slash", *"amelie")
        assert pilot.app.screen.query_one(FilterLine).text == "amelie"
        await until(pilot, lambda: heading(pilot).startswith("Cluster 1"))
        await pilot.pause()
        assert titles(pilot)[movies(pilot).cursor] == "Amélie (2001)"
        assert str(pilot.app.screen.query_one("#count", Static).content) == "1 of 2"
        await pilot.press("down")
        await until(pilot, lambda: heading(pilot).startswith("Cluster 0"))
        await pilot.pause()
        assert titles(pilot)[movies(pilot).cursor] == "Amélie"
        await pilot.press("enter")
        assert pilot.app.focused is movies(pilot)


async def test_nothing_found_is_said(workbench: type[MftuiApp], clustered: ScriptedRun) -> None:
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await pilot.press("slash", *"zzz")
        await until(pilot, lambda: str(pilot.app.screen.query_one("#count", Static).content) == "no movie")
        await pilot.press("escape")
        assert heading(pilot).startswith("Cluster 0")


async def test_without_a_run_it_says_what_to_do(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test() as pilot:
        await pilot.press("4")
        await until(pilot, lambda: "Train a model" in str(pilot.app.screen.query_one("#words", Static).content))


async def test_the_map_stands_below_the_clusters_where_there_is_room_but_for_a_card(
    workbench: type[MftuiApp], clustered: ScriptedRun
) -> None:
    async with workbench().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        pane, dots = pilot.app.screen.query_one("#map-pane"), pilot.app.screen.query_one(ClusterMap)
        assert not pane.display
        await pilot.resize_terminal(120, 36)
        await until(pilot, lambda: pane.display and "10 movies" in dots.render_line(0).text)
        assert groups(pilot).has_focus
        await pilot.press("m")
        assert dots.has_focus
        await pilot.press("m")
        assert groups(pilot).has_focus
        assert pane.display
        await pilot.press("enter", "enter")
        assert pilot.app.screen.query_one("#card-pane").display
        assert not pane.display
        await pilot.press("escape")
        assert pane.display


async def test_titles_that_mean_harm_stay_text_and_aligned(workbench: type[MftuiApp], clustered: ScriptedRun) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: movies(pilot).row_count == len(HOSTILE))
        table = movies(pilot)
        for y in range(1, len(HOSTILE) + 1):
            line = table.render_line(y)
            assert line.cell_length == table.scrollable_size.width
            assert "\x1b" not in line.text
            assert line.text.rstrip().endswith("3.50")
        assert any("[bold red]Markup" in row for row in rows(table))


@pytest.mark.parametrize("theme", ["mftui-dark", "mftui-light"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
def test_looks(
    workbench: type[MftuiApp], clustered: ScriptedRun, snap_compare: Any, size: tuple[int, int], theme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("TEXTUAL_THEME", theme)

    async def before(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: movies(pilot).row_count == len(HOSTILE))
        if size[1] > 30:
            await until(pilot, lambda: "movies" in pilot.app.screen.query_one(ClusterMap).render_line(0).text)

    assert snap_compare(workbench(), terminal_size=size, run_before=before)


async def test_the_factors_are_exported_in_the_format_that_is_asked_for(
    workbench: type[MftuiApp],
    clustered: ScriptedRun,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    jobs_done: Callable[..., list[list[str]]],
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = jobs_done(lambda arguments: {"files": [f"{arguments[-1]}/vectors.tsv"]})
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await pilot.press("e", "escape", "e", "t")
        await until(pilot, lambda: pilot.app._notifications)
        folder = tmp_path / f"{clustered.run.name}-export"
        assert asked == [["export", str(clustered.run.path), "--format", "projector", "-o", str(folder)]]
        assert any("vectors.tsv" in note.message for note in pilot.app._notifications)


async def test_an_export_that_fails_says_so_once(
    workbench: type[MftuiApp], clustered: ScriptedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(title: str, arguments: list[str]) -> AsyncIterator[jobs.Job]:
        yield jobs.Job(title, error="The disk is full.")

    monkeypatch.setattr(jobs, "follow", failing)
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await pilot.press("e", "t")
        await until(pilot, lambda: pilot.app._notifications)
        await pilot.press("1", "4", "1", "4")
        await opened(pilot)
        assert [note.message for note in pilot.app._notifications] == ["The disk is full."]
