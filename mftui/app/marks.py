"""Which runs are marked to be seen beside others, and the letter of every run that is: it gives colour and line."""

from pathlib import Path

LETTERS = "ABCDEF"


class Marks:
    """A run keeps its letter for as long as the app is open, unless so many others want one that it must go."""

    def __init__(self) -> None:
        self._marked: list[Path] = []
        self._letters: dict[Path, str] = {}
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
        given = self._letters.pop(run, None) or self._free()
        self._letters[run] = given
        return given

    def _free(self) -> str:
        for letter in LETTERS:
            if letter not in self._letters.values():
                return letter
        # Not that of a marked run, which is asked for among others at once.
        oldest = next(run for run in self._letters if run not in self._marked)
        return self._letters.pop(oldest)
