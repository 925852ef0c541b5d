"""What a model is made of: its arrays, their shapes, and how much they hold and weigh."""

from math import prod

from mftui.app import wording
from mftui.app.widgets.rows import fit
from mftui.core.runs.events import Started
from mftui.core.text import clean

_BYTES = 4
"""Of a parameter: models are kept in float32."""
_NAME, _SHAPE, _COUNT = 18, 18, 16


def summary(started: Started) -> list[tuple[str, str]]:
    """Lines for a log view, each a text and its kind."""
    if not started.parameters:
        return [("This solver does not tell what its model is made of.", "quiet")]
    lines = [(f"{'array':<{_NAME}}{'shape':>{_SHAPE}}{'parameters':>{_COUNT}}{'memory':>10}", "quiet")]
    total = 0
    for name, shape in started.parameters.items():
        total += (count := prod(shape))
        sizes = " \N{MULTIPLICATION SIGN} ".join(f"{size:,}" for size in shape) or "1"
        lines.append((_line(fit(clean(name), _NAME), sizes, count), "line"))
    lines.append((_line(f"{'in all':<{_NAME}}", "float32", total), "good"))
    rows = started.training_rows
    if rows:
        lines.append((f"{total / rows:.2f} parameters for each of {rows:,} training ratings", "quiet"))
    return lines


def _line(name: str, shape: str, count: int) -> str:
    return f"{name}{shape:>{_SHAPE}}{count:>{_COUNT},}{wording.size(count * _BYTES):>10}"
