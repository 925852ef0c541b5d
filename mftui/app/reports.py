"""The reports of a run, read by the screens again only when their files have changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from mftui.core.errors import MftuiError
from mftui.core.runs.directory import Run

T = TypeVar("T")


class Report(Generic[T]):
    """One report of the current run: its content, or None where there is none, and what is wrong with its file."""

    def __init__(self, file: str, read: Callable[[Path], T | None]) -> None:
        self._file = file
        self._read = read
        self._seen: tuple[Path, int] | None = None
        self.content: T | None = None
        self.error = ""
        self.changed = 0
        """When the file was last replaced, in nanoseconds."""

    def look(self, run: Run | None) -> bool:
        """Read the report of this run if there is another one than at the last look; True where there is."""
        seen = None if run is None else (run.path, _changed(run.path / self._file))
        if seen == self._seen:
            return False
        self._seen, self.content, self.error = seen, None, ""
        self.changed = seen[1] if seen else 0
        if run is not None:
            try:
                self.content = self._read(run.path)
            except MftuiError as error:
                self.error = str(error)
        return True


def _changed(path: Path) -> int:
    """When the file was last replaced, in nanoseconds; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
