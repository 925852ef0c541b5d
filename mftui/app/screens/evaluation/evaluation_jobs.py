"""What the Evaluate screen lets a child process do: compare runs, judge a run anew, write the report."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from mftui.app.screens.choices import Choice, Choices
from mftui.app.screens.dialogs import Question
from mftui.app.screens.evaluation.opponents import Opponent, refusal
from mftui.app.screens.job_screen import JobScreen
from mftui.app.wording import where_written
from mftui.core.evaluation.report import Comparison, Evaluation
from mftui.core.runs.directory import Run
from mftui.core.runs.history import State
from mftui.core.text import clean

_FORMATS = {
    "h": ("html", "one page with its charts, to send to somebody"),
    "j": ("json", "everything as JSON, for programs"),
    "c": ("csv.zip", "the tables as CSV files in a zip, for spreadsheets"),
}

_OVER = (State.FINISHED, State.STOPPED, State.FAILED, State.INTERRUPTED)
"""A run in one of these states is judged by nobody else."""


class EvaluationJobs(JobScreen):
    """Starts them; a subclass shows what they found."""

    FAILURES = {
        "Comparing": "Not compared", "Evaluating": "Not evaluated", "Writing the report": "Not written",
    }  # fmt: skip

    def evaluation(self) -> Evaluation | None:
        """The one on the screen."""
        raise NotImplementedError

    def opponents_to_compare(self) -> Sequence[Opponent]:
        """Those that are marked, else the one under the cursor."""
        raise NotImplementedError

    def take_comparison(self, comparison: Comparison, paths: Sequence[Path]) -> None:
        """Show what was found of the runs of these paths, the current one first."""
        raise NotImplementedError

    def can_be_judged(self) -> bool:
        """Whether the run has a model of its own, and is over where it was not judged yet."""
        evaluation, run = self.evaluation(), self.workbench.current_run
        if evaluation is not None:
            return not evaluation.parts
        return run is not None and self.workbench.state in _OVER and run.model.exists()

    def action_compare(self) -> None:
        """Compare the current run with others, unless that would say nothing."""
        evaluation, chosen = self.evaluation(), self.opponents_to_compare()
        if evaluation is None:
            return
        if words := refusal(chosen, evaluation):
            self.notify(clean(words), title="Not compared", severity="error", markup=False)
            return
        self._start("Comparing", ["compare"], self._compared, [one.run for one in chosen])

    def _compared(self, run: Run, others: Sequence[Run], result: Any) -> None:
        self.take_comparison(msgspec.convert(result, Comparison), [run.path, *(other.path for other in others)])

    def action_again(self) -> None:
        """Ask how to judge the run, and judge it anew; in the usual way where it was never judged."""

        def answered(chosen: dict[str, Any] | None) -> None:
            if chosen is not None:
                options = [text for part in chosen.values() for text in part]
                self._start("Evaluating", ["evaluate"], lambda *_: self.show_run(), options=["--again", *options])

        if (evaluation := self.evaluation()) is None:
            answered({})
            return
        words = (
            "What is found takes the place of this run's evaluation; the usual values bring it back. Of other test "
            "rows, only those count that the model never saw."
        )
        self.app.push_screen(Choices("Evaluate again", _ways(evaluation), "enter evaluates", words), answered)

    def action_export(self) -> None:
        """Ask for the format, and write the report where mftui was started."""
        if (run := self.workbench.current_run) is None:
            return

        def answered(key: str | None) -> None:
            if key in _FORMATS:
                path = Path.cwd() / f"{run.full_name}.{_FORMATS[key][0]}"
                self._start("Writing the report", ["report"], self._say_where, options=["-o", str(path)])

        answers = {key: words for key, (_, words) in _FORMATS.items()} | {"esc": "nothing"}
        self.app.push_screen(Question("Export", f"Written to {clean(str(Path.cwd()))}.", answers), answered)

    def _say_where(self, run: Run, others: Sequence[Run], result: dict[str, str]) -> None:
        self.notify(where_written(Path(result["path"])), title="Written", timeout=15, markup=False)

    def _start(
        self,
        title: str,
        command: list[str],
        then: Callable[[Run, Sequence[Run], Any], None],
        others: Sequence[Run] = (),
        options: Sequence[str] = (),
    ) -> None:
        """Run a command on the current run and others; `then` is told what it printed if the run is still current."""
        if (run := self.workbench.current_run) is None:
            return

        def done(result: Any) -> None:
            if (current := self.workbench.current_run) is not None and current.path == run.path:
                then(run, others, result)

        paths = [str(one.path) for one in (run, *others)]
        self.workbench.start_job(title, [*command, *paths, *options], done)


def _ways(evaluation: Evaluation) -> dict[str, Choice]:
    """How an evaluation can be made otherwise, as options of the command line."""
    lowest, highest, step = evaluation.protocol.scale
    usual = lowest + 0.75 * (highest - lowest)
    n_steps = round((highest - lowest) / step) if step > 0 else 0
    bars = [highest - step * n for n in range(min(n_steps, 8))]
    lengths = {"1, 3, 5 and 10": (1, 3, 5, 10), "10, 50, 100 and 200": (10, 50, 100, 200)}
    rows = {
        "temporal": "the newest fifth of all",
        "leave-last-out": "each user's newest",
        "random": "a random fifth of all",
    }
    ways = {
        "k": Choice(
            "lists of",
            [([], "5, 10, 20 and 50")]
            + [([t for k in ks for t in ("-k", str(k))], words) for words, ks in lengths.items()],
        ),
        "liked": Choice(
            "liked from",
            [([], f"{usual:g}, three quarters up the scale")]
            + [(["--liked", f"{bar:g}"], f"{bar:g}") for bar in bars if bar != usual],
        ),
        "split": Choice(
            "test rows",
            [([], "the run's own")] + [(["--split", split], f"of them, {words}") for split, words in rows.items()],
        ),
    }
    if lowest == highest:  # clicks, which are all liked
        ways.pop("liked")
    return ways
