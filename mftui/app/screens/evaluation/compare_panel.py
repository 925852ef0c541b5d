"""The current run beside others that were tested on the same rows: better, worse, or no clear difference."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from mftui.app import wording
from mftui.app.screens.evaluation.opponents import Opponent
from mftui.app.screens.evaluation.told import told
from mftui.app.verdicts import beside_run
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table
from mftui.core.evaluation.report import Compared, Comparison, Difference
from mftui.core.text import clean

_SHORT = {"better": "▲ better", "worse": "▼ worse", "no clear difference": "• not clear"}
_OFFER = (
    "space marks runs, c compares them with this one, or the run under the cursor where none is marked. The same users "
    "are drawn anew for both, 1,000 times: a difference is clear where its 95% interval leaves out 0."
)


_OTHER_ROWS = "other rows"
"""In place of a difference, where there can be none."""


def _verdict(found: Difference | str) -> str:
    return found if isinstance(found, str) else _SHORT[found.verdict]


def _advantage(found: Difference | str) -> float:
    return float("-inf") if isinstance(found, str) else found.by


_COLUMNS = (
    Column("", width=1),
    Column("Run", share=1),
    Column("RMSE", width=7, numeric=True, ascending=True, show=wording.loss, key=lambda v: 9e9 if v is None else v),
    Column("than this", width=11, show=_verdict, key=_advantage),
    Column("NDCG@10", width=9, numeric=True, show=wording.loss, key=lambda v: -1 if v is None else v),
    Column("than this", width=11, show=_verdict, key=_advantage),
)
_RMSE = 2


class ComparePanel(Vertical):
    """A list of the other runs to choose from, and below it what a comparison says of the one under the cursor."""

    DEFAULT_CSS = """
    ComparePanel #found { height: auto; max-height: 6; margin-top: 1; }
    ComparePanel #compared-how { height: auto; max-height: 2; color: $text-muted; }
    """

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._opponents: list[Opponent] = []
        self._found: dict[Path, Compared] = {}
        self._comparison: Comparison | None = None

    def compose(self) -> ComposeResult:
        """The list, the sentences, and how they were made."""
        yield Table(*_COLUMNS, sort=_RMSE, empty="No other run of these ratings is evaluated yet.", id="opponents")
        yield Static(id="found")
        yield Static(id="compared-how", markup=False)

    @property
    def here(self) -> Opponent | None:
        """The run under the cursor."""
        position = self.query_one(Table).position
        return self._opponents[position] if position is not None and position < len(self._opponents) else None

    def show(self, opponents: Sequence[Opponent], marked: Mapping[Path, str]) -> None:
        """List these runs, each with the letter that it is marked with; what was found of them stays."""
        here = self.here
        self._opponents = list(opponents)
        keep = next((at for at, one in enumerate(opponents) if here and one.run == here.run), None)
        self.query_one(Table).load(
            [
                [marked.get(one.run.path, "") for one in opponents],
                [clean(one.title) for one in opponents],
                [one.rmse for one in opponents],
                [self._difference(one, "rmse") for one in opponents],
                [one.ndcg for one in opponents],
                [self._difference(one, "ndcg@10") for one in opponents],
            ],
            keep=keep,
        )
        self.show_found()

    def take(self, comparison: Comparison | None, paths: Sequence[Path]) -> None:
        """What a comparison found, of the runs of these paths, the current one first; None forgets it."""
        self._comparison = comparison
        self._found = dict(zip(paths, comparison.models, strict=True)) if comparison else {}

    def show_found(self) -> None:
        """Say what is known of the run under the cursor."""
        here, comparison = self.here, self._comparison
        compared = self._found.get(here.run.path) if here else None
        how = self.query_one("#compared-how", Static)
        how.display = compared is not None
        if comparison is None or compared is None:
            self.query_one("#found", Static).update(Content.styled(_OFFER, "$text-muted"))
            return
        self.query_one("#found", Static).update(told(beside_run(compared, comparison.models[0].name)))
        how.update(f"{comparison.test_rows:,} test rows, the same for every run · {clean(comparison.intervals)}")

    def _difference(self, opponent: Opponent, metric: str) -> Difference | str:
        """How it does beside the current run, or what stands in its place."""
        compared = self._found.get(opponent.run.path)
        if compared is None:
            return "" if opponent.same_rows else _OTHER_ROWS
        return next((one for one in compared.beside if one.metric == metric), "")
