"""What is known of users or items, as one matrix of numbers: which columns are attributes is seen from their values."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_FEW = 12
"""A column of at most this many different whole numbers is a column of categories."""
_BINS = 12
_SHARED = 3
"""A category that fewer rows have says nothing about others."""
_LARGEST = 200
"""Categories of a column, the most frequent first."""


def attributes(info: Mapping[str, NDArray[Any]], n_rows: int) -> tuple[Matrix, list[str]]:
    """Indicators of categories and of bins of numbers, each centred, so that zero is an unknown or average row.

    Text is a category, or several joined by `|`. Numbers are binned by quantiles. A column that tells rows apart
    rather than what they have in common (an id, a title, a postal code) is left out: a text column where categories
    that rows share cover less than half of them, and whole numbers that hardly repeat.

    Args:
        info: columns by name, each `[n_rows]`.
        n_rows: how many rows there are.

    Returns:
        The matrix `[n_rows, n_features]` and the features' names, `genres=Drama`; no columns where nothing is known.
    """
    columns: dict[str, NDArray[np.bool_]] = {}
    for name, values in info.items():
        numeric = np.issubdtype(values.dtype, np.number) or values.dtype == bool
        columns |= (_numbers if numeric else _categories)(name, values)
    varying = {name: column for name, column in columns.items() if 0 < column.sum() < n_rows}
    if not varying:
        return np.empty((n_rows, 0), np.float32), []
    matrix = np.stack(list(varying.values()), axis=1).astype(np.float32)
    return matrix - matrix.mean(axis=0), list(varying)


def _numbers(name: str, values: NDArray[Any]) -> dict[str, NDArray[np.bool_]]:
    """A feature for each value of a few, else for each of twelve bins that hold about as many rows; NaN has none."""
    values = values.astype(np.float64)
    known = np.isfinite(values)
    distinct = np.unique(values[known])
    whole = bool((distinct == np.floor(distinct)).all())
    if whole and len(distinct) > _FEW and len(distinct) > known.sum() / 2:
        return {}
    if whole and len(distinct) <= _FEW:
        return {f"{name}={value:g}": values == value for value in distinct}
    edges = np.unique(np.quantile(values[known], np.arange(1, _BINS) / _BINS)) if known.any() else np.empty(0)
    bins = np.searchsorted(edges, values, side="right")
    lower = ["-inf", *(f"{edge:g}" for edge in edges)]
    return {f"{name}>={lower[b]}": known & (bins == b) for b in range(len(lower))}


def _categories(name: str, values: NDArray[Any]) -> dict[str, NDArray[np.bool_]]:
    """A feature for each category that at least three rows share, if these describe half of the rows."""
    of_row = [{part.strip() for part in str(value).split("|")} - {""} for value in values]
    counts = Counter(category for categories in of_row for category in categories)
    shared = [category for category, count in counts.most_common(_LARGEST) if count >= _SHARED]
    position = {category: place for place, category in enumerate(shared)}
    matrix = np.zeros((len(of_row), len(shared)), bool)
    for row, categories in enumerate(of_row):
        for category in categories:
            if category in position:
                matrix[row, position[category]] = True
    described = sum(1 for categories in of_row if categories)
    if matrix.any(axis=1).sum() < described / 2:
        return {}
    return {f"{name}={category}": matrix[:, place] for category, place in position.items()}
