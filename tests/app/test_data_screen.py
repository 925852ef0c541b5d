"""The Data screen by the keys that a person presses and the words that appear, on planted ratings."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from mftui.app import jobs
from mftui.app.app import MftuiApp
from mftui.app.jobs import Job
from mftui.app.screens.cards.movie import MovieCard
from mftui.app.screens.cards.user import UserCard
from mftui.app.screens.data.open_dataset import OpenDataset, PathSuggester
from mftui.app.widgets.filter_line import FilterLine
from mftui.app.widgets.footer import Footer
from mftui.app.widgets.histogram import Bars, Columns
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.table import Table
from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.data.statistics import summarize
from mftui.core.data.summary import Summary
from mftui.core.model import Factors
from mftui.core.paths import ratings_cache_dir
from tests.app.conftest import ScriptedRun
from tests.app.reports import HOSTILE
from tests.app.waiting import until
from tests.layouts import write_recbole

Scripted = Callable[..., ScriptedRun]


def movies(app: MftuiApp) -> Table:
    return app.screen.query_one("#movies", Table)


def title_under_cursor(app: MftuiApp) -> str:
    table = movies(app)
    assert table.position is not None
    return str(table._rows.values[0][table.position])


def words(app: MftuiApp, selector: str) -> str:
    return str(app.screen.query_one(selector, Static).content)


async def read(pilot: Pilot[None]) -> None:
    """Until the movies are there."""
    await until(pilot, lambda: movies(pilot.app).row_count)


def shot(workbench: type[MftuiApp], snap_compare: Any, size: tuple[int, int], path: str | None, *keys: str) -> bool:
    async def before(pilot: Pilot[None]) -> None:
        if path:
            await read(pilot)
        for key in keys:
            await pilot.press(key)
        if keys:
            await until(pilot, lambda: pilot.app.screen.query_one("#alike", Table).empty != "Looking…")

    return bool(snap_compare(workbench(path), terminal_size=size, run_before=before))


async def test_the_notebooks_figures_stand_there(workbench: type[MftuiApp], planted: str, ratings: Ratings) -> None:
    async with workbench(planted).run_test() as pilot:
        await read(pilot)
        figures = " ".join(words(pilot.app, "#figures").split())
        for figure in ("Users 60", "Movies 40", f"Ratings {len(ratings):,}", "Matrix cells 2,400", "Filled"):
            assert figure in figures
        assert movies(pilot.app).row_count == 40


async def test_typing_after_a_slash_narrows_the_movies_and_escape_shows_all(
    workbench: type[MftuiApp], planted: str
) -> None:
    async with workbench(planted).run_test() as pilot:
        await read(pilot)
        await pilot.press("slash", *"the MOVIE 7 1967")
        assert title_under_cursor(pilot.app) == "Movie 7, The (1967)"
        assert "of 40" in str(pilot.app.screen.query_one("#movies-list").border_title)
        await pilot.press("enter", "s", "escape")
        assert not isinstance(pilot.app.focused, Input)
        await pilot.press("slash", "escape")
        assert movies(pilot.app).row_count == 40
        assert not pilot.app.screen.query_one(FilterLine).has_class("-open")


async def test_keys_are_text_while_the_filter_is_open(workbench: type[MftuiApp], planted: str) -> None:
    async with workbench(planted).run_test() as pilot:
        await read(pilot)
        await pilot.press("slash", *"q/o2s")
        assert pilot.app.screen.query_one(FilterLine).text == "q/o2s"
        assert pilot.app.current_mode == "data"
        assert "Filter" not in str(pilot.app.screen.query_one(Footer).content)


async def test_every_column_can_be_sorted_by(workbench: type[MftuiApp], planted: str) -> None:
    async with workbench(planted).run_test(size=(120, 36)) as pilot:
        await read(pilot)
        seen = []
        for _ in range(4):
            await pilot.press("s")
            seen.append(movies(pilot.app).sort_column)
        assert seen == [3, 0, 1, 2]
        await pilot.press("S")
        assert not movies(pilot.app).descending


async def test_a_movies_card_shows_its_own_ratings(workbench: type[MftuiApp], planted: str, ratings: Ratings) -> None:
    async with workbench(planted).run_test() as pilot:
        await read(pilot)
        await pilot.press("slash", *"movie 7,", "enter", "enter")
        await until(pilot, lambda: pilot.app.screen.query("#card Bars") and pilot.app.screen.query_one(Bars).bars)
        position = ratings.item_ids.tolist().index(7)
        counted = [np.sum(ratings.values[ratings.items == position] == value) for value in range(1, 6)]
        assert [bar.value for bar in pilot.app.screen.query_one(Bars).bars] == counted
        assert pilot.app.screen.query_one("#alike", Table).empty == (
            "Train a model (2) to see which movies are most alike."
        )
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, MovieCard)


async def test_a_card_lists_what_the_model_finds_alike_and_turns_to_it(
    workbench: type[MftuiApp], planted: str, ratings: Ratings, scripted: Scripted
) -> None:
    run = scripted("planted-run", data=planted).begin().epochs(1, 128).finish()
    angles = np.arange(40) * 0.02
    counts = np.ones(40, np.int32)
    factors = Factors(
        mean=3.0, user_bias=np.zeros(60, np.float32), item_bias=np.zeros(40, np.float32),
        user_factors=np.ones((60, 2), np.float32),
        item_factors=np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32),
        user_counts=np.ones(60, np.int32), item_counts=counts, scale=ratings.scale,
    )  # fmt: skip
    factors.save(run.run.model)
    async with workbench(planted).run_test() as pilot:
        await read(pilot)
        movies(pilot.app).go_to(0)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query_one("#alike", Table).row_count)
        alike = pilot.app.screen.query_one("#alike", Table)
        assert alike._rows.values[0][:2] == [str(ratings.titles[1]), str(ratings.titles[2])]
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query_one("#card").border_title == str(ratings.titles[1]))
        await pilot.press("escape")
        assert str(pilot.app.screen.query_one("#card").border_title) == str(ratings.titles[0])


async def test_titles_that_mean_harm_stay_text(
    workbench: type[MftuiApp], home: Path, tmp_path: Path, ratings: Ratings
) -> None:
    titles = ratings.titles.astype("U80").copy()
    titles[: len(HOSTILE)] = [title.replace("\n", " ").replace("\t", " ") for title in HOSTILE]
    folder = write_recbole(replace(ratings, item_info={**ratings.item_info, "title": titles}), tmp_path / "bad")
    load(str(folder))
    async with workbench(str(folder)).run_test(size=(200, 60)) as pilot:
        await read(pilot)
        lines = [movies(pilot.app).render_line(y).text for y in range(45)]
        assert any("[bold red]Markup[/] [@click=app.quit]quit[/]" in line for line in lines)
        assert any("千と千尋の神隠し (2001)" in line for line in lines)
        assert not any("\x1b" in line or "\u202e" in line for line in lines)
        movies(pilot.app).filter("markup")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, MovieCard))
        await until(pilot, lambda: pilot.app.screen.query_one("#alike", Table).empty != "Looking…")
        assert pilot.app.return_code is None


# Users and the other figures


async def test_every_user_is_listed_with_what_is_known_of_them(
    workbench: type[MftuiApp], planted: str, ratings: Ratings
) -> None:
    async with workbench(planted).run_test(size=(120, 36)) as pilot:
        await read(pilot)
        await pilot.press("u", "slash", *"17", "enter")
        table = pilot.app.screen.query_one("#users", Table)
        position = ratings.user_ids.tolist().index(17)
        assert table.position == position
        mine = ratings.values[ratings.users == position]
        name, count, mean, deviation, _, about = (column[position] for column in table._rows.values)
        assert (name, count, about) == ("17", len(mine), "35 · M · engineer · 10017")
        assert (mean, deviation) == (pytest.approx(mine.mean()), pytest.approx(mine.std(), abs=1e-6))
        assert "of 60" in str(pilot.app.screen.query_one("#users-list").border_title)


async def test_a_users_card_lists_all_that_they_rated_and_opens_a_movie(
    workbench: type[MftuiApp], planted: str, ratings: Ratings
) -> None:
    async with workbench(planted).run_test(size=(120, 36)) as pilot:
        await read(pilot)
        await pilot.press("u", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, UserCard))
        card = pilot.app.screen
        await until(pilot, lambda: card.query_one(Table).row_count)
        most = int(np.bincount(ratings.users).max())
        assert card.query_one(Table).row_count == most
        assert sum(bar.value for bar in card.query_one(Bars).bars) == most
        best = card.query_one(Table)._rows.values[0][card.query_one(Table).position or 0]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, MovieCard))
        await until(pilot, lambda: str(pilot.app.screen.query_one("#card").border_title) == best)
        await pilot.press("escape", "escape")
        assert pilot.app.screen is pilot.app.get_screen_stack("data")[0]


async def test_more_figures_say_how_unevenly_ratings_are_spread(workbench: type[MftuiApp], planted: str) -> None:
    async with workbench(planted).run_test(size=(80, 24)) as pilot:
        await read(pilot)
        summary = pilot.app.summary
        assert summary is not None
        await pilot.press("d")
        assert f"{summary.per_user.gini:.2f}" in words(pilot.app, "#spread-figures")
        assert summary.best_rated[0][0] in words(pilot.app, "#best-rated")
        assert not pilot.app.screen.query_one("#summary").size.height
        await pilot.press("m")
        assert pilot.app.screen.query_one("#summary").size.height


async def test_what_was_decided_while_reading_is_told_at_every_size(
    workbench: type[MftuiApp], home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "dirty.csv"
    path.write_text("user,item,rating,time\n1,2,5,100\n# a remark\n1,2,4,200\n2,2,,100\n2,3,1,300\n")
    for size in ((80, 24), (120, 36)):
        async with workbench(str(path)).run_test(size=size) as pilot:
            await read(pilot)
            panel = pilot.app.screen.query_one("#summary")
            assert str(panel.border_subtitle) == "d shows 4 notes on how it was read"
            await pilot.press("d")
            for note in ("timestamp = time", "A line of comment", "1 row without a rating", "the latest counts"):
                assert note in words(pilot.app, "#notes")
            assert pilot.app.screen.query_one("#notes").region.height >= 4


# With nothing fetched


def scripted_job(*news: Job) -> Callable[..., AsyncIterator[Job]]:
    async def follow(title: str, arguments: list[str]) -> AsyncIterator[Job]:
        for job in news:
            yield replace(job, title=title)

    return follow


async def test_with_nothing_fetched_it_offers_movielens_100k_with_its_licence(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test() as pilot:
        await pilot.pause()
        assert pilot.app.screen.query_one(Offer).display
        assert "100,000 ratings of 1,682 movies by 943 users" in words(pilot.app, "#words")
        assert "GroupLens" in words(pilot.app, "#words")
        assert "Fetch MovieLens 100K" in words(pilot.app, "#keys")


async def test_a_fetch_shows_how_far_it_is_and_can_be_cancelled(
    workbench: type[MftuiApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "follow", endless)
    async with workbench().run_test() as pilot:
        await pilot.press("f")
        await until(pilot, lambda: words(pilot.app, "#doing") == "fetching from a mirror")
        assert "Cancel" in str(pilot.app.screen.query_one(Footer).content)
        await pilot.press("x")
        await until(pilot, lambda: pilot.app.screen.query_one("#keys").display)


async def endless(title: str, arguments: list[str]) -> AsyncIterator[Job]:
    assert arguments == ["data", "fetch", "ml-100k"]
    yield Job(title, "fetching from a mirror", 0.25)
    await asyncio.Event().wait()


async def test_figures_stand_there_while_the_others_are_counted(
    workbench: type[MftuiApp], ratings_folder: Path, ratings: Ratings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Summary] = []
    summarize(ratings, "here", told.append)
    steps = [asyncio.Event() for _ in told]

    async def follow(title: str, arguments: list[str]) -> AsyncIterator[Job]:
        yield Job(title, "reading planted", 0.4)
        for step, figures in zip(steps, told, strict=True):
            await step.wait()
            yield Job(title, "counting", figures=msgspec.to_builtins(figures))
        await asyncio.Event().wait()

    monkeypatch.setattr(jobs, "follow", follow)
    async with workbench(str(ratings_folder)).run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: words(pilot.app, "#doing") == "reading planted")
        steps[0].set()
        await until(pilot, lambda: "Users" in words(pilot.app, "#figures"))
        screen = pilot.app.screen
        assert not screen.query_one(Offer).display
        assert f"{len(ratings):,}" in words(pilot.app, "#figures")
        assert sum(bar.value for bar in screen.query_one("#values Bars", Bars).bars) == len(ratings)
        assert screen.query_one("#per-user Columns", Columns).ends[0] == "counting…"
        assert words(pilot.app, "#best-rated") == "counting…"
        assert "Cancel" in str(screen.query_one(Footer).content)
        steps[1].set()
        await until(pilot, lambda: screen.query_one("#per-user Columns", Columns).values)
        assert screen.query_one("#per-month Columns", Columns).ends[0] == "counting…"
        for step in steps[2:]:
            step.set()
        await until(pilot, lambda: words(pilot.app, "#best-rated") != "counting…")
        assert screen.query_one("#per-month Columns", Columns).values
        await pilot.press("x")
        await until(pilot, lambda: screen.query_one(Offer).display)


async def test_a_fetch_that_fails_says_why_and_can_be_tried_again(
    workbench: type[MftuiApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "follow", scripted_job(Job(""), Job("", error="No mirror answered. Bring [it] by hand.")))
    async with workbench().run_test() as pilot:
        await pilot.press("f")
        await until(pilot, lambda: "No mirror answered. Bring [it] by hand." in words(pilot.app, "#error"))
        assert "Fetch" in str(pilot.app.screen.query_one(Footer).content)


async def test_where_no_binary_copy_can_be_kept_it_says_so(
    workbench: type[MftuiApp], ratings_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "follow", scripted_job(Job(""), Job("", result={})))
    async with workbench(str(ratings_folder)).run_test() as pilot:
        await until(pilot, lambda: "no binary copy of them could be kept" in words(pilot.app, "#error"))
        assert str(ratings_cache_dir()) in words(pilot.app, "#error")


async def test_a_dataset_is_shown_as_soon_as_it_is_fetched(
    workbench: type[MftuiApp], ratings_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def follow(title: str, arguments: list[str]) -> AsyncIterator[Job]:
        assert arguments == ["data", "show", str(ratings_folder)]
        yield Job(title)
        load(str(ratings_folder))
        yield Job(title, result={})

    monkeypatch.setattr(jobs, "follow", follow)
    async with workbench(str(ratings_folder)).run_test() as pilot:
        await read(pilot)
        assert movies(pilot.app).row_count == 40


async def test_another_dataset_is_opened_by_its_path(workbench: type[MftuiApp], planted: str) -> None:
    async with workbench().run_test() as pilot:
        await pilot.press("o", "slash", *"planted", "enter")
        await read(pilot)
        assert pilot.app.dataset == "planted"


async def test_the_dialog_shows_the_licence_and_escape_leaves_it(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("o", "j")
        assert isinstance(pilot.app.screen, OpenDataset)
        assert "610 users, 9,724 movies. GroupLens" in words(pilot.app, "#licence")
        table = pilot.app.screen.query_one("#named", Table)
        lines = "\n".join(table.render_line(y).text for y in range(9))
        assert "no sharing" in lines
        assert "share alike" in lines
        assert "fetched" not in lines
        await pilot.press("slash", "escape", "escape")
        assert pilot.app.dataset == "ml-100k"
        assert not isinstance(pilot.app.screen, OpenDataset)


async def test_a_path_is_completed(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "od\x1b[2Jd.csv").touch()
    complete = PathSuggester(use_cache=False).get_suggestion
    assert await complete(f"{tmp_path}/ra") == f"{tmp_path}/ratings.csv"
    assert await complete(f"{tmp_path}/fo") == f"{tmp_path}/folder/"
    assert await complete(f"{tmp_path}/nothing/x") is None
    assert await complete(f"{tmp_path}/od") is None


@pytest.mark.parametrize("theme", ["mftui-dark", "mftui-light"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
def test_looks(
    workbench: type[MftuiApp], planted: str, snap_compare: Any, size: tuple[int, int], theme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("TEXTUAL_THEME", theme)
    assert shot(workbench, snap_compare, size, planted)


def test_looks_of_a_card(
    workbench: type[MftuiApp], planted: str, snap_compare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTUAL_THEME", "mftui-dark")
    assert shot(workbench, snap_compare, (80, 24), planted, "enter")


def test_looks_of_the_offer(workbench: type[MftuiApp], snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_THEME", "mftui-dark")
    assert shot(workbench, snap_compare, (80, 24), None)


def test_looks_without_colour(
    workbench: type[MftuiApp], planted: str, snap_compare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTUAL_THEME", "mftui-dark")
    monkeypatch.setenv("NO_COLOR", "1")
    assert shot(workbench, snap_compare, (80, 24), planted)
