"""The legend of a chart: what each curve is and what it reads, in as few rows as hold it."""

import math

from rich.cells import cell_len

from mftui.app.widgets.braille import ASCII, Dots
from mftui.app.widgets.pens import CURSOR, PENS, TEXT
from mftui.app.widgets.plot import Curve, Runs
from mftui.app.widgets.rows import fit

_MOST_ROWS = 2
"""For the curves of other runs."""
_AROUND = 13
"""Cells of an entry beside its name: the letter, the sample, the value."""


def own(curves: list[Curve], x_name: str, cursor: int | None, width: int, dots: Dots) -> Runs:
    """The newest values, or those under the cursor; explanations in brackets go first where it gets narrow."""
    whole = _own(curves, [curve.trace.name for curve in curves], x_name, cursor, dots)
    if sum(cell_len(text) for text, _ in whole) <= width:
        return whole
    return _own(curves, [curve.trace.name.partition(" (")[0] for curve in curves], x_name, cursor, dots)


def beside(curves: list[Curve], cursor: int | None, width: int, dots: Dots) -> list[Runs]:
    """The curves of other runs by letter, name and value, on two rows at most, for which names lose their middle."""
    rows: list[Runs] = []
    longest = max(width // max(math.ceil(len(curves) / _MOST_ROWS), 1) - _AROUND, 4)
    room = 0
    for curve in curves:
        name = _cut(curve.trace.name, longest)
        entry = [
            (f" {curve.letter}", curve.pen), (_sample(curve, dots), curve.pen),
            (f" {name} ", TEXT), (_value(curve, cursor), CURSOR), (" ", TEXT),
        ]  # fmt: skip
        length = sum(cell_len(text) for text, _ in entry)
        if length > room:
            if len(rows) == _MOST_ROWS:
                break
            rows.append([])
            room = width
        rows[-1] += entry
        room -= length
    return rows


def _own(curves: list[Curve], names: list[str], x_name: str, cursor: int | None, dots: Dots) -> Runs:
    runs = [(f" {x_name} {cursor:,} ", CURSOR)] if cursor is not None else []
    for curve, name in zip(curves, names, strict=True):
        trace = curve.trace
        if trace.has_values:
            space = "  " if runs else " "
            runs += [(space + _sample(curve, dots), curve.pen), (f" {name} ", TEXT), (_value(curve, cursor), CURSOR)]
    return runs


def _cut(name: str, most: int) -> str:
    """The name in so many cells: both ends of it, since what tells runs of one preset apart stands last."""
    if cell_len(name) <= most:
        return name
    end = name[-(most // 2) :]
    while cell_len(end) > most // 2:  # wide characters
        end = end[1:]
    return fit(name, most - cell_len(end)) + end


def _sample(curve: Curve, dots: Dots) -> str:
    pen = PENS[curve.pen]
    return pen.letters if dots is ASCII else pen.sample


def _value(curve: Curve, cursor: int | None) -> str:
    value = curve.trace.last() if cursor is None else curve.trace.at(cursor)
    return "-" if value is None else f"{value:.4f}"
