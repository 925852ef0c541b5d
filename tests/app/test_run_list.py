"""The Runs screen's logic without the screen: what is read when, what a filter leaves, and what differs."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from mftui.app import comparison
from mftui.app.run_list import RunList, RunRow
from mftui.app.screens.runs import run_filter
from mftui.core.errors import RunError
from mftui.core.evaluation.report import Evaluation, write
from mftui.core.runs.directory import Note, Run
from mftui.core.runs.events import Failed, Resumed, Stopped
from mftui.core.runs.history import History, State
from tests.app.conftest import NOW, ScriptedRun
from tests.app.reports import evaluation

Scripted = Callable[..., ScriptedRun]
Alive = Callable[[ScriptedRun], None]


def judged(rmse: float, ndcg: float | None = None, test_rows: str = "same") -> Evaluation:
    made = evaluation(rmse)
    protocol = msgspec.structs.replace(made.protocol, test_fingerprint=test_rows)
    ranking = {} if ndcg is None else {"ndcg@10": ndcg}
    return msgspec.structs.replace(made, protocol=protocol, ranking=ranking)


@pytest.fixture
def three(scripted: Scripted) -> list[RunRow]:
    """A good run with other settings, a worse one as the preset has it, and one that was stopped."""
    good = scripted("ml-100k-notebook-20261124-0312", seed=3, n_factors=16).begin().epochs(1, 128).finish()
    write(good.run.path, judged(0.87, 0.25))
    good.run.write_note(Note("With more factors", "Amélie's favourite"))
    worse = scripted("ml-100k-notebook-20261124-0313").begin().epochs(1, 128).finish()
    write(worse.run.path, judged(0.95, 0.31))
    scripted("mine", epochs=500, split="fold:1").begin().epochs(1, 40).tell(Stopped(time=NOW, epoch=40))
    rows = {row.run.name: row for row in RunList().look()}
    return [rows[name] for name in (good.run.name, worse.run.name, "mine")]


def left(rows: list[RunRow], text: str) -> list[int]:
    chosen = run_filter.parse(text)
    return [at for at, row in enumerate(rows) if chosen.passes(row)]


def test_a_row_holds_what_its_files_say(three: list[RunRow]) -> None:
    good, worse, stopped = three
    assert (good.title, worse.title, stopped.title) == ("With more factors", "20261124-0313", "mine")
    assert (good.state, stopped.state) == (State.FINISHED, State.STOPPED)
    assert (good.rmse, good.ndcg, stopped.rmse) == (0.87, 0.25, None)
    assert (good.changes, worse.changes, stopped.changes) == ("seed=3 n_factors=16", "", "split=fold:1 epochs=500")
    assert (comparison.epochs(good), comparison.epochs(stopped)) == ("128", "40/500")
    assert good.seconds == pytest.approx(128 * 0.03)
    assert good.plan is not None
    assert good.plan.command == "mftui train ml-100k --preset notebook --set seed=3 --set n_factors=16"


def test_a_look_reads_only_what_has_changed(scripted: Scripted, alive: Alive, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted("done").begin().epochs(1, 128).finish()
    going = scripted("going").begin().epochs(1, 5)
    alive(going)
    opened: list[str] = []
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: opened.append(str(path)) or read_bytes(path))
    runs = RunList()
    first = runs.look()
    assert any("done" in path for path in opened)
    opened.clear()
    assert runs.look() == first
    assert not [path for path in opened if path.endswith(".json")]
    going.epochs(6, 7)
    assert {row.run.name: row.epoch for row in runs.look()} == {"done": 128, "going": 7}
    assert not any("done" in path for path in opened)


def test_a_run_whose_process_dies_without_a_word_is_seen(scripted: Scripted) -> None:
    from mftui.core.runs.lock import hold

    going = scripted().begin().epochs(1, 5)
    runs = RunList()
    with hold(going.run):
        assert [row.state for row in runs.look()] == [State.RUNNING]
    assert [row.state for row in runs.look()] == [State.INTERRUPTED]


def test_a_resumed_run_and_one_that_took_anothers_place_are_read_anew(scripted: Scripted) -> None:
    run = scripted().begin().epochs(1, 20).tell(Stopped(time=NOW, epoch=20))
    runs = RunList()
    assert runs.look()[0].epoch == 20
    run.tell(Resumed(time=NOW, epoch=12)).epochs(13, 14)
    assert runs.look()[0].epoch == 14
    run.run.events.write_bytes(b"")
    assert runs.look()[0].epoch == 0


def test_removed_runs_are_gone_and_no_directory_is_no_runs(scripted: Scripted) -> None:
    runs = RunList()
    assert runs.look() == ()
    run = scripted()
    assert len(runs.look()) == 1
    os.unlink(run.run.path / "run.json")
    assert runs.look() == ()


@pytest.mark.parametrize("file", ["run.json", "note.json", "evaluation.json"])
def test_a_damaged_file_is_said_and_the_run_stays_in_the_list(scripted: Scripted, file: str) -> None:
    run = scripted().begin().epochs(1, 3)
    (run.run.path / file).write_bytes(b"\x00{")
    (row,) = RunList().look()
    assert f"{file} is damaged" in row.trouble
    assert row.epoch == 3
    assert row.title
    assert left([row], "rmse<1 preset:best") == []


def test_a_damaged_note_hides_nothing_else(three: list[RunRow]) -> None:
    (three[0].run.path / "note.json").write_text("[]")
    row = next(row for row in RunList().look() if row.run == three[0].run)
    assert (row.rmse, row.epoch, row.note) == (0.87, 128, Note())
    assert "note.json is damaged" in row.trouble


def test_a_failed_run_says_why(scripted: Scripted) -> None:
    scripted().tell(Failed(time=NOW, message="The loss is not a number.", hint="Lower the learning rate."))
    assert RunList().look()[0].trouble == "The loss is not a number. Lower the learning rate."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [0, 1, 2]),
        ("preset:note", [0, 1, 2]),
        ("preset:best", []),
        ("state:stopped", [2]),
        ("STATE:Stop", [2]),
        ("rmse<0.9", [0]),
        ("rmse>=0.87", [0, 1]),
        ("rmse < 0.9", [0]),
        ("rmse >= 0.87 n_factors =8", [1]),
        ("state!=finished", [2]),
        ("n_factors != 8", [0]),
        ("time>3", [0, 1]),
        ("mae<9 host:nowhere", []),
        ("rmse<0.9 ndcg>0.3", []),
        ("ndcg@10>0.3", [1]),
        ("n_factors>8", [0]),
        ("n_factors=8", [1, 2]),
        ("epochs=500", [2]),
        ("epoch<100", [2]),
        ("split=fold:1", [2]),
        ("split:fold", [2]),
        ("biases=no", [0, 1, 2]),
        ("dataset:ml-100k amelie", [0]),
        ("factors", [0]),
        ("n_factors=16 more", [0]),
        ("fold:1", [2]),
        ("nothing", []),
    ],
)
def test_a_filter_leaves(three: list[RunRow], text: str, found: list[int]) -> None:
    assert left(three, text) == found
    assert not run_filter.parse(text).trouble


@pytest.mark.parametrize("text", ["rmse", "rmse<", "preset:", "split=", "rmse<0."])
def test_a_filter_may_be_half_typed(three: list[RunRow], text: str) -> None:
    assert not run_filter.parse(text).trouble


@pytest.mark.parametrize(
    ("text", "trouble"), [("rsme<0.9", "there is no rsme"), ("rmse<low", "low is no number"), ("x=1", "there is no x")]
)
def test_what_a_filter_does_not_understand_is_said(three: list[RunRow], text: str, trouble: str) -> None:
    assert run_filter.parse(text).trouble == trouble
    assert left(three, text) == [0, 1, 2]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0, "-"), (0.0364, "36 ms"), (0.44, "0.4 s"), (90.0, "1:30"), (7325.0, "2:02:05")]
)
def test_time_is_written_as_precisely_as_it_matters(seconds: float, words: str) -> None:
    assert comparison.spent(seconds) == words


def test_only_settings_that_differ_stand_side_by_side(three: list[RunRow]) -> None:
    shown = {line.label: line.values for line in comparison.differences(three)}
    assert shown == {
        "split": ("random", "random", "fold:1"),
        "seed": ("3", "0", "0"),
        "epochs": ("128", "128", "500"),
        "n_factors": ("16", "8", "8"),
    }
    assert comparison.differences([three[0], three[0]]) == []


def test_another_solvers_settings_are_dashes(three: list[RunRow], scripted: Scripted) -> None:
    scripted("als", solver="als")
    als = next(row for row in RunList().look() if row.run.name == "als")
    shown = {line.label: line.values for line in comparison.differences([three[1], als])}
    assert shown["solver"] == ("gradient", "als")
    assert shown["batch_size"] == ("128", "-")


def test_figures_name_the_best_where_they_can_be_compared(three: list[RunRow]) -> None:
    lines = {line.label: line for line in comparison.figures(three)}
    assert lines["test RMSE"].values == ("0.8700", "0.9500", "-")
    assert lines["test RMSE"].best == {0}
    assert lines["NDCG@10"].best == {1}
    assert comparison.caution(three) == ""
    assert "test RMSE" not in {line.label for line in comparison.figures([three[2]])}


def test_runs_tested_on_other_rows_have_no_best(three: list[RunRow]) -> None:
    other = replace(three[1], evaluation=judged(0.5, test_rows="other"))
    lines = {line.label: line for line in comparison.figures([three[0], other])}
    assert lines["test RMSE"].best == frozenset()
    assert comparison.caution([three[0], other]).startswith("They were tested on different rows")


def test_a_model_that_predicts_no_ratings_has_no_error() -> None:
    made = judged(0.0, 0.4)
    ranker = msgspec.structs.replace(made, ratings=msgspec.structs.replace(made.ratings, n=0))
    row = RunRow(Run(Path("r")), State.FINISHED, History(Run(Path("r"))), evaluation=ranker)
    assert (row.rmse, row.mae, row.ndcg) == (None, None, 0.4)


@pytest.mark.parametrize("place", ["runs/theirs", "runs", "."])
def test_runs_of_another_place_are_listed_as_well(scripted: Scripted, tmp_path: Path, place: str) -> None:
    mine = scripted("mine").begin()
    theirs = ScriptedRun(tmp_path / "elsewhere", "theirs", mine.config).begin().epochs(1, 3)
    listed = RunList()
    assert listed.open(tmp_path / "elsewhere" / place) == [theirs.run]
    listed.open(tmp_path / "elsewhere" / place)
    assert sorted(row.run.name for row in listed.look()) == ["mine", "theirs"]
    theirs.epochs(4, 6)
    assert {row.run.name: row.epoch for row in listed.look()} == {"mine": 0, "theirs": 6}


def test_a_place_without_runs_is_told(home: Path) -> None:
    with pytest.raises(RunError, match="There is no run in"):
        RunList().open(home)
