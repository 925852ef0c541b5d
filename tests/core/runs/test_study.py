"""What a study is told, how its trials are ordered, and what becomes of the best."""

import time
from pathlib import Path

import pytest

from mftui.core.errors import RunError, SettingError
from mftui.core.runs import events, own_presets, planning, presets, study
from mftui.core.runs.directory import Run, create
from mftui.core.runs.history import History, told_by
from mftui.core.runs.lock import hold
from mftui.core.runs.ranges import Range, ranges_of
from mftui.core.runs.search import Search, seconds_of, written


def trial(number: int, figure: float | None, ending: str = "done", **settings: float) -> events.Trial:
    return events.Trial(
        time=time.time(), trial=number, settings=settings, ending=ending, metric="rmse", figure=figure, best_epoch=4,
        epoch=9, seconds=1.0,
    )  # fmt: skip


def tell(run: Run, *told: events.Event) -> None:
    with run.events.open("ab") as file:
        file.writelines(map(events.encode, told))


def test_it_searches_what_is_stated_and_not_what_is_set():
    config, search = planning.plan("als", {"n_factors": "32", "split": "fold:1"}, trials=9)
    assert set(search.ranges) == {"regularization"}
    assert (config.values()["n_factors"], config.split, config.held_out) == (32, "fold:1", "validation")
    assert study.searched(config, search) == {"regularization": 0.12}
    wider = planning.plan("als", {}, ranges=["regularization=0.001:2:log"], trials=9)[1]
    assert wider.ranges["regularization"] == Range(0.001, 2.0, log=True)


@pytest.mark.parametrize(
    ("preset", "asked", "metric", "watch"),
    [("als", "", "rmse", "loss"), ("als", "ndcg@10", "ndcg@10", "ndcg@10"), ("ranking", "", "ndcg@10", "ndcg@10"),
     ("ranking", "map@10", "map@10", "map@10")],
)  # fmt: skip
def test_it_goes_by_what_is_asked_for_or_fits_the_solver(preset: str, asked: str, metric: str, watch: str):
    config, search = planning.plan(preset, {}, metric=asked, trials=5)
    assert (search.metric, config.watch) == (metric, watch)
    assert search.highest_is_best is (metric != "rmse")


@pytest.mark.parametrize(
    ("preset", "changes", "how", "field"),
    [
        ("als", {}, {}, "budget"),
        ("als", {}, {"trials": 1}, "trials"),
        ("als", {}, {"budget": "soon"}, "budget"),
        ("als", {}, {"budget": "0s"}, "budget"),
        ("als", {"held_out": "test"}, {"trials": 5}, "held_out"),
        ("als", {}, {"trials": 5, "metric": "accuracy"}, "metric"),
        ("ranking", {}, {"trials": 5, "metric": "rmse"}, "metric"),
        ("als", {"n_factors": 8, "regularization": 0.1}, {"trials": 5}, "range"),
        ("als", {}, {"trials": 5, "ranges": ["n_factors=1:99999"]}, "n_factors"),
        ("als", {}, {"trials": 5, "name": "fast"}, "preset"),
        ("als", {"epochs": "many"}, {"trials": 5}, "epochs"),
        ("als", {"watch": "luck"}, {"trials": 5}, "watch"),
        ("als", {"watch": "luck"}, {"trials": 5, "metric": "rmse"}, "watch"),
        ("none", {}, {"trials": 5}, "preset"),
    ],
)
@pytest.mark.usefixtures("home")
def test_what_makes_no_search_is_refused_and_named(preset: str, changes: dict, how: dict, field: str):
    with pytest.raises(SettingError) as refused:
        planning.plan(preset, changes, **how)
    assert refused.value.field == field


def test_lengths_of_time_are_read_and_written():
    assert [seconds_of(text) for text in ("90s", "20m", "1h30m", "1.5h")] == [90, 1200, 5400, 5400]
    assert [written(seconds) for seconds in (90, 1200, 5400, 0.5)] == ["1m30s", "20m", "1h30m", "0.5s"]


@pytest.mark.usefixtures("home")
def test_its_command_line_asks_for_the_same_study(ratings_folder: Path):
    changes = {"data": str(ratings_folder), "n_factors": "64", "seed": "3"}
    asked = planning.plan(
        "als", changes, ranges=["regularization=0.12345678:0.9"], budget="20m", trials=7, metric="ndcg@10"
    )
    command = planning.begin(*asked).record().command
    assert command == (
        f"mftui tune {ratings_folder} --preset als --set seed=3 --set n_factors=64 --metric ndcg@10 "
        "--range regularization=0.12345678:0.9 --trials 7 --budget 20m"
    )


def test_a_free_name_is_the_wish_itself_where_it_can_be_and_else_near_it(home: Path):
    longest = "x" * 38 + "-_"
    assert presets.free_name(longest) == longest
    assert presets.free_name("My films!") == "my-films-"
    assert (presets.free_name("als"), presets.free_name("...")) == ("als-2", "found")
    own_presets.write(longest, presets.find("als"))
    own_presets.check_name(other := presets.free_name(longest))
    assert other == "x" * 36 + "-2"


def test_the_best_come_first_and_those_given_up_never_count():
    search = Search(ranges=ranges_of(type(presets.preset("als").solver)), metric="rmse", trials=9, preset="found")
    trials = [trial(1, 0.95), trial(2, 0.91), trial(3, 0.90, "pruned"), trial(4, None, "failed"),
              trial(5, 0.91), trial(6, 0.93, "out of time"), trial(7, 0.89, "failed")]  # fmt: skip
    assert study.best_of(trials, search).trial == 2
    assert [t.trial for t in study.best_first(trials, search)] == [2, 5, 6, 1, 3, 4, 7]
    assert study.best_of(trials[2:4], search) is None
    assert "Trial 2 is the best: rmse 0.9100" in study.outcome(trials, search, "als")
    assert "None is better than the preset als itself" in study.outcome(trials[:1], search, "als")


def test_the_time_it_stood_still_is_not_spent(home: Path):
    config, search = planning.plan("als", {}, budget="20m")
    run = planning.begin(config, search)
    own = create(config, run.part("trial-2").path)
    assert study.spent(run, History(run)) == 0

    def spent() -> float:
        return study.spent(run, told_by(run))

    tell(run, events.Searching(time=1000, spent=0, ends=2200), events.Trial(**vars_of(trial(1, 0.9)) | {"time": 1100}))
    assert spent() == 100
    tell(own, events.Progress(time=1160, doing="reading ratings"))  # what the open trial was at when it was cut off
    assert spent() == 160
    tell(run, events.Searching(time=9000, spent=160, ends=10040), events.Progress(time=9010, doing="trial 2"))
    assert spent() == 170


def test_a_study_that_is_taken_up_again_is_no_longer_stopped(home: Path):
    run = planning.begin(*planning.plan("als", {}, trials=9))
    tell(run, events.Stopped(time=1000, epoch=3))
    history = History(run)
    history.poll()
    assert history.closing is not None
    tell(run, events.Searching(time=2000, spent=9, ends=None))
    history.poll()
    assert history.closing is None


def vars_of(event: events.Event) -> dict:
    return {name: getattr(event, name) for name in event.__struct_fields__}


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("base", "epochs"), [("als", 4), ("best", 4)])
def test_the_preset_it_makes_trains_on_all_rows_as_its_own_does_for_the_best_epochs(base: str, epochs: int):
    config, search = planning.plan(base, {"split": "fold:2", "seed": "9"}, trials=5)
    run = planning.begin(config, search)
    study.keep(trial(3, 0.9, n_factors=24), run, "found")
    found = presets.find("found")
    own = presets.preset(base)
    assert (found.config.held_out, found.config.split, found.config.seed) == (own.held_out, own.split, own.seed)
    assert (found.config.epochs, found.config.values()["n_factors"]) == (epochs, 24)
    assert found.config.data == own.data
    assert (found.origin.run, found.origin.trial, found.origin.figure) == (str(run.path), 3, 0.9)


@pytest.mark.usefixtures("home")
def test_only_a_trial_with_a_figure_can_be_kept_and_only_under_a_free_name():
    run = planning.begin(*planning.plan("als", {}, trials=5))
    tell(run, trial(1, 0.9, n_factors=8), trial(2, None, "failed", n_factors=9))
    history = told_by(run)
    study.keep(study.trial_of(history, 1), run, "mine")
    with pytest.raises(SettingError, match="There is a preset mine already"):
        study.keep(study.trial_of(history, 1), run, "mine")
    with pytest.raises(RunError, match=f"Trial 2 of {run.name} came to no figure"):
        study.keep(study.trial_of(history, 2), run, "other")
    with pytest.raises(RunError, match="has no trial 3 that is over: 1 to 2 are"):
        study.trial_of(history, 3)
    assert own_presets.names() == ["mine"]


@pytest.mark.usefixtures("home")
def test_what_is_given_to_a_study_is_added_to_what_it_did_and_takes_the_place_of_what_ended_it():
    run = planning.begin(*planning.plan("als", {}, trials=2, budget="1h"))
    tell(run, events.Searching(time=1000, spent=0, ends=4600), trial(1, 0.95), trial(2, 0.9))
    tell(run, events.Finished(time=1100, epoch=2, reason="all 2 trials"))
    planning.extend(run, trials=3)
    assert (run.record().search.trials, run.record().search.seconds) == (5, None)
    assert run.record().command.endswith("--metric rmse --trials 5")
    spent = round(study.spent(run, told_by(run)))
    planning.extend(run, budget="10m")
    assert (run.record().search.trials, run.record().search.seconds) == (None, spent + 600)
    planning.extend(run, trials=1, budget="10m")
    assert (run.record().search.trials, run.record().search.seconds) == (3, spent + 600)


@pytest.mark.usefixtures("home")
def test_a_study_is_not_given_what_makes_no_sense():
    run, other = planning.begin(*planning.plan("als", {}, trials=2)), create(presets.preset("als"))
    before = run.record()
    for how, words in (
        ({}, "Nothing ends the search"), ({"trials": 0}, "0 trials more are none"), ({"budget": "soon"}, "no length"),
    ):  # fmt: skip
        with pytest.raises(SettingError, match=words):
            planning.extend(run, **how)
    with pytest.raises(RunError, match="is no study"):
        planning.extend(other, trials=3)
    with hold(run), pytest.raises(RunError, match="is being trained by process"):
        planning.extend(run, trials=3)
    assert run.record() == before


@pytest.mark.usefixtures("home")
def test_a_name_is_made_of_the_preset_and_the_data():
    assert planning.plan("als", {"data": "My Ratings, 2nd.csv"}, trials=2)[1].preset == "als-my-ratings-2nd"
