"""Removing a run for good: apart from everything else, since nothing else in mftui destroys what training made."""

import os
import shutil

from mftui.core.errors import RunError
from mftui.core.runs.directory import Run
from mftui.core.runs.lock import holder, take


def remove(run: Run) -> None:
    """Delete the run's directory and everything in it; of a link, only the link.

    `run.json` goes first, so that no list ever shows a run that is half gone.

    Raises:
        RunError: the run is being trained, is none, or its directory can't be removed.
    """
    if not (run.path / "run.json").exists():
        raise RunError(f"There is no run in {run.path}.")
    if who := holder(run):
        raise RunError(f"{run.name} is being trained by {who}.", "Stop it first.")
    try:
        if run.path.is_symlink():
            return run.path.unlink()
        lock = take(run, to_train=False)
        try:
            (run.path / "run.json").unlink()
            shutil.rmtree(run.path)
        finally:
            os.close(lock)
    except OSError as error:
        raise RunError(f"{run.path} can't be removed: {error.strerror}.") from error
    return None


def size_of(run: Run) -> int:
    """How many bytes the run's files take."""
    try:
        return sum(file.lstat().st_size for file in run.path.rglob("*"))
    except OSError:
        return 0
