"""The clusters' numbers on the map, which tell apart what has one tint: each in the middle of its dots, if it fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NEARBY = ((0, 0), (0, -1), (0, 1), (-3, 0), (3, 0))
"""Cells to the right and below where a number is tried, one after the other."""


@dataclass(frozen=True)
class Number:
    """A number on the map."""

    group: int
    text: str
    column: int
    """Of its first digit."""


def middles(points: "NDArray[np.float32]", groups: "NDArray[np.intp]") -> dict[int, int]:
    """The dot of each group that is nearest to the median of its dots.

    Args:
        points: where each dot lies, `[n, 2]`.
        groups: which group each belongs to, `[n]`.
    """
    import numpy as np

    order = np.argsort(groups, kind="stable")
    numbers, starts = np.unique(groups[order], return_index=True)
    found = {}
    for group, dots in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True):
        away = points[dots] - np.median(points[dots], axis=0)
        found[group] = int(dots[(away * away).sum(1).argmin()])
    return found


def placed(
    cells: Mapping[int, tuple[float, float]], texts: Sequence[str], first: int, columns: int
) -> dict[int, list[Number]]:
    """The numbers that fit beside one another, by row; that of the first group goes before the others'.

    Args:
        cells: where the middle of each group is, in cells across and down.
        texts: the number of each group.
        first: a group.
        columns: how wide the map is.
    """
    rows: dict[int, list[Number]] = {}
    for group in sorted(cells, key=lambda group: group != first):
        (x, y), text = cells[group], texts[group]
        for right, below in _NEARBY:
            number = Number(group, text, int(x // 1) - (len(text) - 1) // 2 + right)
            others = rows.setdefault(int(y // 1) + below, [])
            if 0 <= number.column <= columns - len(text) and not any(_touch(number, other) for other in others):
                others.append(number)
                break
    return rows


def _touch(one: Number, other: Number) -> bool:
    return one.column <= other.column + len(other.text) and other.column <= one.column + len(one.text)
