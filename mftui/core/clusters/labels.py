"""Names for clusters, by what sets their items apart: few ratings, genres and decades, else their typical titles."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from mftui.core.data.ratings import Ratings
from mftui.core.model.factors import FEW
from mftui.core.text import clean

_ALPHA = 0.05
"""How likely one attribute of chance or more may be, over all values and all clusters of a run."""
_PSEUDO_ITEMS = 5.0
"""Items of the average kind that are added to each cluster, so that small ones don't exaggerate."""
_LEAST_LIFT = 1.2
"""Below this an attribute is sure in a large catalogue, but tells nothing."""
_CLEAR_LIFT = 1.5
"""Below this an attribute is named after what is clearer, and with a title."""
_NAMED = 2
"""Attributes that a label names."""
_KNOWN_BY = 10
"""The most rated items of a cluster, among which its typical ones are looked for."""
_RARE, _MOSTLY = "rarely rated", 2 / 3
"""What a cluster is called of whose items so many have few ratings: it is of what the model could not tell apart."""
_YEAR = re.compile(r" *\(\d{4}\)$")
_ARTICLE = re.compile(r"(.+), (The|An?|L[ae]s?|Il|El|Der|Die|Das)")
"""As MovieLens sorts titles: "Full Monty, The"."""


@dataclass(frozen=True)
class Trait:
    """A value of an attribute that is more frequent in a cluster than elsewhere."""

    value: str
    lift: float
    """Its share of the cluster over its share of all, smoothed."""
    share: float
    """Its share of the cluster, smoothed."""

    @property
    def weight(self) -> float:
        """What it adds to the divergence of the cluster's items from all (Kullback and Leibler 1951).

        Lift alone would call a cluster after what a tenth of its items are, share alone after what all items are.
        """
        return self.share * log(self.lift)

    def __str__(self) -> str:
        return f"{self.value} ×{self.lift:.1f}"  # noqa: RUF001


def label(
    ratings: Ratings,
    counts: NDArray[np.int32],
    groups: Sequence[NDArray[np.intp]],
    distances: Sequence[NDArray[np.floating]],
) -> list[str]:
    """What to call each cluster; no two the same.

    Args:
        ratings: the dataset, for titles and whatever else it tells of its items.
        counts: how often each item was trained on, `[n_items]`.
        groups: the positions of each cluster's items, the most rated first.
        distances: how far each of them lies from the cluster's centre.
    """
    rare = [[_RARE] * found for found in _rarely_rated(counts, groups)]
    named = [found[:_NAMED] for found in traits(ratings, groups)]
    words = [tuple(sorted(trait.value for trait in found)) for found in named]
    labels = []
    for number, (group, away) in enumerate(zip(groups, distances, strict=True)):
        parts = [*rare[number], *map(str, named[number])]
        # Figures alone don't tell two clusters apart to a person.
        if words.count(words[number]) > 1 or not any(trait.lift >= _CLEAR_LIFT for trait in named[number]):
            nearest = _typical(ratings, group, away)
            parts.append(f"like {nearest[0] if words[number] else ' and '.join(nearest)}")
        labels.append(" · ".join(parts))
    while len(set(labels)) < len(labels):
        labels = [f"{text} #{i}" if labels.count(text) > 1 else text for i, text in enumerate(labels)]
    return labels


def _rarely_rated(counts: NDArray[np.int32], groups: Sequence[NDArray[np.intp]]) -> list[bool]:
    """Which clusters are mostly of items with few ratings, by the bound that attributes have."""
    from scipy.stats import hypergeom

    few = np.array([np.count_nonzero(counts[group] < FEW) for group in groups])
    sizes = np.array([len(group) for group in groups])
    chance = hypergeom.sf(few - 1, sizes.sum(), few.sum(), sizes)
    found: list[bool] = ((chance * len(groups) < _ALPHA) & (few >= _MOSTLY * sizes)).tolist()
    return found


def traits(ratings: Ratings, groups: Sequence[NDArray[np.intp]]) -> list[list[Trait]]:
    """The attributes that set each cluster apart from all clustered items, those that do most first.

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
        of_all = (frequency / max(n_known, 1))[:, None]
        share = (table.inside + _PSEUDO_ITEMS * of_all) / (table.known + _PSEUDO_ITEMS)
        lift = share / of_all
        chance = hypergeom.sf(table.inside - 1, n_known, frequency[:, None], table.known)
        for value, group in np.argwhere((chance * n_tests < _ALPHA) & (lift >= _LEAST_LIFT)).tolist():
            found[group].append(Trait(table.values[value], float(lift[value, group]), float(share[value, group])))
    return [sorted(own, key=lambda trait: (trait.lift < _CLEAR_LIFT, -trait.weight)) for own in found]


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
    """The two items nearest to the centre among the ones that people know, as one says their titles."""
    nearest = np.argsort(distances[:_KNOWN_BY], kind="stable")[:2]
    titles = [_YEAR.sub("", clean(str(ratings.titles[item]))) for item in group[nearest].tolist()]
    return [f"{found[2]} {found[1]}" if (found := _ARTICLE.fullmatch(title)) else title for title in titles]
