"""How unevenly counts are spread: quantiles, the Gini coefficient, and what the few at the top have of all."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Spread(Struct, frozen=True):
    """The spread of counts, one for each user or for each item."""

    fewest: int
    quantiles: tuple[float, ...]
    """The counts below which 5, 25, 50, 75 and 95% of them lie (see `QUANTILES`)."""
    most: int
    gini: float
    """0 where all have the same; near 1 where one has everything."""
    top_1: float
    """What the hundredth with the highest counts (at least one) has of all, from 0 to 1."""
    top_10: float
    """What the tenth with the highest counts has of all."""


def spread_of(counts: "NDArray[Any]") -> Spread:
    """The spread of counts, `[n]` whole numbers of which at least one is above 0.

    The Gini coefficient is that of Damgaard and Weiner (2000): 2 Σ i·x_i / (n Σ x_i) - (n + 1) / n, x_i ascending.
    """
    import numpy as np

    ranked = np.sort(counts)
    n, total = len(ranked), int(ranked.sum(dtype=np.int64))
    weighted = float(np.dot(np.arange(1, n + 1, dtype=np.float64), ranked))
    return Spread(
        fewest=int(ranked[0]),
        quantiles=tuple(np.quantile(ranked, QUANTILES).tolist()),
        most=int(ranked[-1]),
        gini=2 * weighted / (n * total) - (n + 1) / n,
        top_1=_share_of_top(ranked, 0.01, total),
        top_10=_share_of_top(ranked, 0.1, total),
    )


def _share_of_top(ranked: "NDArray[Any]", part: float, total: int) -> float:
    n_top = max(1, round(len(ranked) * part))
    return int(ranked[-n_top:].sum()) / total
