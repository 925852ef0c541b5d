"""The columns of the list of runs, and what a run shows in them."""

from typing import Any

from mftui.app import comparison, wording
from mftui.app.run_list import RunRow
from mftui.app.widgets.rows import Column
from mftui.core.text import fold

Cell = tuple[Any, str]
"""What to sort by, and what is shown."""


def _key(cell: Cell) -> Any:
    return cell[0]


def _text(cell: Cell) -> str:
    return cell[1]


def _column(title: str, **how: Any) -> Column:
    return Column(title, show=_text, key=_key, **how)


COLUMNS = (
    _column("", width=1),
    # At 80 columns a date, a minute and a count of runs in that minute just fit, beside a scroll bar too.
    _column("Run", share=15),
    _column("State", width=13),
    _column("Data", width=7, muted=True, needs=70),
    _column("Settings", share=10),
    _column("Epochs", width=8, numeric=True),
    _column("RMSE", width=6, numeric=True, ascending=True),
    _column("NDCG", width=6, numeric=True, needs=100),
    _column("Time", width=7, numeric=True, needs=100),
    _column("When", width=11, numeric=True, muted=True, needs=100),
)
WHEN = 9
"""Which column says when runs were made."""


def cells_of(row: RunRow, mark: str, now: float) -> list[Cell]:
    """A run's cells; what is not known is sorted last.

    Args:
        row: the run.
        mark: the letter it was marked with, a sign for the current run, or nothing.
        now: Unix seconds.
    """
    glyph, _ = wording.GLYPHS[row.state]
    preset = row.record.config.preset if row.record else "damaged"
    settings = f"{'tune ' if row.search else ''}{preset} {row.changes}".rstrip()
    return [
        (mark or "~", mark),
        (fold(row.title), row.title),
        (str(row.state), f"{glyph} {row.state}"),
        (row.data, row.data),
        (settings, settings),
        (len(row.history.trials) if row.search else row.epoch, comparison.epochs(row)),
        (float("inf") if row.rmse is None else row.rmse, wording.loss(row.rmse)),
        (-1.0 if row.ndcg is None else row.ndcg, wording.loss(row.ndcg)),
        (row.seconds, comparison.spent(row.seconds)),
        (row.created, wording.ago(now - row.created) if row.created else "-"),
    ]
