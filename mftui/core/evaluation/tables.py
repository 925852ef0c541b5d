"""An evaluation as tables for a spreadsheet: a CSV file each, all of them in one zip."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from mftui.core.evaluation.report import Evaluation, Interval
from mftui.core.text import cell

Row = Mapping[str, Any]
"""What stands in each column, by its heading."""

_THEN = (1980, 1, 1, 0, 0, 0)
"""Equal reports give equal files."""


def zipped(evaluation: Evaluation, name: str, command: str = "") -> bytes:
    """The tables that have rows, as the bytes of a zip; `name` is what the run is called, `command` repeats it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for title, rows in tables(evaluation, name, command).items():
            if rows:
                archive.writestr(zipfile.ZipInfo(f"{title}.csv", _THEN), _csv(rows), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def tables(evaluation: Evaluation, name: str, command: str = "") -> dict[str, Sequence[Row]]:
    """The rows of each table by its title, in the order of the page."""
    errors = {"all test rows": evaluation.ratings, "known users and movies": evaluation.known}
    errors |= {"known, not clipped": evaluation.raw}
    errors |= {f"baseline {name}": error for name, error in evaluation.baselines.items()}
    uncertainty = evaluation.uncertainty
    return {
        "protocol": _protocol(evaluation, name, command),
        "errors": [{"predictions": who} | _flat(error) for who, error in errors.items() if error.n],
        "differences": [
            {"beside": who} | _flat(difference)
            for who, difference in (*evaluation.beside.items(), *evaluation.ranking_beside.items())
        ],
        "deviations_over_parts": [{"figure": f, "deviation": value} for f, value in evaluation.deviations.items()],
        "by_true_rating": [_flat(row) for row in evaluation.by_rating],
        "segments": [{"by": by} | _flat(row) for by, rows in evaluation.segments.items() for row in rows],
        "error_histogram": [_flat(row) for row in evaluation.errors],
        "interval_coverage": [_flat(row) for row in uncertainty.coverage] if uncertainty else [],
        "by_predicted_deviation": [_flat(row) for row in uncertainty.by_deviation] if uncertainty else [],
        "ranking": [_ranked(evaluation, figure) for figure in evaluation.ranking],
        "worst_predictions": [_flat(row) for row in evaluation.worst],
        "parameters": [
            {
                "name": p.name, "shape": " x ".join(map(str, p.shape)) or "1", "norm": p.norm, "mean": p.mean,
                "deviation": p.deviation, "first": " ".join(map(str, p.first)),
            }
            for p in evaluation.parameters
        ],
        "norms": [{"name": p.name} | _flat(bin) for p in evaluation.parameters for bin in p.norms],
    }  # fmt: skip


def _protocol(evaluation: Evaluation, name: str, command: str) -> list[Row]:
    facts = {"run": name, "command": command} | msgspec.to_builtins(evaluation.protocol)
    facts["scale"] = " ".join(f"{end:g}" for end in evaluation.protocol.scale)
    facts["ranking"] = evaluation.ranking_protocol
    return [{"what": what, "value": value} for what, value in facts.items()]


def _ranked(evaluation: Evaluation, figure: str) -> Row:
    """One figure of the ranking, beside the rankings that it must beat."""
    metric, _, k = figure.partition("@")
    others = {name: ranking.get(figure) for name, ranking in evaluation.ranking_baselines.items()}
    ends = _ends("model", evaluation.ranking_intervals.get(figure))
    return {"metric": metric, "k": int(k), "model": evaluation.ranking[figure]} | ends | others


def _flat(row: msgspec.Struct) -> dict[str, Any]:
    """The fields of a struct, an interval as its two ends."""
    found: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(row).items():
        is_interval = name.endswith("interval")
        found |= _ends(name.removesuffix("interval").strip("_"), value) if is_interval else {name: value}
    return found


def _ends(name: str, interval: Interval | None) -> dict[str, float | None]:
    low, high = interval or (None, None)
    before = f"{name}_" if name else ""
    return {f"{before}low": low, f"{before}high": high}


def _csv(rows: Iterable[Row]) -> str:
    """UTF-8 that spreadsheets know as such, with a heading; what a row lacks is left empty."""
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(heading for row in rows for heading in row)))
    writer.writeheader()
    writer.writerows({key: cell(v) if isinstance(v, str) else v for key, v in row.items()} for row in rows)
    return "\ufeff" + text.getvalue()
