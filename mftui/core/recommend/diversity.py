"""Lists that are not all of a kind: maximal marginal relevance (Carbonell and Goldstein 1998)."""

import numpy as np

from mftui.core.model.factors import FloatArray, IntArray


def varied(candidates: IntArray, scores: FloatArray, item_factors: FloatArray, n: int, diversity: float) -> IntArray:
    """n of the candidates, each next one the best for what the chosen ones are not like yet.

    It is the one of the greatest `(1 - d) relevance - d max_j cosine(i, j)` over the items j chosen so far; relevance
    is the score, stretched to lie between 0 and 1 over the candidates. With d = 0 it is their order by score.

    Args:
        candidates: positions, best first, `[m]`.
        scores: what they are ranked by, `[m]`.
        item_factors: of all items, `[n_items, k]`.
        n: how many to choose.
        diversity: d, from 0 to 1.
    """
    if not diversity or len(candidates) <= 1:
        return candidates[:n]
    span = float(scores.max() - scores.min()) or 1.0
    relevance = (scores - scores.min()) / span
    norms = np.linalg.norm(item_factors[candidates], axis=1, keepdims=True)
    directions = item_factors[candidates] / np.where(norms > 0, norms, 1)
    nearest = np.full(len(candidates), -1.0, np.float32)
    left = np.ones(len(candidates), bool)
    chosen: list[int] = []
    for _ in range(min(n, len(candidates))):
        redundancy = nearest if chosen else np.zeros_like(nearest)
        worth = np.where(left, (1 - diversity) * relevance - diversity * redundancy, -np.inf)
        best = int(np.argmax(worth))
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, directions @ directions[best])
    return candidates[chosen]
