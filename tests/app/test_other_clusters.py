"""More or fewer clusters, by popularity, in colours that stay; and the scan that helps to choose their number."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Static

from mftui.app import jobs
from mftui.app.app import MftuiApp
from mftui.app.jobs import Job
from mftui.app.screens.clusters import map_pane
from mftui.app.screens.clusters.cluster_map import ClusterMap
from mftui.app.screens.clusters.cluster_tints import Tints
from mftui.app.screens.clusters.groups_pane import GroupTable
from mftui.app.screens.clusters.how_many import HowMany
from mftui.app.screens.clusters.other_clusters import OtherClusters
from mftui.app.screens.clusters.tints import N_TINTS
from mftui.app.widgets.chart import Chart
from mftui.app.widgets.footer import Footer
from mftui.core.clusters.report import Cluster, Clusters, Structure, write
from mftui.core.clusters.scan import Scan, Trial
from tests.app.conftest import ScriptedRun
from tests.app.reports import clusters, item, plane
from tests.app.waiting import until

Follow = Callable[[str, list[str]], AsyncIterator[Job]]


@pytest.fixture
def clustered(scripted: Callable[..., ScriptedRun], monkeypatch: pytest.MonkeyPatch) -> ScriptedRun:
    """A finished run of two clusters, with a map of them but without a model, and no pause before others are made."""
    monkeypatch.setattr(map_pane, "plane_of", lambda run, tsne: plane())
    monkeypatch.setattr(OtherClusters, "PAUSE", 0)
    monkeypatch.setattr(HowMany, "LOOK", 0.05)
    run = scripted().begin().epochs(1, 128).finish()
    write(run.run.path, clusters())
    return run


def groups(pilot: Pilot[None]) -> GroupTable:
    return pilot.app.screen.query_one(GroupTable)


def words(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Static).content)


def title(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#left").border_title)


async def opened(pilot: Pilot[None]) -> None:
    await pilot.press("4")
    await until(pilot, lambda: groups(pilot).row_count)


async def test_more_clusters_are_made_in_a_process_of_their_own_and_kept(
    workbench: type[MftuiApp], clustered: ScriptedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    ready = asyncio.Event()

    async def follow(title: str, arguments: list[str]) -> AsyncIterator[Job]:
        asked.append(arguments)
        yield Job(title)
        await ready.wait()
        yield Job(title, result=msgspec.to_builtins(clusters(int(arguments[-1]))))

    monkeypatch.setattr(jobs, "follow", follow)
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await pilot.press("plus")
        await until(pilot, lambda: asked)
        assert words(pilot, "#making") == "Clustering into 3…"
        assert groups(pilot).row_count == 3
        ready.set()
        await until(pilot, lambda: groups(pilot).row_count == 4)
        assert asked == [["clusters", str(clustered.run.path), "-k", "3"]]
        await pilot.press("minus")
        await until(pilot, lambda: groups(pilot).row_count == 3)
        await pilot.press("plus")
        await until(pilot, lambda: groups(pilot).row_count == 4)
        assert len(asked) == 1


async def test_a_run_that_finished_without_clusters_has_them_made(
    workbench: type[MftuiApp], modelled: ScriptedRun, jobs_done: Callable[[Callable[[list[str]], Any]], list[list[str]]]
) -> None:
    own = modelled.run.path / "clusters.json"
    kept = own.read_bytes()
    own.unlink()

    def make(arguments: list[str]) -> Any:
        own.write_bytes(kept)
        return msgspec.json.decode(kept)

    asked = jobs_done(make)
    async with workbench().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        assert asked == [["clusters", str(modelled.run.path)]]
        assert groups(pilot).row_count == 3


async def test_keys_are_offered_as_soon_as_the_clusters_that_a_run_lacked_are_there(
    workbench: type[MftuiApp], modelled: ScriptedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, asked, made = modelled.run.path / "clusters.json", asyncio.Event(), asyncio.Event()
    kept = own.read_bytes()
    own.unlink()

    async def follow(title: str, arguments: list[str]) -> AsyncIterator[Job]:
        asked.set()
        await made.wait()
        own.write_bytes(kept)
        yield Job(title, result=msgspec.json.decode(kept))

    monkeypatch.setattr(jobs, "follow", follow)
    async with workbench().run_test() as pilot:
        await pilot.press("4")
        await until(pilot, asked.is_set)
        footer = pilot.app.screen.query_one(Footer)
        await until(pilot, lambda: "Quit" in str(footer.content))
        assert "Find" not in str(footer.content)
        made.set()
        await until(pilot, lambda: "Find" in str(footer.content))


async def test_why_a_run_that_lacks_clusters_can_have_none_is_said_in_their_place(
    workbench: type[MftuiApp], modelled: ScriptedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def follow(title: str, arguments: list[str]) -> AsyncIterator[Job]:
        yield Job(title, error="The model [knows] no movie.")

    monkeypatch.setattr(jobs, "follow", follow)
    (modelled.run.path / "clusters.json").unlink()
    async with workbench().run_test() as pilot:
        await pilot.press("4")
        await until(pilot, lambda: "The model [knows] no movie." in words(pilot, "#error"))
        assert "being made" not in words(pilot, "#words")


async def test_clustering_that_fails_is_a_notification(
    workbench: type[MftuiApp], clustered: ScriptedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def follow(title: str, arguments: list[str]) -> AsyncIterator[Job]:
        yield Job(title, error="There is no model [yet].")

    monkeypatch.setattr(jobs, "follow", follow)
    async with workbench().run_test(notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("plus")
        await until(pilot, lambda: [n.message for n in pilot.app._notifications] == ["There is no model [yet]."])
        assert not pilot.app.screen.query_one("#making").display


async def test_a_key_counts_movies_by_their_ratings_and_all_alike_again(
    workbench: type[MftuiApp], clustered: ScriptedRun, jobs_done: Callable[..., list[list[str]]]
) -> None:
    asked = jobs_done(lambda arguments: msgspec.to_builtins(msgspec.structs.replace(clusters(2), weighted=True)))
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await pilot.press("p")
        await until(pilot, lambda: title(pilot) == "2 clusters, weighted by ratings")
        assert asked == [["clusters", str(clustered.run.path), "-k", "2", "--weighted"]]
        await pilot.press("p")
        await until(pilot, lambda: title(pilot) == "2 clusters")
        assert len(asked) == 1


async def test_what_is_exported_are_the_clusters_on_the_screen(
    workbench: type[MftuiApp], clustered: ScriptedRun, jobs_done: Callable[..., list[list[str]]]
) -> None:
    def end(arguments: list[str]) -> Any:
        return {"files": []} if arguments[0] == "export" else msgspec.to_builtins(clusters(3))

    asked = jobs_done(end)
    async with workbench().run_test() as pilot:
        await opened(pilot)
        await pilot.press("e", "t")
        await until(pilot, lambda: len(asked) == 1)
        await pilot.press("plus")
        await until(pilot, lambda: title(pilot) == "3 clusters")
        await pilot.press("e", "t")
        await until(pilot, lambda: len(asked) == 3)
        assert asked[0][-2] == "-o", "the run's own"
        assert asked[2][-2:] == ["-k", "3"]


async def test_clusters_that_are_not_numbered_by_size_say_by_what(
    workbench: type[MftuiApp], clustered: ScriptedRun
) -> None:
    write(clustered.run.path, replace(grouped("ab", "cdef"), space="raw"))
    async with workbench().run_test() as pilot:
        await opened(pilot)
        assert title(pilot) == "2 clusters in KMeans' own order"


# Colours


def grouped(*groups: str) -> Clusters:
    """Each group is the letters of its movies."""
    made = [
        Cluster(number, len(group), 0.5, [item(letter, 9, 0.1) for letter in group])
        for number, group in enumerate(groups)
    ]
    return Clusters(len(made), 0, made, [], space="product")


def test_at_first_clusters_have_colours_one_after_the_other_while_there_are_any_left() -> None:
    many = Tints.first(grouped(*"abcdefghij")).of
    assert many == {number: number % N_TINTS for number in range(10)}, "of a report that doesn't know where they are"


def test_where_colours_are_too_few_those_that_share_one_lie_far_apart() -> None:
    rng = np.random.default_rng(0)
    places = rng.random((40, 2))
    made = [
        replace(group, place=(x, y))
        for group, (x, y) in zip(grouped(*map(str, range(40))).clusters, places, strict=True)
    ]
    tints = np.array(list(Tints.first(Clusters(40, 0, made, [])).of.values()))
    away = np.linalg.norm(places[:, None] - places, axis=2) + np.eye(40) * 9
    nearest = away.argsort(1)[:, :3]
    shared = (tints[nearest] == tints[:, None]).mean()
    one_after_the_other = np.arange(40) % N_TINTS
    assert (np.bincount(tints, minlength=N_TINTS) >= 3).all()
    assert shared < 0.02 < (one_after_the_other[nearest] == one_after_the_other[:, None]).mean()


def test_clusters_that_go_on_keep_their_colours_and_new_ones_get_those_least_used() -> None:
    old, new = grouped("abcdef", "ghij", "kl"), grouped("ghij", "abcd", "kl", "ef")
    tints = Tints.first(old).carried(old, new)
    assert tints.of == {0: 1, 1: 0, 2: 2, 3: 3}
    assert tints.goes_on == {0: 1, 1: 0, 2: 2}
    assert tints.carried(new, old).of == Tints.first(old).of


async def test_on_another_number_each_cluster_keeps_its_colour_and_the_cursor_its_cluster(
    workbench: type[MftuiApp], clustered: ScriptedRun, jobs_done: Callable[..., list[list[str]]]
) -> None:
    write(clustered.run.path, grouped("abcdef", "ghij"))
    jobs_done(lambda arguments: msgspec.to_builtins(grouped("ghij", "abcd", "ef")))
    async with workbench().run_test() as pilot:
        await opened(pilot)
        table = groups(pilot)
        before = [sign_colour(table, row) for row in (0, 1)]
        assert before[0] != before[1]
        await pilot.press("j", "plus")
        await until(pilot, lambda: table.row_count == 3)
        assert table.position == 0, "the cluster of g h i j was second, and is first now"
        await pilot.press("G")
        assert [sign_colour(table, row) for row in (0, 1)] == before[::-1]


def sign_colour(table: GroupTable, row: int) -> object:
    """The colour of a row's sign; the row must not be under the cursor."""
    cursor, table.cursor = table.cursor, table.row_count - 1 if row < table.row_count - 1 else 0
    sign = next(segment for segment in table.render_line(row + 1) if "■" in segment.text)
    table.cursor = cursor
    assert sign.style is not None
    return sign.style.color


# How many?


def found() -> Scan:
    """Inertia that bends at 4, and a silhouette that exceeds chance most at 3."""
    silhouettes = {3: 0.4}
    trials = [
        Trial(k, 100 / k if k > 4 else 90 - 17.5 * k, Structure(silhouettes.get(k, 0.25), 0.2, 40))
        for k in range(2, 21)
    ]
    return Scan(0, "product", True, False, 40, trials, 4, 3)


def dialog(pilot: Pilot[None]) -> HowMany:
    assert isinstance(pilot.app.screen, HowMany)
    return pilot.app.screen


async def test_the_scan_is_a_suggestion_and_enter_takes_the_k_under_the_cursor(
    workbench: type[MftuiApp], clustered: ScriptedRun, jobs_done: Callable[..., list[list[str]]]
) -> None:
    def end(arguments: list[str]) -> Any:
        return msgspec.to_builtins(found() if "--scan" in arguments else clusters(int(arguments[-1])))

    asked = jobs_done(end)
    async with workbench().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await until(pilot, lambda: "A suggestion, never a decision" in words(pilot, "#scan-words"))
        assert "bends most at k=4; the silhouette exceeds chance most at k=3" in words(pilot, "#scan-words")
        inertia, silhouette = dialog(pilot).query(Chart)
        await until(pilot, lambda: "inertia 55.0000" in inertia.render_line(0).text)
        assert "silhouette 0.2500" in silhouette.render_line(0).text
        await pilot.press("right", "l")
        assert " k 4 " in inertia.render_line(0).text
        assert any("bends most" in inertia.render_line(y).text for y in range(inertia.size.height))
        await pilot.press("enter")
        await until(pilot, lambda: groups(pilot).row_count == 5)
        assert asked == [
            ["clusters", str(clustered.run.path), "--scan", "2..20"],
            ["clusters", str(clustered.run.path), "-k", "4"],
        ]
        await pilot.press("n")
        await until(pilot, lambda: "A suggestion" in words(pilot, "#scan-words"))
        assert len(asked) == 2, "it is made once"
        await pilot.press("escape")
        assert groups(pilot).row_count == 5


async def test_a_scan_says_how_far_it_is_goes_on_in_the_back_and_can_be_stopped(
    workbench: type[MftuiApp], clustered: ScriptedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = [], []

    async def follow(title: str, arguments: list[str]) -> AsyncIterator[Job]:
        begun.append(arguments)
        try:
            yield Job(title, doing="clustering into 7", fraction=0.25)
            await asyncio.Event().wait()
        finally:
            ended.append(arguments)

    monkeypatch.setattr(jobs, "follow", follow)
    async with workbench().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await until(pilot, lambda: " 25%  clustering into 7" in words(pilot, "#scan-progress"))
        await pilot.press("escape", "n")
        await until(pilot, lambda: "clustering into 7" in words(pilot, "#scan-progress"))
        assert (len(begun), ended) == (1, [])
        await pilot.press("x")
        await until(pilot, lambda: ended)
        assert not isinstance(pilot.app.screen, HowMany)
        await pilot.press("n")
        await until(pilot, lambda: len(begun) == 2)


async def test_a_scan_that_fails_says_why_and_can_be_tried_again(
    workbench: type[MftuiApp], clustered: ScriptedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    async def follow(title: str, arguments: list[str]) -> AsyncIterator[Job]:
        begun.append(arguments)
        yield Job(title, error="20 clusters can't be made of 9 [different] movies.")

    monkeypatch.setattr(jobs, "follow", follow)
    async with workbench().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        for times in (1, 2):
            await pilot.press("n")
            await until(pilot, lambda: words(pilot, "#scan-words").startswith("✗ 20 clusters can't be made of 9 [diff"))
            assert len(begun) == times
            await pilot.press("escape")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
def test_looks_of_the_scan(
    workbench: type[MftuiApp], clustered: ScriptedRun, snap_compare: Any, size: tuple[int, int],
    jobs_done: Callable[..., list[list[str]]], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("TEXTUAL_THEME", "mftui-dark")
    jobs_done(lambda arguments: msgspec.to_builtins(found()))

    async def before(pilot: Pilot[None]) -> None:
        await opened(pilot)
        if size[1] > 30:
            await until(pilot, lambda: "movies" in pilot.app.screen.query_one(ClusterMap).render_line(0).text)
        await pilot.press("n")
        await until(pilot, lambda: "A suggestion" in words(pilot, "#scan-words"))
        await until(pilot, lambda: "inertia" in dialog(pilot).query(Chart).first().render_line(0).text)
        await pilot.press("right", "right", "right")

    assert snap_compare(workbench(), terminal_size=size, run_before=before)
