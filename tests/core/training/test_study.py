"""The real process of a study on small planted ratings: what it looks at, how it ends, and how it goes on."""

import dataclasses
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.runs import directory, events, launch, own_presets, planning, presets, study
from mftui.core.runs.directory import Run
from mftui.core.runs.history import History, State, told_by
from mftui.core.runs.lock import holder
from mftui.core.runs.rows import split_of
from mftui.core.training import study as process
from mftui.core.training.parts import train
from mftui.core.training.process import train_run
from mftui.core.training.stopping import StopRequest
from tests.layouts import write_movielens_100k
from tests.waiting import until

QUICK = {"device": "cpu", "threads": "1", "epochs": "6"}
NARROW = ["n_factors=2:6"]
PENALTY, HEAVY = ["regularization=0.02:0.5:log"], {"n_factors": "4", "regularization": "5"}
"""Beginning with a penalty under which nothing is learnt, the search finds better."""


@pytest.fixture
def new(home: Path, ratings_folder: Path) -> Callable[..., Run]:
    """Make a study of the preset als, or of another: `new(trials=5)`."""

    def make(folder: Path = ratings_folder, preset: str = "als", changes: dict[str, str] | None = None, **how) -> Run:
        asked = {"ranges": NARROW, **how}
        config, search = planning.plan(preset, {"data": str(folder), **QUICK, **(changes or {})}, **asked)
        return planning.begin(config, search)

    return make


def tried(run: Run) -> list[tuple[object, ...]]:
    """The trials without their times."""
    return [(t.trial, t.settings, t.ending, t.figure, t.best_epoch, t.epoch) for t in told_by(run).trials]


def best(run: Run) -> events.Trial:
    found = study.best_of(told_by(run).trials, run.record().search)
    assert found is not None
    return found


def test_it_tries_keeps_the_best_as_a_preset_and_says_so(new: Callable[..., Run]):
    run = new(trials=12, name="found", ranges=PENALTY, changes=HEAVY)
    assert train(run) == 0
    history = told_by(run)
    assert history.state() is State.FINISHED
    assert history.closing.reason == "all 12 trials"
    assert [trial.trial for trial in history.trials] == list(range(1, 13))
    assert history.trials[0].settings == {"regularization": 5.0}
    assert sum(history.mattered.importance.values()) == pytest.approx(1)
    winner = best(run)
    assert winner.trial > 1
    assert history.found.trial == winner.trial
    config = presets.preset("found")
    assert winner.settings.items() <= config.values().items()
    assert (config.held_out, config.epochs) == ("none", winner.best_epoch)


@pytest.mark.parametrize("preset", ["als", "best"])
def test_a_trial_is_a_run_whose_figure_is_that_of_its_kept_model_on_validation_rows(
    new: Callable[..., Run], preset: str
):
    run = new(trials=2, preset=preset, ranges=[])
    train(run)
    for trial in told_by(run).trials:
        own = told_by(run.part(trial.name))
        errors = [epoch.held_out_mse for epoch in own.epochs]
        assert {epoch.held_out for epoch in own.epochs} == {"validation"}
        kept = errors.index(min(errors)) if preset == "als" else len(errors) - 1  # best averages, and keeps its last
        assert trial.figure == pytest.approx(errors[kept] ** 0.5)
        assert trial.best_epoch == kept + 1
        assert own.state() is State.FINISHED
        assert own.run.model.exists()
        assert trial.settings.items() <= own.run.record().config.values().items()


@pytest.mark.parametrize("metric", ["rmse", "ndcg@10"])
def test_the_test_rows_are_never_looked_at(
    new: Callable[..., Run], ratings: Ratings, ratings_folder: Path, tmp_path: Path, metric: str
):
    """The same study on ratings whose test rows say the opposite is the same; on other training rows it is not."""
    runs = [new(trials=6, metric=metric)]
    parts = split_of(runs[0].record().config, load(str(ratings_folder)))
    for name, rows in (("test", parts.test), ("train", parts.train)):
        values = ratings.values.copy()
        values[rows] = 6 - values[rows]
        changed = dataclasses.replace(ratings, values=values)
        runs.append(new(write_movielens_100k(changed, tmp_path / name), trials=6, metric=metric))
    for run in runs:
        assert train(run) == 0
        assert not list(run.path.rglob("evaluation.json"))
    same, other_test, other_train = (tried(run) for run in runs)
    assert other_test == same
    assert best(runs[1]) is not None
    assert best(runs[1]).settings == best(runs[0]).settings
    assert other_train != same


def test_the_same_seed_makes_the_same_study_and_another_another(new: Callable[..., Run]):
    runs = [new(trials=4), new(trials=4), new(trials=4, changes={"seed": "8"})]
    for run in runs:
        train(run)
    assert tried(runs[0]) == tried(runs[1])
    assert tried(runs[0])[1][1] != tried(runs[2])[1][1]


def test_stopped_within_a_trial_it_goes_on_as_if_it_had_not_been(new: Callable[..., Run], monkeypatch):
    straight, stopped = new(trials=7), new(trials=7)
    train(straight)
    fifth = stopped.part("trial-5")
    with monkeypatch.context() as patch:
        patch.setattr(StopRequest, "is_asked", lambda self: len(told_by(fifth).epochs) == 3)
        assert train(stopped) == 0
    history = told_by(stopped)
    assert (history.state(), len(history.trials)) == (State.STOPPED, 4)
    assert told_by(fifth).state() is State.STOPPED
    earlier = stopped.part("trial-2").events.read_bytes()
    assert train(stopped) == 0
    assert tried(stopped) == tried(straight)
    assert stopped.part("trial-2").events.read_bytes() == earlier
    assert any(isinstance(event, events.Resumed) for event in History(fifth).read())


def test_a_trial_is_stopped_and_resumed_like_any_run_and_the_study_takes_it_as_it_is(
    new: Callable[..., Run], monkeypatch
):
    straight, run = new(trials=4), new(trials=4)
    train(straight)
    second = run.part("trial-2")
    with monkeypatch.context() as patch:
        patch.setattr(StopRequest, "is_asked", lambda self: self._run == second and len(told_by(second).epochs) == 2)
        train(run)
    assert (told_by(run).state(), told_by(second).state()) == (State.STOPPED, State.STOPPED)
    assert train_run(second) == 0
    assert told_by(second).state() is State.FINISHED
    assert not (second.path / "evaluation.json").exists()
    assert train(run) == 0
    assert tried(run) == tried(straight)


def test_finished_and_given_more_trials_it_is_as_if_it_had_had_them_all_along(new: Callable[..., Run]):
    straight, short = new(trials=9), new(trials=5)
    train(straight)
    train(short)
    planning.extend(short, trials=4)
    assert train(short) == 0
    assert told_by(short).closing.reason == "all 9 trials"
    assert tried(short) == tried(straight)
    assert short.record().command == straight.record().command


def test_given_more_trials_it_makes_another_preset_only_of_a_better_one(new: Callable[..., Run]):
    run = new(trials=3, name="found", ranges=PENALTY, changes={**HEAVY, "seed": "2"})
    made: dict[int, str] = {}
    for _ in range(4):
        train(run)
        found = told_by(run).found
        assert found.trial == best(run).trial
        assert made.setdefault(found.trial, found.preset) == found.preset
        assert own_presets.names() == list(made.values())
        planning.extend(run, trials=1)
    assert list(made.values()) == ["found", "found-2"]


def test_killed_it_goes_on_with_the_trial_that_was_cut_off(new: Callable[..., Run]):
    run = new(trials=3)
    config = run.record().config
    long = directory.create(
        config.with_changes({"n_factors": 3, "epochs": 1_000_000}), run.part("trial-2").path, tested=False
    )
    launch.start(run)
    until(lambda: len(told_by(long).epochs) > 2, "no epoch of the second trial")
    os.kill(holder(run).pid, signal.SIGKILL)
    until(lambda: told_by(run).state() is State.INTERRUPTED, "it was not seen to be gone")
    assert [trial.trial for trial in told_by(run).trials] == [1]

    long.write_record(replace(long.record(), config=config.with_changes({"n_factors": 3})))
    assert train(run) == 0
    history = told_by(run)
    assert history.state() is State.FINISHED
    assert [trial.trial for trial in history.trials] == [1, 2, 3]
    assert history.trials[1].settings["n_factors"] == 3
    assert told_by(long).state() is State.FINISHED


def test_a_hopeless_trial_is_given_up_and_can_be_resumed_by_itself(new: Callable[..., Run]):
    run = new(
        preset="notebook", trials=14, ranges=["learning_rate=0.00001:0.05:log"],
        changes={"epochs": "9", "learning_rate": "0.03", "batch_size": "64", "weight_decay": "0", "biases": "yes",
                 "n_factors": "4"},
    )  # fmt: skip
    train(run)
    pruned = [trial for trial in told_by(run).trials if trial.ending == "pruned"]
    assert pruned
    assert all(3 <= trial.epoch < 9 for trial in pruned)
    assert best(run).ending == "done"
    own = run.part(pruned[0].name)
    assert told_by(own).state() is State.STOPPED
    assert train_run(own) == 0
    assert told_by(own).state() is State.FINISHED
    assert len(told_by(own).epochs) == 9
    assert not (own.path / "evaluation.json").exists()


def test_only_the_best_trials_keep_a_model_and_only_what_is_not_done_a_state(
    new: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(process, "_KEPT", 3)
    run = new(trials=8)
    train(run)
    order = [trial.trial for trial in study.best_first(told_by(run).trials, run.record().search)]
    assert {n for n in order if run.part(f"trial-{n}").model.exists()} == set(order[:3])
    assert not list(run.path.rglob("checkpoint.safetensors"))
    assert all(told_by(run.part(f"trial-{n}")).epochs for n in order)


def test_settings_that_make_no_number_are_a_failed_trial_and_the_search_goes_on(new: Callable[..., Run]):
    run = new(
        preset="fast", trials=6, ranges=["learning_rate=0.9:1.0"],
        changes={"n_factors": "8", "decay": "1", "regularization": "0", "bias_regularization": "0",
                 "initial_scale": "10", "epochs": "9"},
    )  # fmt: skip
    assert train(run) == 0
    assert told_by(run).state() is State.FINISHED
    failed = [trial for trial in told_by(run).trials if trial.ending == "failed"]
    assert failed
    assert not [trial for trial in failed if trial.figure is not None and trial == best(run)]


def _exhaust(monkeypatch: pytest.MonkeyPatch, trial: str) -> None:
    """Let memory not suffice for one trial."""
    tell = process.Process._tell

    def exhausted(self: process.Process, doing: str, fraction: float | None = None) -> None:
        tell(self, doing, fraction)
        if self.run.name == trial and doing == "preparing the solver":
            raise MemoryError

    monkeypatch.setattr(process.Process, "_tell", exhausted)


def test_settings_that_take_too_much_memory_are_a_failed_trial_and_the_search_goes_on(
    new: Callable[..., Run], monkeypatch
):
    run = new(trials=4)
    _exhaust(monkeypatch, "trial-2")
    assert train(run) == 0
    assert [trial.ending for trial in told_by(run).trials] == ["done", "failed", "done", "done"]
    assert "trial-2: There is not enough memory for this model while preparing the solver." in [
        w.message for w in told_by(run).warnings
    ]


def _killed_in(trial: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process end without a word whenever it prepares one trial."""
    tell = process.Process._tell

    def killed(self: process.Process, doing: str, fraction: float | None = None) -> None:
        if self.run.name == trial and doing == "preparing the solver":
            raise SystemExit
        tell(self, doing, fraction)

    monkeypatch.setattr(process.Process, "_tell", killed)


def test_a_trial_in_which_the_process_is_killed_is_tried_again_and_then_given_up(new: Callable[..., Run], monkeypatch):
    run = new(trials=4)
    _killed_in("trial-2", monkeypatch)
    for _ in range(2):
        with pytest.raises(SystemExit):
            train(run)
        assert told_by(run).state() is State.INTERRUPTED
        assert len(told_by(run).trials) == 1
    assert train(run) == 0
    assert [trial.ending for trial in told_by(run).trials] == ["done", "failed", "done", "done"]
    (words,) = [warning.message for warning in told_by(run).warnings if "trial-2" in warning.message]
    assert "ended twice without a word" in words


def test_a_trial_that_was_killed_and_comes_further_is_not_given_up(new: Callable[..., Run], monkeypatch):
    straight, run = new(trials=3), new(trials=3)
    train(straight)
    second = run.part("trial-2")

    def dies(self: StopRequest) -> bool:
        if len(told_by(second).epochs) == at:
            raise SystemExit
        return False

    monkeypatch.setattr(StopRequest, "is_asked", dies)
    for at in (2, 4):  # noqa: B007  `dies` looks at it
        with pytest.raises(SystemExit):
            train(run)
    at = 0
    assert train(run) == 0
    assert tried(run) == tried(straight)


def test_a_preset_in_which_the_process_is_killed_ends_the_search(new: Callable[..., Run], monkeypatch):
    run = new(trials=4)
    _killed_in("trial-1", monkeypatch)
    for _ in range(2):
        with pytest.raises(SystemExit):
            train(run)
    assert train(run) == 1
    assert "trial-1 ended twice without a word" in told_by(run).closing.message


def test_a_preset_that_takes_too_much_memory_itself_ends_the_search(new: Callable[..., Run], monkeypatch):
    run = new(trials=4)
    _exhaust(monkeypatch, "trial-1")
    assert train(run) == 1
    assert (
        told_by(run).closing.message == "trial-1: There is not enough memory for this model while preparing the solver."
    )
    assert not told_by(run).trials


def test_it_ends_when_its_time_is_up_and_marks_the_trial_that_was_cut_off(new: Callable[..., Run], monkeypatch):
    run = new(budget="1h")
    fourth = run.part("trial-4")
    monkeypatch.setattr(process.Study, "_is_late", lambda self: len(told_by(fourth).epochs) >= 3)
    assert train(run) == 0
    history = told_by(run)
    assert history.closing.reason == "the time is up after 4 trials"
    assert history.searching.ends - history.searching.time == pytest.approx(3600, abs=5)
    assert [trial.ending for trial in history.trials] == ["done", "done", "done", "out of time"]
    assert history.trials[-1].epoch == 3
    assert told_by(fourth).state() is State.STOPPED


def test_a_budget_that_is_used_up_at_once_makes_no_trial_and_says_so(new: Callable[..., Run], monkeypatch):
    run = new(budget="1s")
    monkeypatch.setattr(process.Study, "_is_late", lambda self: True)
    assert train(run) == 0
    assert told_by(run).closing.reason == "the time is up after 0 trials"
    assert "No trial came to a figure: the search needs more time." in [w.message for w in told_by(run).warnings]


def test_what_a_killed_trial_told_beyond_its_saved_state_is_no_figure_of_it_once_the_time_is_up(
    new: Callable[..., Run], monkeypatch
):
    run = new(budget="1h")
    first = directory.create(run.record().config, run.part("trial-1").path, tested=False)
    sound = events.Epoch(
        time=1.0, epoch=1, epochs=6, train_mse=0.1, held_out_mse=0.1, held_out="validation", seconds=1.0,
        ratings_per_second=1.0, best=True,
    )  # fmt: skip
    first.events.write_bytes(events.encode(sound))
    monkeypatch.setattr(process.Study, "_is_late", lambda self: True)
    assert train(run) == 0
    (trial,) = told_by(run).trials
    assert (trial.ending, trial.figure, trial.best_epoch, trial.epoch) == ("out of time", None, 0, 0)
    assert not first.model.exists()
    assert study.best_of([trial], run.record().search) is None


def test_where_nothing_is_better_than_the_preset_no_preset_is_made(new: Callable[..., Run]):
    run = new(trials=2, ranges=["regularization=9:10"], changes={"n_factors": "4"}, name="found")
    assert train(run) == 0
    assert best(run).trial == 1
    assert told_by(run).found is None
    assert "No trial was better than the preset als itself." in [w.message for w in told_by(run).warnings]
    assert "found" not in presets.names()


def test_ratings_that_changed_meanwhile_are_not_compared_with_those_before(
    new: Callable[..., Run], ratings: Ratings, ratings_folder: Path, monkeypatch
):
    run = new(trials=4)
    third = run.part("trial-3")
    with monkeypatch.context() as patch:
        patch.setattr(StopRequest, "is_asked", lambda self: third.path.exists())
        train(run)
    assert run.record().dataset.fingerprint
    shutil.rmtree(ratings_folder)
    shutil.rmtree(third.path)
    write_movielens_100k(dataclasses.replace(ratings, values=6 - ratings.values), ratings_folder)
    assert train(run) == 1
    assert "planted has changed since" in told_by(run).closing.message
    assert len(told_by(run).trials) == 2


def test_what_no_setting_can_mend_ends_it_in_a_sentence(new: Callable[..., Run], ratings_folder: Path):
    run = new(trials=3)
    (ratings_folder / "u.data").unlink()
    assert train(run) == 1
    closing = told_by(run).closing
    assert isinstance(closing, events.Failed)
    assert closing.message.startswith("trial-1: ")
    assert not told_by(run).trials
