"""A movie's card in the Clusters browser: what it tells, and the walk over movies that are alike."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

from mftui.app.app import MftuiApp
from mftui.app.movies import Movies
from mftui.app.screens.cards.movie_panel import MoviePanel
from mftui.app.screens.clusters.card_pane import CardPane
from mftui.app.screens.clusters.movies_pane import MoviesPane
from mftui.app.screens.clusters.screen import ClustersScreen
from mftui.app.widgets.histogram import Bars, Columns
from mftui.app.widgets.table import Table
from mftui.core.clusters import cluster, report
from mftui.core.data.ratings import Ratings, Scale
from mftui.core.model import Factors
from tests.app.conftest import ScriptedRun, two_tastes
from tests.app.waiting import until


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards are looked up without a pause."""
    monkeypatch.setattr(CardPane, "LINGER", 0.001)


def alike(pilot: Pilot[None]) -> Table:
    return pilot.app.screen.query_one("#alike", Table)


def card_title(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#card-pane").border_title)


def facts(pilot: Pilot[None]) -> list[str]:
    return str(pilot.app.screen.query_one("#facts", Static).content).splitlines()


async def card_shown(pilot: Pilot[None]) -> ClustersScreen:
    """Down from the clusters to the movies, and from the first movie to its card."""
    await pilot.press("4")
    await until(pilot, lambda: pilot.app.screen.query_one("#cluster-movies", Table).row_count)
    await pilot.press("enter", "enter")
    await until(pilot, lambda: alike(pilot).row_count)
    assert isinstance(pilot.app.screen, ClustersScreen)
    return pilot.app.screen


def movie_under_the_cursor(screen: ClustersScreen) -> str:
    movie = screen.query_one(MoviesPane).movie
    assert movie is not None
    return movie.title


async def test_the_card_tells_facts_ratings_training_and_the_ten_most_alike(
    workbench: type[MftuiApp], modelled: ScriptedRun, ratings: Ratings
) -> None:
    factors = Factors.load(modelled.run.model)
    async with workbench().run_test(size=(120, 36)) as pilot:
        screen = await card_shown(pilot)
        title = movie_under_the_cursor(screen)
        position = ratings.titles.tolist().index(title)
        assert card_title(pilot) == title
        own = ratings.values[ratings.items == position]
        assert facts(pilot) == [
            str(ratings.item_info["year"][position]),
            str(ratings.item_info["genres"][position]).replace("|", ", "),
            f"{len(own)} ratings, mean {own.mean():.2f}",
            f"trained on {factors.item_counts[position]} of them",
        ]
        assert [bar.value for bar in screen.query_one(Bars).bars] == [int((own == v).sum()) for v in range(1, 6)]
        expected, cosines = factors.similar(position, 10)
        assert alike(pilot)._rows.values[0] == ratings.titles[expected].tolist()
        np.testing.assert_allclose(alike(pilot)._rows.values[2], cosines, rtol=1e-6)
        assert "item factors of planted-run" in str(screen.query_one("#alike-heading", Static).content)


class OnePanel(App[None]):
    """Nothing but a card of these ratings."""

    def __init__(self, ratings: Ratings) -> None:
        super().__init__()
        self._movies = Movies.of(ratings)

    def compose(self) -> ComposeResult:
        yield MoviePanel(lambda: (self._movies, None))


async def test_ratings_of_half_stars_stand_side_by_side_so_that_there_is_room_for_what_is_alike(
    ratings: Ratings,
) -> None:
    halves = replace(ratings, values=ratings.values - 0.5, scale=Scale(0.5, 5.0, 0.5))
    app = OnePanel(halves)
    async with app.run_test(size=(60, 20)) as pilot:
        app.query_one(MoviePanel).open(str(ratings.item_ids[3]))
        await until(pilot, lambda: app.query_one(Columns).display and app.query_one(Columns).values)
        columns, own = app.query_one(Columns), halves.values[halves.items == 3]
        assert columns.values == tuple(float((own == level / 2).sum()) for level in range(1, 11))
        assert columns.ends == ("0.5", "5")
        assert not app.query_one(Bars).display
        assert app.query_one("#about").size.height == 5


async def test_enter_walks_on_to_a_movie_its_cluster_and_its_row_and_backspace_walks_back(
    workbench: type[MftuiApp], modelled: ScriptedRun
) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        screen = await card_shown(pilot)
        walked = [movie_under_the_cursor(screen)]
        for _ in range(2):
            await pilot.press("down")
            following = alike(pilot)._rows.values[0][alike(pilot).position or 0]
            await pilot.press("enter")
            await until(pilot, lambda title=following: card_title(pilot) == title and facts(pilot))
            await until(pilot, lambda title=following: title not in alike(pilot)._rows.values[0])
            assert movie_under_the_cursor(screen) == following
            walked.append(following)
        assert len(set(walked)) == 3
        for title in reversed(walked[:-1]):
            await pilot.press("backspace")
            await until(pilot, lambda title=title: card_title(pilot) == title)
            assert movie_under_the_cursor(screen) == title
        await pilot.press("backspace")
        assert card_title(pilot) == walked[0], "the walk began here"


async def test_the_card_follows_the_cursor_of_the_list_and_esc_puts_it_away(
    workbench: type[MftuiApp], modelled: ScriptedRun
) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        screen = await card_shown(pilot)
        screen.query_one(MoviesPane).table.focus()
        await pilot.press("j", "j")
        third = movie_under_the_cursor(screen)
        await until(pilot, lambda: card_title(pilot) == third)
        await pilot.press("escape")
        assert not screen.query_one(CardPane).display
        assert pilot.app.focused is screen.query_one(MoviesPane).table


async def test_a_movie_never_trained_on_says_so(
    workbench: type[MftuiApp], modelled: ScriptedRun, ratings: Ratings
) -> None:
    async with workbench().run_test(size=(80, 24)) as pilot:
        screen = await card_shown(pilot)
        await pilot.press("escape", "shift+tab")
        await pilot.press("G", "enter", "enter")
        await until(pilot, lambda: card_title(pilot) == str(ratings.titles[0]))
        await until(pilot, lambda: not alike(pilot).row_count)
        assert alike(pilot).empty == "The model never trained on this movie: all its ratings are test rows."
        assert facts(pilot)[-1] == "trained on 0 of them"
        assert not screen.query_one("#right").display, "on a small screen the card stands in place of the lists"


async def test_ratings_that_are_gone_are_said_in_the_cards_place(
    workbench: type[MftuiApp], modelled: ScriptedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: pilot.app.screen.query_one("#cluster-movies", Table).row_count)
        modelled.run.model.write_bytes(b"not a model")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "is not a mftui model" in alike(pilot).empty or "damaged" in alike(pilot).empty)


async def test_a_card_is_looked_up_again_when_the_run_has_another_model(
    workbench: type[MftuiApp], modelled: ScriptedRun, ratings: Ratings
) -> None:
    async with workbench().run_test(size=(120, 36)) as pilot:
        await card_shown(pilot)
        before = list(alike(pilot)._rows.values[0])
        factors = two_tastes(ratings)
        mixed = np.random.default_rng(7).normal(size=factors.item_factors.shape).astype(np.float32)
        factors = replace(factors, item_factors=mixed)
        factors.save(modelled.run.model)
        report.write(modelled.run.path, cluster(factors, ratings, k=3))
        modelled.finish()  # news of the run, at which the screen looks at its report again
        await until(pilot, lambda: pilot.app.screen.query_one("#groups", Table).row_count == 4)
        await until(pilot, lambda: alike(pilot).row_count and alike(pilot)._rows.values[0] != before)


async def test_neighbours_are_those_of_the_predictions_however_the_factors_are_turned(
    workbench: type[MftuiApp], modelled: ScriptedRun, ratings: Ratings
) -> None:
    """The notebook's preset stays on raw factors; any other run is compared in the space of the product."""
    record = modelled.run.record()
    modelled.run.write_record(msgspec.structs.replace(record, config=record.config.with_changes({"preset": "best"})))
    factors = two_tastes(ratings)
    matrix = np.array([[1.0, 30.0], [0.0, 1.0]])
    users = np.random.default_rng(3).normal(size=(ratings.n_users, 2)).astype(np.float32)
    factors = replace(factors, user_factors=users)
    turned = replace(
        factors,
        item_factors=(factors.item_factors @ matrix).astype(np.float32),
        user_factors=(users @ np.linalg.inv(matrix).T).astype(np.float32),
    )
    listed = []
    for model in (factors, turned):
        model.save(modelled.run.model)
        async with workbench().run_test(size=(120, 36)) as pilot:
            screen = await card_shown(pilot)
            assert "user-by-item product" in str(screen.query_one("#alike-heading", Static).content)
            listed.append(alike(pilot)._rows.values[0])
    assert listed[0] == listed[1]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
def test_looks(
    workbench: type[MftuiApp], modelled: ScriptedRun, snap_compare: Callable[..., bool], size: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("TEXTUAL_THEME", "mftui-dark")

    async def before(pilot: Pilot[None]) -> None:
        await card_shown(pilot)
        await pilot.press("down")

    assert snap_compare(workbench(), terminal_size=size, run_before=before)
