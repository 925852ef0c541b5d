"""A row of figures: small headings above, values below, as many as fit."""

from dataclasses import dataclass

from textual.content import Content
from textual.widgets import Static


@dataclass(frozen=True)
class Figure:
    """A value with its heading."""

    heading: str
    value: str
    style: str = ""


class Figures(Static):
    """The figures from left to right; what doesn't fit is left out at the end, so the important ones come first."""

    DEFAULT_CSS = """
    Figures { height: 2; }
    """

    def __init__(self, id: str | None = None) -> None:
        """Start empty."""
        super().__init__(id=id)
        self._figures: list[Figure] = []
        self._widths: dict[str, int] = {}

    def on_resize(self) -> None:
        """Fit the figures to the new width."""
        self._draw()

    def show(self, figures: list[Figure]) -> None:
        """Show other figures; a column never gets narrower, so that nothing jitters."""
        if figures != self._figures:
            self._figures = figures
            self._draw()

    def _draw(self) -> None:
        above, below, used = [], [], 0
        for figure in self._figures:
            width = max(len(figure.heading), len(figure.value), self._widths.get(figure.heading, 0))
            self._widths[figure.heading] = width
            if used + width > self.size.width:
                break
            used += width + 2
            above.append(Content.styled(f"{figure.heading:>{width}}", "$foreground 60%"))
            below.append(Content.styled(f"{figure.value:>{width}}", figure.style))
        gap = Content("  ")
        self.update(Content("\n").join([gap.join(above), gap.join(below)]), layout=False)
