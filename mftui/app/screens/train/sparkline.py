"""A little line of what a figure was lately, drawn with the dots of the charts."""

from collections.abc import Sequence

from mftui.app.widgets.braille import ASCII, Canvas, Dots


def sparkline(values: Sequence[float | None], columns: int, dots: Dots, top: float | None = None) -> str:
    """One row of filled columns, the newest at the right end; what is not known stays empty.

    Args:
        values: the newest at the end; more than there is room for are left out at the beginning.
        columns: how many cells.
        dots: what to draw with; where there are letters only, a value is a digit from 0 to 9.
        top: what fills a column; the largest value, if not given.
    """
    shown = list(values)[-columns * dots.across :]
    full = top or max((v for v in shown if v is not None), default=0.0) or 1.0
    shares = [None if v is None else min(max(v / full, 0.0), 1.0) for v in shown]
    if dots is ASCII:
        return "".join(" " if share is None else str(round(share * 9)) for share in shares).rjust(columns)
    canvas = Canvas(columns, 1, dots)
    for x, share in enumerate(shares, canvas.width - len(shares)):
        if share is not None:
            # At least one dot: 0 is a value as well.
            canvas.line((x, canvas.height - 1), (x, canvas.height - max(1, round(share * canvas.height))), 1)
    return "".join(text for text, _ in canvas.row(0))
