"""The Recommend screen by keys, on planted tastes and a small model that knows them."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec import structs
from textual.pilot import Pilot
from textual.widgets import Static

from mftui.app import jobs
from mftui.app.app import MftuiApp
from mftui.app.screens.dialogs import Question
from mftui.app.screens.recommend.choose_user import ChooseUser
from mftui.app.screens.recommend.rate import RateMovie
from mftui.app.screens.recommend.screen import RecommendScreen
from mftui.app.screens.recommend.wishes import ChooseWishes
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.table import Table
from mftui.core.data.ratings import Ratings
from mftui.core.model import Factors
from mftui.core.recommend.own import own_ratings
from mftui.core.recommend.wishes import Wishes
from mftui.core.runs.directory import Run
from tests.app.conftest import ScriptedRun
from tests.app.waiting import until

Scripted = Callable[..., ScriptedRun]


@pytest.fixture
def model(planted: str, ratings: Ratings, scripted: Scripted) -> str:
    """A run whose two factors are the two tastes; the dataset's path."""
    run = scripted("planted-als", data=planted).begin().epochs(1, 128).finish()
    users, items = ratings.user_ids % 2, ratings.item_ids % 2
    lift = np.linspace(0, 0.2, ratings.n_items).astype(np.float32)
    Factors(
        mean=3.0, user_bias=np.zeros(60, np.float32), item_bias=lift,
        user_factors=np.where(users[:, None] == [0, 1], 1.0, -1.0).astype(np.float32),
        item_factors=np.where(items[:, None] == [0, 1], 0.8, -0.8).astype(np.float32),
        user_counts=np.bincount(ratings.users, minlength=60).astype(np.int32),
        item_counts=np.bincount(ratings.items, minlength=40).astype(np.int32), scale=ratings.scale,
    ).save(run.run.model)  # fmt: skip
    return planted


def screen(pilot: Pilot[None]) -> RecommendScreen:
    found = pilot.app.screen
    assert isinstance(found, RecommendScreen)
    return found


def column(pilot: Pilot[None], table: str, title: str) -> list[Any]:
    found = screen(pilot).query_one(table, Table)
    at = [one.title for one in found.columns].index(title)
    return [found._rows.values[at][row] for row in found._shown] if found._rows.values else []


def tastes(pilot: Pilot[None], n: int) -> set[int]:
    """Whether the first n movies shown are of even or odd id."""
    return {int(title.split()[1].rstrip(",")) % 2 for title in column(pilot, "#shown", "Movie")[:n]}


def words(pilot: Pilot[None], selector: str) -> str:
    return str(screen(pilot).query_one(selector, Static).content)


async def opened(pilot: Pilot[None]) -> None:
    await pilot.press("5")
    await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))
    await until(pilot, lambda: screen(pilot).query_one("#shown", Table).row_count)


async def rate(pilot: Pilot[None], title: str, *keys: str) -> None:
    """Find a movie and rate it with these keys."""
    before = screen(pilot)._advice
    await pilot.press("slash", *title, "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, RateMovie))
    await pilot.press(*keys, "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))
    await until(pilot, lambda: screen(pilot)._advice is not before)


async def test_ratings_of_your_own_bring_their_kind_at_once_and_are_kept(workbench: type[MftuiApp], model: str) -> None:
    async with workbench(model).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await rate(pilot, "1968", "5")
        assert tastes(pilot, 5) == {0}
        assert "Movie 8, The (1968) +" in words(pilot, "#why")
        await rate(pilot, "1968", "1")
        assert tastes(pilot, 5) == {1}
        await rate(pilot, "1969", "left", "left")
        assert [(one.item_id, one.rating) for one in own_ratings(model).values()] == [("8", 1.0), ("9", 3.0)]
        assert column(pilot, "#rated", "Rating") == [3.0, 1.0]
    async with workbench(model).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        assert column(pilot, "#rated", "Movie")[-1] == "Movie 8, The (1968)"


async def test_a_rating_can_be_taken_back(workbench: type[MftuiApp], model: str) -> None:
    async with workbench(model).run_test() as pilot:
        await opened(pilot)
        await rate(pilot, "1968", "5")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RateMovie))
        await pilot.press("backspace")
        await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))
        await until(pilot, lambda: not screen(pilot).query_one("#rated", Table).row_count)
        assert own_ratings(model) == {}


async def test_escape_leaves_the_search_and_the_dialog_without_rating(workbench: type[MftuiApp], model: str) -> None:
    async with workbench(model).run_test() as pilot:
        await opened(pilot)
        await pilot.press("slash", *"movie", "escape")
        assert screen(pilot).query_one("#left").current == "rated-pane"
        await pilot.press("slash", *"1968", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RateMovie))
        await pilot.press("escape")
        assert own_ratings(model) == {}


async def test_a_user_of_the_data_is_shown_beside_what_they_went_on_to_rate(
    workbench: type[MftuiApp], model: str, ratings: Ratings
) -> None:
    async with workbench(model).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseUser))
        await pilot.press(*"17", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen) and screen(pilot)._user is not None)
        await until(pilot, lambda: "User 17" in str(screen(pilot).query_one("#rated-pane").border_title))
        position = ratings.user_ids.tolist().index(17)
        assert len(column(pilot, "#rated", "Movie")) == int((ratings.users == position).sum())
        n_tests = column(pilot, "#rated", "").count("test")
        assert re.fullmatch(
            rf"RMSE \d\.\d\d training \(\d+\), \d\.\d\d test \({n_tests}\)\nshown: (\d+) of the {n_tests} they .*",
            words(pilot, "#reproduced"),
        )
        assert "because of Movie" in words(pilot, "#why")
        assert tastes(pilot, 3) == {1}
        gave = [value for value in column(pilot, "#shown", "Gave") if value is not None]
        assert gave
        assert f"shown: {len(gave)} of" in words(pilot, "#reproduced")
        await pilot.press("y")
        await until(pilot, lambda: "You" in str(screen(pilot).query_one("#rated-pane").border_title))


async def test_an_id_that_is_typed_whole_comes_before_others_that_hold_its_digits(
    workbench: type[MftuiApp], model: str, ratings: Ratings
) -> None:
    """Every zip code holds a user's id: 10,000 and the id."""
    async with workbench(model).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        for user in (1, 5, 10):
            await pilot.press("u")
            await until(pilot, lambda: isinstance(pilot.app.screen, ChooseUser))
            await pilot.press(*str(user), "enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))
            position = ratings.user_ids.tolist().index(user)
            await until(pilot, lambda position=position: screen(pilot)._user == position)


async def test_filters_leave_what_is_asked_for(workbench: type[MftuiApp], model: str) -> None:
    async with workbench(model).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseWishes))
        await pilot.press("right", "right", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))
        await until(pilot, lambda: tastes(pilot, 99) == {1})
        assert "Drama" in str(screen(pilot).query_one("#shown-pane").border_subtitle)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseWishes))
        await pilot.press("down", "down", "left", "left", "left", "left", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))


async def test_every_filter_goes_by_arrows_and_is_named_below_the_list(workbench: type[MftuiApp], model: str) -> None:
    async with workbench(model).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        everything = column(pilot, "#shown", "Movie")
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseWishes))
        await pilot.press("right", "down", "l", "l", "down", "left", "down", "h", "j", *["right"] * 3)
        assert "━━━━━━┄" in str(pilot.app.screen.query_one("#lines", Static).content)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))
        wanted = Wishes("Action", 1970, 5, 0.5, 0.3)
        assert screen(pilot).wishes == wanted
        words_below = "Action · 1970s · 5+ ratings · without the top 50% · diversity 0.3"
        await until(pilot, lambda: str(screen(pilot).query_one("#shown-pane").border_subtitle) == words_below)
        left = column(pilot, "#shown", "Movie")
        assert left
        assert set(left) < set(everything)
        assert all(1970 <= int(title[-5:-1]) <= 1979 for title in left)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseWishes))
        await pilot.press("x", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))
        await until(pilot, lambda: column(pilot, "#shown", "Movie") == everything)


async def test_the_lists_of_all_users_are_written_by_the_same_command_with_these_filters(
    workbench: type[MftuiApp], model: str, jobs_done: Callable[..., list[list[str]]], home: Path
) -> None:
    asked = jobs_done(lambda arguments: {"file": arguments[-1], "users": 60, "order": "mean"})
    async with workbench(model).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseWishes))
        await pilot.press("right", "right", "down", "right", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("p")
        await until(pilot, lambda: asked)
        file = Path.cwd() / "planted-als-lists.parquet"
        filters = ["--min-ratings", "10", "--hide-popular", "0", "--diversity", "0", "--order", "cautious"]
        filters += ["--genre", "Drama", "--decade", "1960"]
        run = str(home / "data/runs/planted-als")
        assert asked == [["recommend", run, "--all-users", "-k", "100", *filters, "-o", str(file)]]
        await until(pilot, lambda: pilot.app._notifications)
        assert "60 users in " in next(iter(pilot.app._notifications)).message


async def test_lists_that_are_being_written_are_seen_and_can_be_cancelled(
    workbench: type[MftuiApp], model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = []

    async def follow(title: str, arguments: list[str]) -> AsyncIterator[jobs.Job]:
        try:
            yield jobs.Job(title, doing="recommending", fraction=0.4)
            await asyncio.Event().wait()
        finally:
            ended.append(title)

    monkeypatch.setattr(jobs, "follow", follow)
    async with workbench(model).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))
        await until(pilot, lambda: screen(pilot).query_one("#job").display)
        await until(pilot, lambda: "40%  Writing lists for all users: recommending" in words(pilot, "#job"))
        await pilot.press("x")
        await until(pilot, lambda: ended and not screen(pilot).query_one("#job").display)


async def test_a_run_is_found_by_whatever_path_its_data_is_opened(workbench: type[MftuiApp], model: str) -> None:
    """A run keeps the whole path; a person opens `planted`."""
    run = Run(Path("home/data/runs/planted-als"))
    record = run.record()
    config = record.config.with_changes({"data": str(Path(model).resolve())})
    run.write_record(structs.replace(record, config=config))
    async with workbench(model).run_test() as pilot:
        await opened(pilot)
        assert "planted-als would show" in str(screen(pilot).query_one("#shown-pane").border_title)


async def test_without_a_model_it_says_what_is_missing(workbench: type[MftuiApp], planted: str) -> None:
    async with workbench(planted).run_test() as pilot:
        await pilot.press("5")
        await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))
        assert screen(pilot).query_one(Offer).display
        assert "train one first" in words(pilot, "#words")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
def test_looks(workbench: type[MftuiApp], model: str, snap_compare: Any, size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await rate(pilot, "1968", "5")

    assert snap_compare(workbench(model), terminal_size=size, run_before=before)
