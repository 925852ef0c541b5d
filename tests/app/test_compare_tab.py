"""The Compare tab: which runs can be compared with the current one, and what is shown of the answer."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Static

from mftui.app.app import MftuiApp
from mftui.app.run_list import RunList
from mftui.app.screens.evaluation.opponents import opponents_of, refusal
from mftui.app.widgets.table import Table
from mftui.core.evaluation.report import Compared, Comparison, Difference, Evaluation, write
from mftui.core.runs.directory import Run
from tests.app.conftest import ScriptedRun
from tests.app.reports import error, thorough_evaluation
from tests.app.waiting import until

Scripted = Callable[..., ScriptedRun]
TO_COMPARE = ["right_square_bracket"] * 4


def evaluated(scripted: Scripted, name: str, rows: str = "the same", **changes: Any) -> Run:
    ours = thorough_evaluation()
    run = scripted(name, split="random" if rows == "the same" else "fold:1").begin().epochs(1, 128).finish().run
    write(run.path, replace(ours, protocol=replace(ours.protocol, test_fingerprint=rows), **changes))
    return run


@pytest.fixture
def runs(scripted: Scripted) -> dict[str, Run]:
    names = {"this-one": "the same", "other-1": "the same", "other-2": "the same", "elsewhere": "others"}
    return {name: evaluated(scripted, name, rows, ratings=error(0.9)) for name, rows in names.items()}


def opponents(run: Run, evaluation: Evaluation):
    return {one.title: one for one in opponents_of(RunList().look(), run, evaluation)}


def test_other_runs_of_the_same_ratings_can_be_compared_where_they_were_tested_on_the_same_rows(
    runs: dict[str, Run], scripted: Scripted
) -> None:
    evaluated(scripted, "in-parts", parts=5)
    ours = thorough_evaluation()
    ours = replace(ours, protocol=replace(ours.protocol, test_fingerprint="the same"))
    write(
        scripted("of-other-ratings").begin().run.path, replace(ours, protocol=replace(ours.protocol, fingerprint="g"))
    )
    found = opponents(runs["this-one"], ours)
    assert {name: one.same_rows for name, one in found.items()} == {
        "other-1": True, "other-2": True, "elsewhere": False,
    }  # fmt: skip
    assert refusal([found["other-1"], found["other-2"]], ours) == ""
    assert refusal(list(found.values()), ours) == (
        "elsewhere was tested on other rows than this run, so their errors can't be compared."
    )
    assert "no other run" in refusal([], ours)
    assert "in 5 parts" in refusal([found["other-1"]], replace(ours, parts=5))


def test_an_evaluation_on_other_rows_does_not_hide_that_the_runs_share_theirs(runs: dict[str, Run]) -> None:
    ours = thorough_evaluation()
    anew = replace(ours, protocol=replace(ours.protocol, test_fingerprint="rows asked for later"))
    found = opponents(runs["this-one"], anew)
    assert {name for name, one in found.items() if one.same_rows} == {"other-1", "other-2"}


def comparison(names: list[str]) -> Comparison:
    def compared(name: str, *beside: Difference) -> Compared:
        return Compared(name, "last", "random", 80_000, error(0.9), {"ndcg@10": 0.2}, list(beside))

    worse = Difference("rmse", -0.02, (-0.03, -0.01), "worse")
    unclear = Difference("ndcg@10", 0.001, (-0.01, 0.012), "no clear difference")
    others = [compared(name, worse, unclear) for name in names[1:]]
    return Comparison(
        "ml-100k", "f", "the same", 20_000, (1, 5, 1), "95% [of] draws", "", [compared(names[0]), *others]
    )


async def open_tab(pilot: Pilot[None], run: Run) -> Table:
    pilot.app.use_run(run)  # type: ignore[attr-defined]
    await pilot.press("3")
    table = pilot.app.screen.query_one("#opponents", Table)
    await until(pilot, lambda: table.row_count == 3)
    await pilot.press(*TO_COMPARE)
    await until(pilot, lambda: table.size.width)
    return table


def line(table: Table, name: str) -> str:
    lines = [table.render_line(y).text for y in range(1, table.row_count + 1)]
    return next(text for text in lines if name in text)


def go_to(table: Table, name: str) -> None:
    table.cursor = next(y for y in range(table.row_count) if name in table.render_line(y + 1).text)


async def test_marked_runs_are_compared_with_this_one(
    workbench: type[MftuiApp], runs: dict[str, Run], jobs_done: Callable[..., list[list[str]]]
) -> None:
    asked = jobs_done(lambda arguments: msgspec.to_builtins(comparison([p.split("/")[-1] for p in arguments[1:]])))
    async with workbench().run_test(size=(120, 36)) as pilot:
        table = await open_tab(pilot, runs["this-one"])
        go_to(table, "other-1")
        await pilot.press("space")
        go_to(table, "other-2")
        await pilot.press("space", "c")
        await until(pilot, lambda: "▼ worse" in line(table, "other-1"))
        assert asked[0][:2] == ["compare", str(runs["this-one"].path)]
        assert sorted(asked[0][2:]) == sorted(str(runs[name].path) for name in ("other-1", "other-2"))
        assert "• not clear" in line(table, "other-2")
        assert "other rows" in line(table, "elsewhere")
        said = str(pilot.app.screen.query_one("#found", Static).content)
        assert "▼ other-2: worse than this-one by 0.0200 RMSE (95% interval 0.0100 to 0.0300)." in said
        assert "• other-2: no clear difference from this-one: NDCG@10 0.0010 better" in said
        assert "20,000 test rows, the same for every run" in str(
            pilot.app.screen.query_one("#compared-how", Static).content
        )
        await pilot.press("space")
        assert "▼ worse" in line(table, "other-2"), "a mark taken away forgets no answer"


async def test_one_key_on_runs_has_the_marked_ones_judged_beside_the_first_of_them(
    workbench: type[MftuiApp], runs: dict[str, Run], jobs_done: Callable[..., list[list[str]]]
) -> None:
    asked = jobs_done(lambda arguments: msgspec.to_builtins(comparison([p.split("/")[-1] for p in arguments[1:]])))
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("6")
        table = pilot.app.screen.query_one("#runs", Table)
        await until(pilot, lambda: table.row_count == 4)
        for name in ("other-2", "other-1"):
            go_to(table, name)
            await pilot.press("space")
        await pilot.press("v")
        await until(pilot, lambda: len(asked) == 1)
        assert asked == [["compare", str(runs["other-2"].path), str(runs["other-1"].path)]]
        assert pilot.app.current_run == runs["other-2"]
        opponents = pilot.app.screen.query_one("#opponents", Table)
        await until(pilot, lambda: "▼ worse" in line(opponents, "other-1"))
        assert opponents.size.width


async def test_without_marks_it_is_the_run_under_the_cursor(
    workbench: type[MftuiApp], runs: dict[str, Run], jobs_done: Callable[..., list[list[str]]]
) -> None:
    asked = jobs_done(lambda arguments: msgspec.to_builtins(comparison(arguments[1:])))
    async with workbench().run_test() as pilot:
        table = await open_tab(pilot, runs["this-one"])
        go_to(table, "other-1")
        await pilot.press("c")
        await until(pilot, lambda: "▼ worse" in line(table, "other-1"))
        assert asked == [["compare", str(runs["this-one"].path), str(runs["other-1"].path)]]


async def test_other_test_rows_are_refused_in_a_sentence_and_nothing_is_started(
    workbench: type[MftuiApp], runs: dict[str, Run], jobs_done: Callable[..., list[list[str]]]
) -> None:
    asked = jobs_done(lambda arguments: {})
    async with workbench().run_test() as pilot:
        table = await open_tab(pilot, runs["this-one"])
        go_to(table, "elsewhere")
        await pilot.press("c")
        await until(pilot, lambda: pilot.app._notifications)
        assert "was tested on other rows" in next(iter(pilot.app._notifications)).message
        assert asked == []


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
def test_looks(
    workbench: type[MftuiApp],
    runs: dict[str, Run],
    jobs_done: Callable[..., list[list[str]]],
    snap_compare: Any,
    size: tuple[int, int],
) -> None:
    jobs_done(lambda arguments: msgspec.to_builtins(comparison([p.split("/")[-1] for p in arguments[1:]])))

    async def before(pilot: Pilot[None]) -> None:
        table = await open_tab(pilot, runs["this-one"])
        go_to(table, "other-1")
        await pilot.press("space", "c")
        await until(pilot, lambda: "▼ worse" in line(table, "other-1"))

    assert snap_compare(workbench(), terminal_size=size, run_before=before)
