"""The pens of a chart: a colour and a line style each, so that curves differ without colour as well."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pen:
    """How one curve is drawn."""

    style: str
    """The component class of its colour."""
    dash: str = "#"
    """By columns of dots, what is drawn and what is left out."""
    sample: str = ""
    """Two cells of it, for the legend."""
    letters: str = ""
    """The same where there are letters only."""


OWN = (1, 2, 3)
"""The pens of a chart's own curves."""
BESIDE = dict(zip("ABCDEF", range(5, 11), strict=True))
"""The pens of the curves of other runs, by the letters that the runs go by."""
AXIS, TEXT, MARK, CURSOR = 20, 21, 22, 23

PENS = {
    0: Pen("chart--axis"),
    1: Pen("chart--first", "#", "──", "**"),
    2: Pen("chart--second", "####..", "╌╌", "oo"),
    3: Pen("chart--third", "#.", "┈┈", "++"),
    5: Pen("chart--a", "#.", "┈┈", "aa"),
    6: Pen("chart--b", "##....", "╴╴", "bb"),
    7: Pen("chart--c", "######..#..", "╌·", "cc"),
    8: Pen("chart--d", "#...", "··", "dd"),
    9: Pen("chart--e", "##########....", "─╴", "ee"),
    10: Pen("chart--f", "####.#.#.", "╌:", "ff"),
    11: Pen("chart--first-raw"),
    12: Pen("chart--second-raw"),
    13: Pen("chart--third-raw"),
    AXIS: Pen("chart--axis"),
    TEXT: Pen("chart--text"),
    MARK: Pen("chart--mark"),
    CURSOR: Pen("chart--cursor"),
}


def raw(pen: int) -> int:
    """The pen for the dimmed raw values under a smoothed curve of one's own."""
    return pen + 10
