"""The arrays of a model as the notebook printed its weights: shape, figures, and the first values of each."""

import math

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from mftui.core.evaluation.report import Parameter
from mftui.core.text import clean


class Arrays(Widget):
    """Two lines for each array."""

    DEFAULT_CSS = "Arrays { height: auto; }"

    arrays: reactive[tuple[Parameter, ...]] = reactive((), layout=True)

    def render(self) -> Content:
        """Aligned figures, and below them the first values."""
        rows = [
            (
                clean(array.name),
                " x ".join(f"{n:,}" for n in array.shape) or "one number",
                f"mean {array.mean:.4f} ± {array.deviation:.4f}",
                f"norm {array.norm:,.2f}",
            )
            for array in self.arrays
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = []
        for array, (name, shape, spread, norm) in zip(self.arrays, rows, strict=True):
            figures = f"  {shape:>{widths[1]}}  {spread:<{widths[2]}}  {norm:>{widths[3]}}"
            first = "  ".join(f"{value:.4f}" for value in array.first)
            lines.append(Content.assemble((f"{name:<{widths[0]}}", "bold"), (figures, "$foreground")))
            more = " …" if math.prod(array.shape) > len(array.first) else ""
            lines.append(Content.styled(f"  {first}{more}" if first else "", "$foreground 60%"))
        return Content("\n").join(lines)
