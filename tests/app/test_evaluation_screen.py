"""The Evaluation screen on reports written by hand, and its verdicts against answers worked out by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.containers import Vertical
from textual.pilot import Pilot
from textual.widgets import ContentSwitcher, Digits, Static

from mftui.app.app import MftuiApp
from mftui.app.screens.evaluation.arrays import Arrays
from mftui.app.verdicts import Mood, against_baselines, overfitting
from mftui.app.widgets.histogram import Bars
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.table import Table
from mftui.core.evaluation.report import write
from mftui.core.runs.directory import all_runs
from mftui.core.runs.events import Epoch, Failed
from tests.app.conftest import NOW, ScriptedRun
from tests.app.reports import HOSTILE, error, evaluation, thorough_evaluation
from tests.app.waiting import until

Scripted = Callable[..., ScriptedRun]
Alive = Callable[[ScriptedRun], None]


def words(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Static).content)


def epoch(number: int, held_out: float | None, last: int = 3) -> Epoch:
    return Epoch(
        time=NOW, epoch=number, epochs=last, train_mse=1 / number, held_out_mse=held_out, held_out="validation",
        seconds=1.0, ratings_per_second=1.0, best=False,
    )  # fmt: skip


def test_a_model_is_compared_with_each_baseline_in_words() -> None:
    assert [(v.mood, v.words) for v in against_baselines(evaluation(0.893))] == [
        (Mood.GOOD, "Better than the bias model by 0.0470 (5.0%)."),
        (Mood.GOOD, "Better than the global mean by 0.2270 (20.3%)."),
    ]
    assert against_baselines(evaluation(1.034))[0].words == "Worse than the bias model by 0.0940 (10.0%)."
    assert against_baselines(evaluation(0.94))[0].mood is Mood.NEUTRAL


def test_overfitting_is_a_held_out_loss_that_rises_again() -> None:
    assert overfitting([epoch(1, 1.0), epoch(2, 0.8), epoch(3, 1.0)]).words.startswith(
        "It overfits. The validation loss was lowest at epoch 2 (0.800) and 25% higher at the last, epoch 3 (1.000)"
    )
    assert overfitting([epoch(1, 1.0), epoch(2, 0.8), epoch(3, 0.801)]).mood is Mood.GOOD
    assert "still falling" in overfitting([epoch(1, 1.0), epoch(2, 0.8)]).words
    assert overfitting([epoch(1, None)]).mood is Mood.NEUTRAL


async def test_the_notebook_is_plainly_seen_to_overfit(workbench: type[MftuiApp], scripted: Scripted) -> None:
    run = scripted().begin().epochs(1, 128).finish()
    write(run.run.path, evaluation())
    async with workbench().run_test() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: "It overfits" in words(pilot, "#overfitting"))
        assert "lowest at epoch 64 (0.859) and 16% higher at the last, epoch 128" in words(pilot, "#overfitting")
        bars = {bar.label: bar.figures for bar in pilot.app.screen.query_one("#losses", Bars).bars}
        assert bars["test, best"] == ("0.859", "64")
        assert bars["test, last"] == ("1.000", "128")


async def test_every_number_stands_beside_its_protocol_and_the_baselines(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    run = scripted().begin().epochs(1, 128).finish()
    write(run.run.path, evaluation(0.95))
    async with workbench().run_test() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: pilot.app.screen.query_one("#error-bars", Bars).bars)
        bars = {bar.label.strip(): bar.figures for bar in pilot.app.screen.query_one("#error-bars", Bars).bars}
        assert bars["this model"] == ("0.9500", "0.7600", "0.9025", "20,000")
        assert bars["known only"][3] == "19,969"
        assert set(bars) == {"this model", "known only", "not clipped", "bias model", "global mean", "commonest rating"}
        assert bars["not clipped"][0] == "0.9500"
        assert bars["commonest rating"][1] == "0.9600"
        assert words(pilot, "#protocol") == (
            "ml-100k · random: 20% of the rows, seed 42 · 80,000 training, 20,000 test rows · "
            "predictions clipped to 1 to 5 · model: last, epoch 128"
        )
        await pilot.press(*["right_square_bracket"] * 3)
        worst = pilot.app.screen.query_one("#worst", Table)
        await until(pilot, lambda: worst.size.width)
        assert worst.render_line(1).text.split()[-4:] == ["196", "5", "1.25", "3.75"]
        arrays = str(pilot.app.screen.query_one(Arrays).render())
        assert "user_factors" in arrays
        assert "1,682 x 8" in arrays
        assert "0.4000  0.5000  0.6000" in arrays


async def test_how_sure_the_error_is_and_where_it_is_are_shown_where_they_are_known(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    run = scripted().begin().epochs(1, 128).finish()
    write(run.run.path, thorough_evaluation())
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: "between 0.926 and 0.974" in words(pilot, "#sure"))
        assert "41% within half a star, R² 0.33" in words(pilot, "#sure")
        assert "▲ Better than the bias model by 0.0200 RMSE (95% interval 0.0100 to" in words(pilot, "#verdicts")
        drama = pilot.app.screen.query_one("#group-genre", Vertical).query_one(Bars).bars[0]
        assert (drama.label, drama.figures) == ("Drama [bold]", ("0.930", "0.940", "7,906"))
        assert pilot.app.screen.query_one("#group-errors").display
        assert not pilot.app.screen.query_one("#group-time").display
        coverage = pilot.app.screen.query_one("#group-coverage", Vertical).query_one(Bars).bars
        assert [bar.figures for bar in coverage] == [("46.8%", "50%"), ("93.7%", "95%")]
        unsure = pilot.app.screen.query_one("#group-deviation", Vertical).query_one(Bars).bars
        assert [(bar.label, bar.figures) for bar in unsure] == [
            ("1 of 2", ("0.750", "0.700", "4,252")),
            ("2 of 2", ("1.050", "1.100", "4,252")),
        ]


async def test_the_ranking_stands_beside_those_it_must_beat(workbench: type[MftuiApp], scripted: Scripted) -> None:
    run = scripted().begin().epochs(1, 128).finish()
    write(run.run.path, thorough_evaluation())
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: pilot.app.screen.query_one("#ranking-bars", Bars).bars)
        bars = pilot.app.screen.query_one("#ranking-bars", Bars).bars
        assert [bar.label for bar in bars] == ["most popular", "this model"]
        assert "▼ Worse than the most popular by 0.0900 NDCG@10" in words(pilot, "#ranking-verdicts")
        assert "5% of all movies, each with 202 training ratings" in words(pilot, "#ranking-lists")
        assert words(pilot, "#ranking-protocol") == "all 1,682 items ranked"
        lengths = words(pilot, "#ranking-lengths").splitlines()
        assert lengths[0].split() == ["lists", "of", "10", "20"]
        assert [line.split() for line in lengths[1:3]] == [["NDCG", "0.170", "0.210"], ["recall", "0.060", "-"]]


async def test_a_model_that_only_ranks_shows_no_error_and_its_ranking_first(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    run = scripted().begin().epochs(1, 128).finish()
    write(
        run.run.path,
        replace(
            thorough_evaluation(),
            ratings=error(0.0, 0),
            known=error(0.0, 0),
            raw=error(0.0, 0),
            baselines={},
            beside={},
            by_rating=[],
            worst=[],
            errors=[],
        ),
    )
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: pilot.app.screen.query_one("#ranking-bars", Bars).bars)
        assert not pilot.app.screen.query_one("#by-rating").display
        assert not pilot.app.screen.query_one("#sure").display
        assert not pilot.app.screen.query_one("#error-bars").display
        assert pilot.app.screen.query_one("#losses", Bars).headings == ("loss", "epoch")
        titles = [str(one.content) for one in pilot.app.screen.query("HeadlineRow .title").results(Static)]
        assert titles[0] == "NDCG@10"
        assert pilot.app.screen.query_one("ErrorGroups #none").display
        switcher = pilot.app.screen.query_one(ContentSwitcher)
        assert switcher.current == "ranking"
        await pilot.press("]")
        assert switcher.current == "worst-pane"
        assert not pilot.app.screen.check_action("movie", ())
        write(run.run.path, thorough_evaluation())
        await pilot.press("2", "3")
        await until(pilot, lambda: pilot.app.screen.query_one("#by-rating").display)
        assert switcher.current == "worst-pane", "a person went there"


async def test_the_first_glance_is_three_figures_beside_what_they_must_beat(
    workbench: type[MftuiApp], scripted: Scripted
) -> None:
    ours = thorough_evaluation()
    ours = replace(ours, protocol=replace(ours.protocol, test_fingerprint="the same"))
    for name, rmse, rows in (("other-1", 0.91, "the same"), ("other-2", 0.9, "the same"), ("other-3", 0.5, "others")):
        other = replace(ours, ratings=error(rmse), protocol=replace(ours.protocol, test_fingerprint=rows))
        write(scripted(name).begin().finish().run.path, other)
    (scripted("other-4").begin().finish().run.path / "evaluation.json").write_text("damaged")
    write(scripted("this-one").begin().epochs(1, 128).finish().run.path, ours)
    async with workbench().run_test(size=(120, 36)) as pilot:
        run = next(run for run in all_runs() if run.name == "this-one")
        pilot.app.use_run(run)
        await pilot.press("3")
        await until(
            pilot, lambda: "bias .9400 · other .9000" in str(pilot.app.screen.query(".below").first(Static).content)
        )
        figures = [one.value for one in pilot.app.screen.query("HeadlineRow Digits").results(Digits)]
        assert figures == ["0.9500", f"{ours.ranking['ndcg@10']:.4f}", "41"]
        assert "95%: 0.926 to 0.974" in str(pilot.app.screen.query(".below").first(Static).content)


async def test_a_run_in_parts_says_how_far_they_lie_apart(workbench: type[MftuiApp], scripted: Scripted) -> None:
    run = scripted().begin().epochs(1, 128).finish()
    ours = replace(evaluation(0.92), parts=5, deviations={"rmse": 0.0123}, parameters=[], worst=[])
    write(run.run.path, ours)
    async with workbench().run_test() as pilot:
        await pilot.press("3")
        await until(
            pilot, lambda: "± 0.0123 over 5 parts" in str(pilot.app.screen.query(".below").first(Static).content)
        )
        assert pilot.app.screen.query_one("#no-arrays").display
        assert not pilot.app.screen.check_action("again", ())


async def test_brackets_go_over_the_tabs_and_around(workbench: type[MftuiApp], scripted: Scripted) -> None:
    write(scripted().begin().epochs(1, 128).finish().run.path, thorough_evaluation())
    async with workbench().run_test() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: pilot.app.screen.query_one("#error-bars", Bars).bars)
        switcher = pilot.app.screen.query_one(ContentSwitcher)
        seen = []
        for _ in range(6):
            await pilot.press("right_square_bracket")
            seen.append(switcher.current)
        assert seen == ["segments", "ranking", "worst-pane", "compare-pane", "weights", "errors"]
        await pilot.press("left_square_bracket")
        assert switcher.current == "weights"
        assert not pilot.app.screen.check_action("sort", ())


@pytest.mark.parametrize(("key", "suffix"), [("h", "html"), ("j", "json"), ("c", "csv.zip")])
async def test_the_report_is_written_in_the_chosen_format_where_mftui_was_started(
    workbench: type[MftuiApp],
    scripted: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    jobs_done: Callable[..., list[list[str]]],
    key: str,
    suffix: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = jobs_done(lambda arguments: {"run": "x", "path": arguments[-1]})
    run = scripted().begin().epochs(1, 128).finish()
    write(run.run.path, thorough_evaluation())
    async with workbench().run_test() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: pilot.app.screen.query_one("#error-bars", Bars).bars)
        await pilot.press("e", key)
        await until(pilot, lambda: pilot.app._notifications)
        assert asked == [["report", str(run.run.path), "-o", str(tmp_path / f"{run.run.name}.{suffix}")]]
        assert any(str(tmp_path) in note.message for note in pilot.app._notifications)


async def test_while_it_trains_the_held_out_loss_so_far_is_said(
    workbench: type[MftuiApp], scripted: Scripted, alive: Alive
) -> None:
    run = scripted().begin().epochs(1, 70)
    alive(run)
    async with workbench().run_test() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: "Epoch 70 of 128" in words(pilot, "#words"))
        assert "lowest" in words(pilot, "#words")
        assert "at epoch 64" in words(pilot, "#words")


async def test_the_evaluation_appears_when_the_run_has_made_it(
    workbench: type[MftuiApp], scripted: Scripted, alive: Alive
) -> None:
    run = scripted().begin().epochs(1, 3)
    alive(run)
    async with workbench().run_test() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: pilot.app.screen.query_one(Offer).display)
        write(run.run.path, evaluation())
        run.epochs(4, 5)
        await until(pilot, lambda: not pilot.app.screen.query_one(Offer).display)


async def test_without_a_run_it_says_what_to_do(workbench: type[MftuiApp]) -> None:
    async with workbench().run_test() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: "Train a model" in words(pilot, "#words"))


async def test_a_failed_run_says_why(workbench: type[MftuiApp], scripted: Scripted) -> None:
    scripted().begin().tell(Failed(time=NOW, message="The loss is [not] a number.", hint="Lower the learning rate."))
    async with workbench().run_test() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: words(pilot, "#words") == "The loss is [not] a number. Lower the learning rate.")


async def test_a_damaged_report_is_a_sentence(workbench: type[MftuiApp], scripted: Scripted) -> None:
    run = scripted().begin().epochs(1, 128).finish()
    (run.run.path / "evaluation.json").write_text('{"ratings": ')
    async with workbench().run_test() as pilot:
        await pilot.press("3")
        await until(pilot, lambda: "evaluation.json is damaged" in words(pilot, "#error"))


@pytest.mark.parametrize("title", HOSTILE)
async def test_titles_that_mean_harm_stay_text(workbench: type[MftuiApp], scripted: Scripted, title: str) -> None:
    run = scripted().begin().epochs(1, 2).finish()
    write(run.run.path, evaluation(title=title))
    async with workbench().run_test(size=(120, 36)) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: pilot.app.screen.query_one("#worst", Table).row_count)
        await pilot.press(*["right_square_bracket"] * 3)
        await until(pilot, lambda: pilot.app.screen.query_one("#worst", Table).size.width)
        line = pilot.app.screen.query_one("#worst", Table).render_line(1)
        assert "\x1b" not in line.text
        assert line.cell_length == pilot.app.screen.query_one("#worst", Table).scrollable_size.width


@pytest.mark.parametrize("theme", ["mftui-dark", "mftui-light"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
def test_looks(
    workbench: type[MftuiApp], scripted: Scripted, snap_compare: Any, size: tuple[int, int], theme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("TEXTUAL_THEME", theme)
    run = scripted().begin().epochs(1, 128).finish()
    write(run.run.path, evaluation())

    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("3")
        await until(pilot, lambda: pilot.app.screen.query_one("#worst", Table).row_count)

    assert snap_compare(workbench(), terminal_size=size, run_before=before)
