"""Names for clusters, from what sets their items apart: genres and decades by lift, else their most typical titles."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Ratings
from mftui.core.text import clean

_ALPHA = 0.05
"""How likely one attribute of chance or more may be, over all values and all clusters of a run."""
_PSEUDO_ITEMS = 5.0
"""Items of the average kind that are added to each cluster, so that small ones don't exaggerate."""
_LEAST_LIFT = 1.2
"""Below this an attribute is sure in a large catalogue, but tells nothing."""
_NAMED = 2
"""Attributes that a label names."""
_KNOWN_BY = 10
"""The most rated items of a cluster, among which its typical ones are looked for."""
_YEAR = re.compile(r" *\(\d{4}\)$")


@dataclass(frozen=True)
class Trait:
    """A value of an attribute that is more frequent in a cluster than elsewhere."""

    value: str
    lift: float
    """Its share of the cluster over its share of all, smoothed."""

    def __str__(self) -> str:
        return f"{self.value} ×{self.lift:.1f}"  # noqa: RUF001


def label(ratings: Ratings, groups: Sequence[NDArray[np.intp]], distances: Sequence[NDArray[np.floating]]) -> list[str]:
    """What to call each cluster; no two the same.

    Args:
        ratings: the dataset, for titles, counts and whatever else it tells of its items.
        groups: the positions of each cluster's items, the most rated first.
        distances: how far each of them lies from the cluster's centre.
    """
    named = [found[:_NAMED] for found in traits(ratings, groups)]
    labels = [" · ".join(map(str, found)) for found in named]
    words = [tuple(sorted(trait.value for trait in found)) for found in named]
    for number, (group, away) in enumerate(zip(groups, distances, strict=True)):
        # Figures alone don't tell two clusters apart to a person.
        if words.count(words[number]) > 1 or not words[number]:
            nearest = _typical(ratings, group, away)
            labels[number] = (
                f"{labels[number]} · like {nearest[0]}" if words[number] else f"like {' and '.join(nearest)}"
            )
    while len(set(labels)) < len(labels):
        labels = [f"{text} #{i}" if labels.count(text) > 1 else text for i, text in enumerate(labels)]
    return labels


def traits(ratings: Ratings, groups: Sequence[NDArray[np.intp]]) -> list[list[Trait]]:
    """The attributes that set each cluster apart from all clustered items, those that lift most first.

    A value counts where the hypergeometric chance of so many or more, had the cluster been drawn blindly, is below
    0.05 divided by the number of values and clusters tried (Fisher's exact test, Bonferroni's bound).
    """
    from scipy.stats import hypergeom

    items, numbers = np.concatenate(groups), np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    tables = [_count(column[items], numbers, len(groups)) for column in _attributes(ratings)]
    n_tests = sum(len(table.values) for table in tables) * len(groups)
    found: list[list[Trait]] = [[] for _ in groups]
    for table in tables:
        frequency = table.inside.sum(1)
        n_known = table.known.sum()
        share = (frequency / max(n_known, 1))[:, None]
        lift = (table.inside + _PSEUDO_ITEMS * share) / (table.known + _PSEUDO_ITEMS) / share
        chance = hypergeom.sf(table.inside - 1, n_known, frequency[:, None], table.known)
        for value, group in np.argwhere((chance * n_tests < _ALPHA) & (lift >= _LEAST_LIFT)).tolist():
            found[group].append(Trait(table.values[value], float(lift[value, group])))
    return [sorted(own, key=lambda trait: -trait.lift) for own in found]


@dataclass(frozen=True, eq=False)
class _Table:
    """How often each value of an attribute is in each cluster."""

    values: list[str]
    inside: NDArray[np.int64]
    """Items of the cluster that have the value, `[n_values, n_clusters]`."""
    known: NDArray[np.int64]
    """Items of the cluster that have any value at all, `[n_clusters]`."""


def _attributes(ratings: Ratings) -> list[NDArray[np.str_]]:
    """Every categorical column about items as text, `[n_items]`: values joined by `|`, empty where unknown."""
    columns = []
    for name, column in ratings.item_info.items():
        if name == "year":
            decades = [f"{year // 10 * 10}s" if year > 0 else "" for year in column.tolist()]
            columns.append(np.array(decades, dtype=np.str_))
        elif name != "title" and column.dtype.kind == "U":
            columns.append(column)
    return columns


def _count(column: NDArray[np.str_], numbers: NDArray[np.intp], n_clusters: int) -> _Table:
    """Count the values of a column by cluster; values of one item only set nothing apart and are left out."""
    cells, which = np.unique(column, return_inverse=True)
    parts = [sorted({part.strip() for part in cell.split("|")} - {""}) for cell in cells.tolist()]
    values = sorted({part for cell in parts for part in cell})
    code = {value: at for at, value in enumerate(values)}
    per_cell = np.bincount(which * n_clusters + numbers, minlength=len(cells) * n_clusters).reshape(-1, n_clusters)
    inside = np.zeros((len(values), n_clusters), np.int64)
    for cell, of_cell in enumerate(parts):
        inside[[code[part] for part in of_cell]] += per_cell[cell]
    known = per_cell[[bool(of_cell) for of_cell in parts]].sum(0)
    repeated = inside.sum(1) > 1
    return _Table([v for v, kept in zip(values, repeated, strict=True) if kept], inside[repeated], known)


def _typical(ratings: Ratings, group: NDArray[np.intp], distances: NDArray[np.floating]) -> list[str]:
    """The titles, without years, of the two items nearest to the centre among the ones that people know."""
    nearest = np.argsort(distances[:_KNOWN_BY], kind="stable")[:2]
    return [_YEAR.sub("", clean(str(ratings.titles[item]))) for item in group[nearest].tolist()]
