"""The runs that the current one can be compared with: which there are, and why some of them can't be."""

from collections.abc import Sequence
from dataclasses import dataclass

from mftui.app.run_list import RunRow
from mftui.core.evaluation.report import Evaluation
from mftui.core.runs.directory import Run


@dataclass(frozen=True)
class Opponent:
    """Another run of the same ratings."""

    run: Run
    title: str
    rmse: float | None
    ndcg: float | None
    same_rows: bool
    """Whether it was tested on the same rows."""


def opponents_of(rows: Sequence[RunRow], run: Run, evaluation: Evaluation) -> list[Opponent]:
    """The other runs of the same ratings that have a model of their own and an evaluation, the newest first.

    Args:
        rows: all runs, the newest first.
        run: the current one.
        evaluation: of the current one.
    """
    own = next((row for row in rows if row.run.path == run.path), None)
    return [
        Opponent(row.run, row.long_title, row.rmse, row.ndcg, _same_rows(theirs, evaluation, row, own))
        for row in rows
        if row.run.path != run.path
        and (theirs := row.evaluation) is not None
        and not theirs.parts
        and theirs.protocol.fingerprint == evaluation.protocol.fingerprint
    ]


def refusal(chosen: Sequence[Opponent], evaluation: Evaluation) -> str:
    """Why these runs can't be compared with the current one, in a sentence; empty where they can be."""
    if evaluation.parts:
        return f"This run is in {evaluation.parts} parts, each with a model of its own: open one of them to compare it."
    if not chosen:
        return "There is no other run to compare with: train one on the same ratings and split."
    others = [one.title for one in chosen if not one.same_rows]
    if others:
        were = "was" if len(others) == 1 else "were"
        return f"{', '.join(others)} {were} tested on other rows than this run, so their errors can't be compared."
    return ""


def _same_rows(theirs: Evaluation, ours: Evaluation, row: RunRow, own: RunRow | None) -> bool:
    """Told by the rows of their evaluations, or by their settings, since an evaluation may be made anew on others."""
    if ours.protocol.test_fingerprint and theirs.protocol.test_fingerprint == ours.protocol.test_fingerprint:
        return True
    return own is not None and _tested_on(row) is not None and _tested_on(row) == _tested_on(own)


def _tested_on(row: RunRow) -> tuple[object, ...] | None:
    if row.record is None:
        return None
    config = row.record.config
    return (
        config.data, config.columns, config.sample, config.min_user, config.min_item,
        config.split, config.split_seed, config.test_fraction,
    )  # fmt: skip
