"""Letters of runs that are seen beside others: kept, given anew only where there is no other way."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mftui.app.marks import LETTERS, Marks

RUNS = [Path(f"run{number}") for number in range(12)]


def test_a_run_keeps_its_letter_when_it_is_marked_again() -> None:
    marks = Marks()
    marks.toggle(RUNS[0])
    marks.toggle(RUNS[1])
    marks.toggle(RUNS[0])
    marks.toggle(RUNS[2])
    marks.toggle(RUNS[0])
    assert marks.marked == {RUNS[0]: "A", RUNS[1]: "B", RUNS[2]: "C"}


def test_no_more_runs_are_marked_than_there_are_letters() -> None:
    marks = Marks()
    assert all(marks.toggle(run) for run in RUNS[: len(LETTERS)])
    assert not marks.toggle(RUNS[-1])
    assert RUNS[-1] not in marks.marked


def test_runs_that_are_gone_give_their_letters_back() -> None:
    marks = Marks()
    marks.toggle(RUNS[0])
    marks.keep({RUNS[1]})
    marks.toggle(RUNS[1])
    assert marks.marked == {RUNS[1]: "A"}


def test_runs_keep_their_letters_when_the_app_is_opened_again(tmp_path: Path) -> None:
    file = tmp_path / "letters.json"
    before = Marks(file)
    for run in RUNS[:3]:
        before.toggle(run)
    after = Marks(file)
    assert not after.marked
    assert after.letters([RUNS[2], RUNS[0], RUNS[9]]) == {RUNS[2]: "C", RUNS[0]: "A", RUNS[9]: "D"}


@pytest.mark.parametrize("damaged", ['{"run0": "A", "run1": "A"}', '{"run0": "Z"}', '{"run0"', "[]", "\0"])
def test_damaged_letters_are_given_anew_and_a_place_that_cannot_be_written_is_no_trouble(
    tmp_path: Path, damaged: str
) -> None:
    file = tmp_path / "letters.json"
    file.write_text(damaged)
    assert Marks(file).letters(RUNS[:1]) == {RUNS[0]: "A"}
    assert Marks(tmp_path / "nowhere" / "letters.json").letters(RUNS[:1]) == {RUNS[0]: "A"}


@given(st.lists(st.tuples(st.booleans(), st.integers(0, len(RUNS) - 1))))
def test_no_two_runs_have_the_same_letter(steps: list[tuple[bool, int]]) -> None:
    marks = Marks()
    for is_marked, number in steps:
        if is_marked:
            marks.toggle(RUNS[number])
        elif not marks.marked:
            marks.letters([RUNS[number]])
        assert len(set(marks._letters.values())) == len(marks._letters) <= len(LETTERS)
        assert list(marks.marked.values()) == sorted(set(marks.marked.values()))
