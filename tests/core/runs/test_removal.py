"""Removing a run for good, and refusing to."""

from pathlib import Path

import pytest

from mftui.core.errors import RunError
from mftui.core.runs import events
from mftui.core.runs.directory import Run, all_runs, create
from mftui.core.runs.history import State, told_by
from mftui.core.runs.lock import hold
from mftui.core.runs.presets import preset
from mftui.core.runs.removal import remove, size_of


@pytest.fixture
def run(home: Path) -> Run:
    made = create(preset("notebook"))
    made.model.write_bytes(bytes(1000))
    return made


def test_a_removed_run_is_gone_with_all_its_files(run: Run) -> None:
    other = create(preset("als"))
    remove(run)
    assert not run.path.exists()
    assert all_runs() == [other]


def test_a_run_that_is_going_is_not_removed(run: Run) -> None:
    with hold(run), pytest.raises(RunError, match="is being trained"):
        remove(run)
    assert run.model.exists()


def test_what_is_no_run_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(RunError, match="There is no run"):
        remove(Run(tmp_path))
    assert (tmp_path / "thesis.txt").exists()


def test_of_a_link_only_the_link_goes(run: Run, tmp_path: Path) -> None:
    link = Run(run.path.with_name("link"))
    link.path.symlink_to(run.path)
    remove(link)
    assert run.model.exists()
    assert not link.path.exists()


@pytest.mark.parametrize("what", ["shutil.rmtree", "pathlib.Path.unlink"])
def test_a_run_that_cannot_be_removed_is_said_and_as_finished_as_before(
    run: Run, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def refuse(path: object) -> None:
        raise OSError(13, "Permission denied")

    run.events.write_bytes(events.encode(events.Finished(time=1.0, epoch=1, reason="")))
    monkeypatch.setattr(what, refuse)
    with pytest.raises(RunError, match=r"can't be removed: Permission denied\."):
        remove(run)
    assert told_by(run).state() is State.FINISHED


def test_its_size_counts_every_file(run: Run) -> None:
    assert size_of(run) > 1000
