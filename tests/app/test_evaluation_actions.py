"""What can be done on the Evaluation screen: look closer, judge anew, cancel, and read what every figure means."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Digits, Static

from mftui.app import jobs
from mftui.app.app import MftuiApp
from mftui.app.jobs import Job
from mftui.app.screens.cards.movie import MovieCard
from mftui.app.screens.cards.user import UserCard
from mftui.app.screens.choices import Choices
from mftui.app.screens.evaluation.evaluation_jobs import _ways
from mftui.app.screens.evaluation.screen import EvaluationScreen
from mftui.app.verdicts import protocol
from mftui.app.widgets.histogram import Bars
from mftui.app.widgets.progress import Progress
from mftui.app.widgets.table import Table
from mftui.core.evaluation.glossary import GLOSSARY
from mftui.core.evaluation.report import Evaluation, WorstPrediction, write
from mftui.core.runs.directory import Run
from tests.app.conftest import ScriptedRun
from tests.app.reports import evaluation, thorough_evaluation
from tests.app.waiting import until

Scripted = Callable[..., ScriptedRun]
TO_WORST = ["right_square_bracket"] * 3


def evaluated(scripted: Scripted, report: Evaluation, **config: object) -> Run:
    run = scripted(**config).begin().epochs(1, 128).finish().run
    write(run.path, report)
    return run


async def open_screen(pilot: Pilot[None]) -> None:
    await pilot.press("3")
    await until(pilot, lambda: pilot.app.screen.query_one("#error-bars", Bars).bars)


def of_planted(movie: str, user: str) -> Evaluation:
    return replace(evaluation(), worst=[WorstPrediction(user, movie, "a title", 5.0, 1.0, 30, 40)])


async def test_the_movie_and_the_user_of_a_worst_prediction_are_looked_into(
    workbench: type[MftuiApp], scripted: Scripted, planted: str
) -> None:
    evaluated(scripted, of_planted("3", "4"), data=planted)
    async with workbench(planted).run_test(size=(120, 36)) as pilot:
        await open_screen(pilot)
        assert not pilot.app.screen.check_action("movie", ())
        await pilot.press(*TO_WORST, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, MovieCard))
        assert str(pilot.app.screen.query_one("#card").border_title).startswith("Movie 3, ")
        await pilot.press("escape", "u")
        await until(pilot, lambda: isinstance(pilot.app.screen, UserCard))
        assert str(pilot.app.screen.query_one("#user-card").border_title) == "User 4"
        await until(pilot, lambda: pilot.app.screen.query_one("#rated", Table).row_count)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, MovieCard))


async def test_a_movie_that_is_gone_from_the_ratings_is_a_sentence(
    workbench: type[MftuiApp], scripted: Scripted, planted: str
) -> None:
    evaluated(scripted, of_planted("no [such] id", "4"), data=planted)
    async with workbench(planted).run_test() as pilot:
        await open_screen(pilot)
        await pilot.press(*TO_WORST, "enter")
        await until(pilot, lambda: any("no [such] id" in note.message for note in pilot.app._notifications))
        assert isinstance(pilot.app.screen, EvaluationScreen)


async def test_the_weights_show_how_long_the_factors_are(workbench: type[MftuiApp], scripted: Scripted) -> None:
    evaluated(scripted, evaluation())
    async with workbench().run_test(size=(120, 36)) as pilot:
        await open_screen(pilot)
        await pilot.press("left_square_bracket")
        bars = pilot.app.screen.query_one("#norms-item_factors").query_one(Bars).bars
        assert [(bar.label, bar.figures[0]) for bar in bars] == [("0.00 to 1.50", "600"), ("1.50 to 3.00", "1,050")]
        assert not pilot.app.screen.query_one("#norms-user_factors").display


@pytest.mark.parametrize(
    ("keys", "options"),
    [
        ([], []),
        (
            ["right", "left", "right", "down", "right", "j", "l", "l"],
            ["-k", "1", "-k", "3", "-k", "5", "-k", "10", "--liked", "5", "--split", "leave-last-out"],
        ),
    ],
)
async def test_a_run_is_judged_anew_as_it_is_asked_for(
    workbench: type[MftuiApp],
    scripted: Scripted,
    jobs_done: Callable[..., list[list[str]]],
    keys: list[str],
    options: list[str],
) -> None:
    run = evaluated(scripted, evaluation(0.95))

    def judged(arguments: list[str]) -> dict[str, Any]:
        write(run.path, evaluation(0.75))
        return {"parts": 0}

    asked = jobs_done(judged)
    async with workbench().run_test() as pilot:
        await open_screen(pilot)
        await pilot.press("a", *keys, "enter")
        await until(pilot, lambda: pilot.app.screen.query(Digits).first().value == "0.7500")
        assert asked == [["evaluate", str(run.path), "--again", *options]]


def test_of_clicks_nobody_is_asked_from_where_on_they_are_liked() -> None:
    stars = evaluation(0.95)
    clicks = replace(stars, protocol=replace(stars.protocol, scale=(1.0, 1.0, 1.0)))
    assert list(_ways(stars)) == ["k", "liked", "split"]
    assert list(_ways(clicks)) == ["k", "split"]


async def test_a_finished_run_that_was_never_judged_is_judged_at_a_key(
    workbench: type[MftuiApp], scripted: Scripted, jobs_done: Callable[..., list[list[str]]]
) -> None:
    run = scripted().begin().epochs(1, 128).finish().run
    run.model.touch()

    def judged(arguments: list[str]) -> dict[str, Any]:
        write(run.path, evaluation(0.75))
        return {"parts": 0}

    asked = jobs_done(judged)
    async with workbench().run_test() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: "Evaluate it now" in str(pilot.app.screen.query_one("#keys", Static).content))
        await pilot.press("a")
        await until(pilot, lambda: pilot.app.screen.query(Digits).first().value == "0.7500")
        assert asked == [["evaluate", str(run.path), "--again"]]


async def test_without_a_model_nothing_can_be_judged(workbench: type[MftuiApp], scripted: Scripted) -> None:
    scripted().begin().epochs(1, 128).finish()
    async with workbench().run_test() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: "without its" in str(pilot.app.screen.query_one("#words", Static).content))
        assert not pilot.app.screen.check_action("again", ())


async def test_going_back_judges_nothing_and_digits_do_not_reach_through(
    workbench: type[MftuiApp], scripted: Scripted, jobs_done: Callable[..., list[list[str]]]
) -> None:
    evaluated(scripted, evaluation())
    asked = jobs_done(lambda arguments: {})
    async with workbench().run_test() as pilot:
        await open_screen(pilot)
        await pilot.press("a", "1")
        assert isinstance(pilot.app.screen, Choices)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, EvaluationScreen)
        assert asked == []


async def test_a_job_shows_how_far_it_is_and_is_cancelled(
    workbench: type[MftuiApp], scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = asyncio.Event()

    async def endless(title: str, arguments: list[str]) -> AsyncIterator[Job]:
        try:
            yield Job(title, "ranking", 0.5)
            await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr(jobs, "follow", endless)
    run = evaluated(scripted, evaluation())
    before = (run.path / "evaluation.json").read_bytes()
    async with workbench().run_test() as pilot:
        await open_screen(pilot)
        bar = pilot.app.screen.query_one("#job", Progress)
        assert not bar.display
        await pilot.press("a", "enter")
        await until(pilot, lambda: "50%  Evaluating: ranking · x cancels" in str(bar.content))
        assert not pilot.app.screen.check_action("again", ())
        await pilot.press("x")
        await until(pilot, ended.is_set)
        await until(pilot, lambda: not bar.display)
        assert pilot.app.screen.check_action("again", ())
        assert (run.path / "evaluation.json").read_bytes() == before


async def test_a_job_that_fails_says_why_once(
    workbench: type[MftuiApp], scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(title: str, arguments: list[str]) -> AsyncIterator[Job]:
        yield Job(title, error="The model has seen [all] of them.")

    monkeypatch.setattr(jobs, "follow", failing)
    evaluated(scripted, evaluation())
    async with workbench().run_test() as pilot:
        await open_screen(pilot)
        await pilot.press("a", "enter")
        await until(pilot, lambda: pilot.app._notifications)
        await pilot.press("1", "3")
        await until(pilot, lambda: isinstance(pilot.app.screen, EvaluationScreen))
        notes = list(pilot.app._notifications)
        assert [(note.title, note.message) for note in notes] == [
            ("Not evaluated", "The model has seen [all] of them.")
        ]


async def test_every_figure_is_explained_in_a_sentence(workbench: type[MftuiApp], scripted: Scripted) -> None:
    evaluated(scripted, thorough_evaluation())
    async with workbench().run_test(size=(120, 36)) as pilot:
        await open_screen(pilot)
        await pilot.press("question_mark")
        said = "\n".join(str(one.content) for one in pilot.app.screen.query(Static))
        for term, meaning in GLOSSARY.items():
            assert f"{term}: {meaning}" in said


async def test_the_ranking_stands_beside_the_most_popular_and_the_hardest_to_beat(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    ours = thorough_evaluation()
    others = {name: {"ndcg@10": value} for name, value in (("random", 0.01), ("most_popular", 0.26), ("ease", 0.468))}
    evaluated(scripted, replace(ours, ranking_baselines=others))
    async with workbench().run_test() as pilot:
        await open_screen(pilot)
        below = [str(one.content) for one in pilot.app.screen.query(".below").results(Static)]
        assert below[1].splitlines()[1] == "popular .260 · EASE .468"
        assert max(len(line) for text in below for line in text.splitlines()) <= 24


def test_the_protocol_says_what_is_scored_by_the_mean_and_what_by_samples_however_long_the_split_is() -> None:
    made = evaluation().protocol
    long = "a split that takes many words to say" * 7
    words = protocol(replace(made, split=long, scored_by="rankings of [mean] factors"))
    assert words.endswith("rankings of [mean] factors")
    assert long in words


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
@pytest.mark.parametrize("keys", [["left_square_bracket"], ["a"]], ids=["weights", "again"])
def test_looks(
    workbench: type[MftuiApp], scripted: Scripted, snap_compare: Any, size: tuple[int, int], keys: list[str],
) -> None:  # fmt: skip
    evaluated(scripted, evaluation())

    async def before(pilot: Pilot[None]) -> None:
        await open_screen(pilot)
        await pilot.press(*keys)

    assert snap_compare(workbench(), terminal_size=size, run_before=before)
