"""Runs side by side: their figures, the settings in which they differ, and whether the figures may be compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mftui.app import wording
from mftui.app.run_list import RunRow
from mftui.core.runs.config import as_text


@dataclass(frozen=True)
class Line:
    """One thing about several runs."""

    label: str
    values: tuple[str, ...]
    best: frozenset[int] = frozenset()
    """Which of them are the best; none where they can't be compared or are all the same."""


def figures(rows: Sequence[RunRow]) -> list[Line]:
    """What the runs achieved and what that took; figures that none of them has are left out."""
    rated, ranked = _alike(rows, _test_rows), _alike(rows, _ranking)
    lines = [
        _measured("test RMSE", [row.rmse for row in rows], min if rated else None),
        Line("95% interval", tuple(map(_interval, rows))),
        _measured("test MAE", [row.mae for row in rows], min if rated else None),
        _measured("NDCG@10", [row.ndcg for row in rows], max if ranked else None),
    ]
    return [
        *(line for line in lines if any(value != "-" for value in line.values)),
        Line("epochs done", tuple(epochs(row) for row in rows)),
        Line("time", tuple(spent(row.seconds) for row in rows)),
    ]


def differences(rows: Sequence[RunRow]) -> list[Line]:
    """The settings in which the runs differ; a dash where a solver has no such setting."""
    told = [
        {"preset": row.record.config.preset, **row.record.config.values(), "data": row.data} if row.record else {}
        for row in rows
    ]
    keys = list(dict.fromkeys(key for settings in told for key in settings))
    lines = [Line(key, tuple(as_text(s[key]) if key in s else "-" for s in told)) for key in keys]
    return [line for line in lines if len(set(line.values)) > 1]


def caution(rows: Sequence[RunRow]) -> str:
    """Why the figures must not be compared; empty where they may be."""
    if not _alike(rows, _test_rows):
        return "They were tested on different rows: their errors can't be compared."
    if not _alike(rows, _ranking):
        return "Their rankings were judged in different ways: NDCG can't be compared."
    return ""


def hint(rows: Sequence[RunRow]) -> str:
    """What says whether the figures differ by more than chance; empty where nothing can."""
    judged = [row for row in rows if row.evaluation is not None and not row.evaluation.parts]
    if len(judged) < 2 or caution(rows):
        return ""
    return "v tells whether they differ by more than chance."


def epochs(row: RunRow) -> str:
    """`128`, or `12/128` where it has not done all of them; `5 parts`, or `part 2/5`, of a run in parts; `60 runs`."""
    if row.search:
        done = len(row.history.trials)
        return f"{done} run{'s' * (done != 1)}" if done < 1000 else f"{done:,}"
    if row.record and (parts := len(row.record.parts)):
        done = len(row.history.parts)
        return f"{parts} parts" if done == parts else f"part {done}/{parts}"
    most = row.record.config.epochs if row.record else row.epoch
    return str(row.epoch) if row.epoch == most else f"{row.epoch}/{most}"


def spent(seconds: float) -> str:
    """`36 ms`, `0.4 s`, `1:30`; a dash for nothing yet."""
    if not seconds:
        return "-"
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 10 else wording.duration(seconds)


def _interval(row: RunRow) -> str:
    """How far the RMSE may be off, either way: half of its 95% interval over users."""
    interval = row.evaluation and row.evaluation.ratings.rmse_interval
    return f"± {(interval[1] - interval[0]) / 2:.4f}" if interval else "-"


def _measured(label: str, values: Sequence[float | None], choose: Callable[..., float] | None) -> Line:
    shown = tuple(wording.loss(value) for value in values)
    known = [value for value in values if value is not None]
    if choose is None or len(set(shown)) == 1 or len(known) < 2:
        return Line(label, shown)
    best = wording.loss(choose(known))
    return Line(label, shown, frozenset(at for at, value in enumerate(shown) if value == best))


def _alike(rows: Sequence[RunRow], key: Callable[[RunRow], str | None]) -> bool:
    return len({found for row in rows if (found := key(row)) is not None}) <= 1


def _test_rows(row: RunRow) -> str | None:
    """What names the rows that a run was tested on."""
    if row.evaluation is None:
        return None
    protocol = row.evaluation.protocol
    return protocol.test_fingerprint or f"{protocol.fingerprint} {protocol.split}"


def _ranking(row: RunRow) -> str | None:
    """What names how a ranking was judged."""
    if row.evaluation is None or row.ndcg is None:
        return None
    return f"{_test_rows(row)} {row.evaluation.ranking_protocol}"
