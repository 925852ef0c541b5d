"""Which clusters go on when the same movies are clustered anew: what keeps their colours where they were."""

from collections import Counter

from mftui.core.clusters.report import Clusters


def matched(old: Clusters, new: Clusters) -> dict[int, int]:
    """The number of the old cluster that each new one continues; a new one that continues none is left out.

    Of all ways to pair them it is the one that shares most movies (Kuhn 1955, the assignment problem).
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    was = {movie.item_id: row for row, group in enumerate(old.clusters) for movie in group.movies}
    shared = np.zeros((len(old.clusters), len(new.clusters)), np.int64)
    for column, group in enumerate(new.clusters):
        for row, movies in Counter(was[m.item_id] for m in group.movies if m.item_id in was).items():
            shared[row, column] = movies
    rows, columns = linear_sum_assignment(shared, maximize=True)
    return {
        new.clusters[column].cluster: old.clusters[row].cluster
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if shared[row, column]
    }
