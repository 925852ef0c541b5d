"""The Recommend screen with models that only rank, that learnt from clicks, and that know how sure they are."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from mftui.app.app import MftuiApp
from mftui.app.screens.recommend.choose_user import ChooseUser
from mftui.app.screens.recommend.rate import RateMovie
from mftui.app.screens.recommend.screen import RecommendScreen
from mftui.app.screens.recommend.wishes import ChooseWishes
from mftui.app.widgets.table import Table
from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.model import Factors
from mftui.core.model.tensors import write_tensors
from mftui.core.recommend.own import own_ratings
from mftui.core.runs.directory import Run
from tests.app.test_recommend_screen import Scripted, column, model, opened, rate, screen, tastes, words
from tests.app.waiting import until

__all__ = ["model"]


@pytest.fixture
def clicks(home: Path, ratings: Ratings, scripted: Scripted, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A run of a model whose two factors are the two tastes, learnt from who chose what; the dataset's path."""
    monkeypatch.chdir(tmp_path)
    liked = np.flatnonzero(ratings.values >= 4)
    pairs = zip(ratings.users[liked].tolist(), ratings.items[liked].tolist(), strict=True)
    rows = [f"{ratings.user_ids[user]},{ratings.item_ids[item]}" for user, item in pairs]
    Path("clicks.csv").write_text("\n".join(["user_id,item_id", *rows]))
    data = load("clicks.csv")
    run = scripted("clicks-ranking", data="clicks.csv", solver="ials").begin().epochs(1, 128).finish().run
    n_users, n_items = data.n_users, data.n_items
    users, items = (ids[:, None].astype(int) % 2 == [0, 1] for ids in (data.user_ids, data.item_ids))
    less = np.linspace(1, 0.95, n_items)[:, None]
    Factors(
        mean=0.0, user_bias=np.zeros(n_users, np.float32), item_bias=np.zeros(n_items, np.float32),
        user_factors=users.astype(np.float32), item_factors=(items * less).astype(np.float32),
        user_counts=np.full(n_users, 20, np.int32), item_counts=np.full(n_items, 20, np.int32),
        scale=data.scale, kind="score",
    ).save(run.model)  # fmt: skip
    return "clicks.csv"


async def say(pilot: Pilot[None], item: str, key: str) -> None:
    """Find an item and say whether it is liked."""
    before = screen(pilot)._advice
    await pilot.press("slash", *item, "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, RateMovie))
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))
    await until(pilot, lambda: screen(pilot)._advice is not before)


async def test_a_dislike_hides_the_movie_and_lets_its_kind_sink(workbench: type[MftuiApp], clicks: str) -> None:
    async with workbench(clicks).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await say(pilot, "22", "enter")
        await say(pilot, "33", "enter")

        def kinds() -> list[int]:
            return [int(title) % 2 for title in column(pilot, "#shown", "Movie")]

        assert set(kinds()[:10]) == {0, 1}
        await say(pilot, "35", "d")
        assert set(kinds()[:10]) == {0}
        assert "35" not in column(pilot, "#shown", "Movie")
        show = screen(pilot).query_one("#rated", Table).columns[2].show
        assert [show(given) for given in column(pilot, "#rated", "Rating")] == ["dislike", "like", "like"]
        assert [(one.item_id, one.rating) for one in own_ratings(clicks).values()][-1] == ("35", None)
        assert "because of 22 +" in words(pilot, "#why")


async def test_of_a_model_that_ranks_a_users_scores_are_named_so(workbench: type[MftuiApp], clicks: str) -> None:
    async with workbench(clicks).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await look_at(pilot, "17")
        assert [one.title for one in screen(pilot).query_one("#rated").columns] == ["Movie", "Rating", "Score", ""]
        assert [one.title for one in screen(pilot).query_one("#shown").columns] == ["#", "Movie", "Score", "Gave"]
        said = words(pilot, "#reproduced")
        assert said.startswith("mean rank: top ")
        assert " training (" in said
        assert "\nshown: " in said
        assert "because of" in words(pilot, "#why")


@pytest.fixture
def sampled(model: str, ratings: Ratings) -> str:
    """The same tastes, with two samples that differ in the movies of even position: there it knows little."""
    run = Run(Path("home/data/runs/planted-als"))
    factors = Factors.load(run.model)
    # The mean alone would put these first.
    lift = np.where(np.arange(ratings.n_items) % 2 == 0, 0.3, 0).astype(np.float32)
    replace(factors, item_bias=lift).save(run.model)
    rows = np.concatenate([lift[:, None], factors.item_factors], axis=1)
    off = np.where(np.arange(ratings.n_items) % 2 == 0, 0.8, 0)[:, None] * [1, 0, 0]
    none = np.empty((0, 0), np.float32)
    samples = {
        "mean": np.array(3.0), "noise_shape": np.array(np.inf),
        "item_rows": np.stack([rows + off, rows - off]), "item_noise": np.ones((2, len(rows))),
        "noise": np.full(2, 2.0), "user_mean": np.zeros((2, 3)), "user_precision": np.tile(np.eye(3), (2, 1, 1)),
        "attribute_basis": none, "attribute_weights": np.empty((2, 0, 3)),
        "rated_basis": np.empty((len(rows), 0)), "rated_weights": np.empty((2, 0, 3)),
        "user_attributes": np.empty((ratings.n_users, 0)),
    }  # fmt: skip
    write_tensors(run.posterior, {name: array.astype(np.float32) for name, array in samples.items()})
    return model


async def test_the_order_is_cautious_where_the_model_knows_how_sure_it_is_and_f_changes_it(
    workbench: type[MftuiApp], sampled: str, ratings: Ratings
) -> None:
    async with workbench(sampled).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await rate(pilot, "1970", "5")

        def unsure() -> set[int]:
            """Whether the first movies are those of which it knows little."""
            titles = ratings.titles.tolist()
            return {titles.index(title) % 2 for title in column(pilot, "#shown", "Movie")[:5]}

        def said() -> str:
            return str(screen(pilot).query_one("#shown-pane").border_subtitle)

        assert unsure() == {1}
        assert tastes(pilot, 5) == {0}
        assert "by rating less what the model" in said()
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseWishes))
        await pilot.press("up", "right", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))
        await until(pilot, lambda: unsure() == {0})
        assert said().endswith("by rating")


async def look_at(pilot: Pilot[None], user: str) -> None:
    await pilot.press("u")
    await until(pilot, lambda: isinstance(pilot.app.screen, ChooseUser))
    await pilot.press(*user, "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, RecommendScreen))
    await until(pilot, lambda: f"User {user}" in str(screen(pilot).query_one("#rated-pane").border_title))


async def test_reasons_of_a_user_of_the_data_are_told_apart_from_what_the_model_says(
    workbench: type[MftuiApp], model: str, ratings: Ratings
) -> None:
    """The planted vectors are no regression of anybody's ratings, so the two differ."""
    async with workbench(model).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await look_at(pilot, "17")
        assert " by their ratings alone, because of Movie " in words(pilot, "#why")


async def test_a_model_that_the_run_has_written_anew_is_read_anew(workbench: type[MftuiApp], model: str) -> None:
    async with workbench(model).run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await look_at(pilot, "17")
        assert tastes(pilot, 5) == {1}
        run = Run(Path("home/data/runs/planted-als"))
        factors = Factors.load(run.model)
        replace(factors, user_factors=-factors.user_factors).save(run.model)
        os.utime(run.model, (1, 1))
        await pilot.press("1", "5")
        await until(pilot, lambda: tastes(pilot, 5) == {0})
        assert "User 17" in str(screen(pilot).query_one("#rated-pane").border_title)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
def test_looks_of_a_user(
    workbench: type[MftuiApp], sampled: str, snap_compare: Callable[..., Any], size: tuple[int, int]
) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await look_at(pilot, "17")

    assert snap_compare(workbench(sampled), terminal_size=size, run_before=before)
