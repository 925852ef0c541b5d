"""What the Recommend screen lets a child process do: write what every user of the data would be shown."""

from pathlib import Path
from typing import Any

from mftui.app.screens.dialogs import Question
from mftui.app.screens.job_screen import JobScreen
from mftui.app.wording import where_written
from mftui.core.recommend.wishes import Wishes
from mftui.core.text import clean

_WRITING = "Writing lists for all users"
_LENGTH = 100
_FORMATS = {"p": "parquet", "c": "csv", "j": "jsonl"}


class ListExport(JobScreen):
    """Asks for a format, starts the job, and says where the file is."""

    FAILURES = {_WRITING: "Not written"}

    def __init__(self) -> None:
        super().__init__()
        self.wishes = Wishes()
        """What may be shown."""

    def action_export(self) -> None:
        """Ask for a format, and write the file where mftui was started."""
        if (run := self.workbench.current_run) is None:
            return
        stem = Path.cwd() / f"{run.full_name}-lists"
        answers = {"p": "a table in Parquet", "c": "the same as CSV", "j": "JSON lines", "esc": "nothing"}
        words = (
            f"The {_LENGTH} movies that each user of the data would be shown by these filters, in this order. "
            f"Written to {clean(str(stem))}.…"
        )

        def answered(answer: str | None) -> None:
            if answer in _FORMATS:
                arguments = ["recommend", str(run.path), "--all-users", "-k", str(_LENGTH), *_flags(self.wishes)]
                file = f"{stem}.{_FORMATS[answer]}"
                self.workbench.start_job(_WRITING, [*arguments, "-o", file], self._say_where)

        self.app.push_screen(Question("Export", words, answers), answered)

    def _say_where(self, result: dict[str, Any]) -> None:
        words = f"{result['users']:,} users in {where_written(Path(result['file']))}"
        self.notify(words, title="Written", timeout=15, markup=False)


def _flags(wishes: Wishes) -> list[str]:
    """The filters as the command line has them."""
    flags = [
        "--min-ratings", str(wishes.min_ratings),
        "--hide-popular", f"{wishes.hide_popular:g}",
        "--diversity", f"{wishes.diversity:g}",
        "--order", wishes.order,
    ]  # fmt: skip
    if wishes.genre:
        flags += ["--genre", wishes.genre]
    return flags if wishes.decade is None else [*flags, "--decade", str(wishes.decade)]
