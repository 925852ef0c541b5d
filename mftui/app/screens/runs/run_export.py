"""Runs for other programs and places: the list as CSV or JSON, one run whole as a zip."""

import csv
import io
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from mftui.app.run_list import RunRow
from mftui.core.documents import landing, write_document, write_text
from mftui.core.errors import RunError
from mftui.core.runs.directory import Run
from mftui.core.text import cell

_PASSING = {"lock", "stop"}
"""Files that mean something only where the run is."""


def write_list(rows: Sequence[RunRow], kind: str, folder: Path) -> Path:
    """Write what is known of the runs, settings included, as `csv` or `json`; returns the file.

    Raises:
        RunError: the file can't be written.
    """
    facts = [_facts(row) for row in rows]
    path = _fresh(folder, f"mftui-runs-{time.strftime('%Y%m%d-%H%M')}", kind)
    try:
        if kind == "json":
            write_document(path, facts)
        else:
            text = io.StringIO()
            # A solver's settings are columns that others leave empty.
            writer = csv.DictWriter(text, list(dict.fromkeys(key for row in facts for key in row)))
            writer.writeheader()
            writer.writerows(facts)
            write_text(path, text.getvalue())
    except OSError as error:
        raise RunError(f"{path} can't be written: {error.strerror}.") from error
    return path


def write_zip(run: Run, folder: Path) -> Path:
    """Pack a run's directory, to be unpacked and opened elsewhere; returns the file.

    Raises:
        RunError: the file can't be written, or a file of the run can't be read.
    """
    path = _fresh(folder, run.full_name, "zip")
    files = [file for file in sorted(run.path.rglob("*")) if file.is_file() and file.name not in _PASSING]
    if not files:
        raise RunError(f"There is no run in {run.path}.")
    try:
        # Not compressed: factors hardly get smaller, and it would take its time.
        with landing(path) as partial, zipfile.ZipFile(partial, "w") as archive:
            for file in files:
                archive.write(file, Path(run.full_name) / file.relative_to(run.path))
    except (OSError, ValueError) as error:
        raise RunError(f"{run.full_name} can't be packed into {path}: {error}.") from error
    return path


def _facts(row: RunRow) -> dict[str, object]:
    own = {"run": row.run.full_name, "name": row.note.name, "created": row.created, "path": str(row.run.path)}
    facts = {key: value for key, value in row.facts.items() if key != "name"}
    return {key: _plain(value) for key, value in {**own, **facts}.items()}


def _plain(value: object) -> object:
    """Text that no spreadsheet takes for a formula and no terminal for an order."""
    return cell(value) if isinstance(value, str) else msgspec.to_builtins(value)


def _fresh(folder: Path, stem: str, suffix: str) -> Path:
    """A name that no file has."""
    path, count = folder / f"{stem}.{suffix}", 1
    while path.exists():
        count += 1
        path = folder / f"{stem}-{count}.{suffix}"
    return path
