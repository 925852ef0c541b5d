"""What a model is made of: its arrays, their shapes, and how much they hold and weigh."""

from math import prod

from rich.cells import cell_len

from mftui.app import wording
from mftui.app.widgets.rows import fit
from mftui.core.runs.events import Started
from mftui.core.text import clean

_BYTES = 4
"""Of a parameter: models are kept in float32."""
_LONGEST = 18
"""Cells of an array's name at most."""
_Row = tuple[str, str, str]


def summary(started: Started) -> list[tuple[str, str]]:
    """Lines for a log view, each a text and its kind."""
    if not started.parameters:
        return [("This solver does not tell what its model is made of.", "quiet")]
    counts = {name: prod(shape) for name, shape in started.parameters.items()}
    total = sum(counts.values())
    head: _Row = ("array", "shape", "parameters")
    rows: list[_Row] = [
        (clean(name), " \N{MULTIPLICATION SIGN} ".join(f"{size:,}" for size in shape) or "1", f"{counts[name]:,}")
        for name, shape in started.parameters.items()
    ]
    end: _Row = ("in all", "", f"{total:,}")
    wide = [max(map(cell_len, cells)) for cells in zip(head, *rows, end, strict=True)]
    wide[0] = min(wide[0], _LONGEST)
    lines = [(_line(head, wide), "quiet"), *((_line(row, wide), "line") for row in rows), (_line(end, wide), "good")]
    lines.append((f"{wording.size(total * _BYTES)} in float32", "quiet"))
    if started.training_rows:
        share = f"{total / started.training_rows:.2f} parameters for each of {started.training_rows:,} training ratings"
        lines.append((share, "quiet"))
    return lines


def _line(row: _Row, wide: list[int]) -> str:
    name, shape, count = row
    return f"{fit(name, wide[0])}  {shape:>{wide[1]}}  {count:>{wide[2]}}"
