"""Titles that mean harm, in every place that shows one: plain text, in as many cells as the terminal takes for it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from wcwidth import wcwidth

from mftui.app.app import MftuiApp
from mftui.app.screens.cards.movie import MovieCard
from mftui.app.screens.cards.user import UserCard
from mftui.app.widgets.listing import Listing
from mftui.app.widgets.table import Table
from mftui.core.clusters.report import write as write_clusters
from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.data.writing import write
from mftui.core.evaluation.report import write as write_evaluation
from mftui.core.model import Factors
from mftui.core.runs import events
from mftui.core.text import clean
from tests.app.conftest import NOW, ScriptedRun
from tests.app.reports import clusters, evaluation, item
from tests.app.waiting import until
from tests.hostile import HOSTILE, speaks

MARKUP = "[bold red]Markup[/]"


@pytest.fixture
def hostile(home: Path, tmp_path: Path, ratings: Ratings, scripted: Callable[..., ScriptedRun]) -> str:
    """A dataset whose movies, users and genres mean harm, with a finished run on it; its path."""
    titles = np.array([HOSTILE[i % len(HOSTILE)] + f" {i}" for i in range(ratings.n_items)])
    columns = {
        "item": [f"i{i}" for i in range(ratings.n_items)],
        "title": [title.replace("\n", "\u2028").replace("\t", "\v").replace("\r", "\x85") for title in titles],
    }
    folder = tmp_path / "bad [red]name"
    names = np.array([f"{HOSTILE[i % 3]}{i}" for i in range(ratings.n_users)])
    ids = np.array([f"i{i}" for i in range(ratings.n_items)])
    write(replace(ratings, user_ids=np.arange(ratings.n_users), item_ids=ids, item_info={}, user_info={}), folder)
    lines = ["item_id:token\tmovie_title:token_seq\tclass:token_seq"]
    lines += [f"{i}\t{title}\t{MARKUP.replace(' ', '')} Drama" for i, title in zip(*columns.values(), strict=True)]
    (folder / "planted.item").write_text("\n".join(lines) + "\n", "utf-8")
    about = [f"{n}\t{name}" for n, name in enumerate(names)]
    (folder / "planted.user").write_text("\n".join(["user_id:token\toccupation:token", *about]) + "\n", "utf-8")
    load(str(folder))
    run = scripted("bad-run", data=str(folder)).begin().epochs(1, 128)
    run.tell(*(events.Warning(time=NOW, message=title) for title in HOSTILE[:3])).finish()
    (run.run.path / "trainer.log").write_text("\n".join(HOSTILE) + "\n", "utf-8")
    factors = np.random.default_rng(0).normal(size=(ratings.n_items, 2)).astype(np.float32)
    Factors(
        mean=3.0, user_bias=np.zeros(ratings.n_users, np.float32), item_bias=np.zeros(ratings.n_items, np.float32),
        user_factors=np.ones((ratings.n_users, 2), np.float32), item_factors=factors,
        user_counts=np.ones(ratings.n_users, np.int32), item_counts=np.ones(ratings.n_items, np.int32),
        scale=ratings.scale,
    ).save(run.run.model)  # fmt: skip
    found = clusters()
    members = [item(title, 100 - at, 0.1 * at) for at, title in enumerate(HOSTILE)]
    group = replace_struct(found.clusters[1], movies=members, size=len(members), label=HOSTILE[0])
    write_clusters(run.run.path, replace_struct(found, clusters=[found.clusters[0], group]))
    write_evaluation(run.run.path, evaluation(title=HOSTILE[1]))
    return str(folder)


def replace_struct(struct: object, **changes: object):
    from msgspec.structs import replace

    return replace(struct, **changes)


def lines(pilot: Pilot[None]) -> list[str]:
    """What stands on the screen."""
    return [strip.text for strip in pilot.app.screen._compositor.render_strips()]


def check(pilot: Pilot[None]) -> str:
    """All that is on the screen, once nothing of it speaks to the terminal and each line is as wide as the screen."""
    found = lines(pilot)
    for line in found:
        assert not speaks(line), line
        assert sum(map(wcwidth, line)) == pilot.app.size.width, line
    return "\n".join(found)


async def test_the_data_screen_and_its_cards(workbench: type[MftuiApp], hostile: str) -> None:
    async with workbench(hostile).run_test(size=(120, 36)) as pilot:
        table = pilot.app.screen.query_one("#movies", Table)
        await until(pilot, lambda: table.row_count)
        assert MARKUP in check(pilot)
        for position in (1, 4, 11):
            table.go_to(position)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, MovieCard))
            await until(pilot, lambda: pilot.app.screen.query_one("#alike", Table).row_count)
            check(pilot)
            await pilot.press("escape")
        await pilot.press("slash", *"markup")
        assert isinstance(pilot.app.focused, Input)
        assert MARKUP in check(pilot)
        await pilot.press("escape", "u")
        await until(pilot, lambda: pilot.app.screen.query_one("#users", Table).row_count)
        assert "[bold" in check(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, UserCard))
        await until(pilot, lambda: pilot.app.screen.query_one(Table).row_count)
        check(pilot)
        await pilot.press("escape", "d")
        assert MARKUP.replace(" ", "") in check(pilot)
        await pilot.press("o")
        await pilot.pause()
        assert "bad [red]name" in check(pilot)
        await pilot.press("escape")
        assert pilot.app.return_code is None


@pytest.mark.parametrize(
    ("key", "size"),
    [("2", (120, 36)), ("3", (120, 36)), ("4", (120, 36)), ("4", (80, 24)), ("5", (120, 36)), ("6", (80, 24))],
)
async def test_every_other_screen(workbench: type[MftuiApp], hostile: str, key: str, size: tuple[int, int]) -> None:
    async with workbench(hostile).run_test(size=size) as pilot:
        await until(pilot, lambda: pilot.app.screen.query_one("#movies", Table).row_count)
        await pilot.press(key)
        await pilot.pause()
        if key == "2":
            assert MARKUP in check(pilot)
            for _ in range(3):
                await pilot.press("p")
                await pilot.pause()
                check(pilot)
        if key == "4":
            await until(pilot, lambda: pilot.app.screen.query_one("#cluster-movies", Table).row_count)
            await pilot.press("j")
            await until(pilot, lambda: MARKUP in "\n".join(lines(pilot)))
            check(pilot)
            await pilot.press("m")
            await pilot.pause()
        if key == "5":
            await until(pilot, lambda: any(listing.position is not None for listing in pilot.app.screen.query(Listing)))
        check(pilot)


async def test_a_notification_says_a_title_as_it_is(workbench: type[MftuiApp], hostile: str) -> None:
    async with workbench(hostile).run_test(size=(120, 36)) as pilot:
        pilot.app.notify(clean(HOSTILE[1] + MARKUP), markup=False)
        await until(pilot, lambda: MARKUP in check(pilot))
