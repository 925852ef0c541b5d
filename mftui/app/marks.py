"""Which runs are marked to be seen beside others, and the letter of every run that is: it gives colour and line."""

import contextlib
from pathlib import Path

from mftui.core.documents import read_document, write_document
from mftui.core.errors import RunError

LETTERS = "ABCDEF"


class Marks:
    """A run keeps its letter, also when mftui is opened again, unless so many others want one that it must go."""

    def __init__(self, file: Path | None = None) -> None:
        """No run is marked; `file` is where letters are kept, if they are."""
        self._file = file
        self._marked: list[Path] = []
        self._letters = _kept(file)
        """Of runs that were seen beside others, the one that asked last at the end."""

    @property
    def marked(self) -> dict[Path, str]:
        """The marked runs and their letters, by letter."""
        letters = {path: self._letters[path] for path in self._marked}
        return dict(sorted(letters.items(), key=lambda of: of[1]))

    def toggle(self, run: Path) -> bool:
        """Mark a run, or take its mark away; False where all letters are given to marked runs."""
        if run in self._marked:
            self._marked.remove(run)
        elif len(self._marked) == len(LETTERS):
            return False
        else:
            self._marked.append(run)
            self._letter(run)
        return True

    def clear(self) -> None:
        """Take all marks away."""
        self._marked = []

    def keep(self, there: set[Path]) -> None:
        """Forget runs that are gone."""
        self._marked = [run for run in self._marked if run in there]
        self._letters = {run: letter for run, letter in self._letters.items() if run in there}

    def letters(self, runs: list[Path]) -> dict[Path, str]:
        """The letters of runs that are seen beside another while none is marked; at most as many as there are."""
        return {run: self._letter(run) for run in runs[: len(LETTERS)]}

    def _letter(self, run: Path) -> str:
        known = self._letters.pop(run, None)
        self._letters[run] = given = known or self._free()
        if known is None and self._file is not None:
            with contextlib.suppress(OSError):  # colours are not worth a word
                write_document(self._file, {str(path): letter for path, letter in self._letters.items()})
        return given

    def _free(self) -> str:
        for letter in LETTERS:
            if letter not in self._letters.values():
                return letter
        # Not that of a marked run, which is asked for among others at once.
        oldest = next(run for run in self._letters if run not in self._marked)
        return self._letters.pop(oldest)


def _kept(file: Path | None) -> dict[Path, str]:
    """The letters of a file, where it holds what was written there."""
    with contextlib.suppress(RunError):
        letters = (read_document(file, dict[str, str]) if file else None) or {}
        if len(set(letters.values())) == len(letters) and set(letters.values()) <= set(LETTERS):
            return {Path(path): letter for path, letter in letters.items()}
    return {}
