"""myFM: Gibbs sampling for factorization machines, with who rated what both ways, and attributes.

`run_myfm.py [probit] TASK DATA [K]`; `probit` takes ratings as ordered classes, its most accurate variant.
"""

import sys

import myfm
import numpy as np
from myfm import RelationBlock
from protocol import Contestant, clocked, run
from scipy import sparse


def normalized(matrix):
    return sparse.diags(np.maximum(np.asarray(matrix.sum(1)).ravel(), 1) ** -0.5) @ matrix


def fit(data, part, epochs):
    users, items, values = data.rows(part)
    rated = sparse.csr_matrix((np.ones(len(part)), (users, items)), shape=(data.n_users, data.n_items))
    of_users = [sparse.eye(data.n_users), normalized(rated), sparse.csr_matrix(data.user_attributes.astype(float))]
    of_items = [sparse.eye(data.n_items), normalized(rated.T), sparse.csr_matrix(data.item_attributes.astype(float))]
    grouping = [group for group, block in enumerate(of_users + of_items) for _ in range(block.shape[1])]
    of_users, of_items = sparse.hstack(of_users, "csr"), sparse.hstack(of_items, "csr")

    def blocks(users, items):
        sides = ((np.unique(users, return_inverse=True), of_users), (np.unique(items, return_inverse=True), of_items))
        return [RelationBlock(inverse, features[distinct].tocsr()) for (distinct, inverse), features in sides]

    model = (myfm.MyFMOrderedProbit if probit else myfm.MyFMRegressor)(rank=10, random_seed=42)
    targets = values.astype(int) - 1 if probit else values.astype(float)
    kept = max(epochs - 10, 1)
    made = blocks(users, items)
    seconds = clocked(
        lambda: model.fit(None, targets, X_rel=made, grouping=grouping, n_iter=epochs, n_kept_samples=kept)
    )

    def predict(users, items):
        asked = blocks(users, items)
        return model.predict_proba(None, asked) @ np.arange(1, 6) if probit else model.predict(None, asked)

    return seconds, predict


def sweeps(data, k, epochs):
    sides = ((data.users, data.n_users), (data.items, data.n_items))
    made = [RelationBlock(position, sparse.eye(n, format="csr")) for position, n in sides]
    grouping = [0] * data.n_users + [1] * data.n_items
    model = myfm.MyFMRegressor(rank=k, random_seed=1)
    values = data.values.astype(float)
    return clocked(lambda: model.fit(None, values, X_rel=made, grouping=grouping, n_iter=epochs, n_kept_samples=1))


probit = sys.argv[1] == "probit"
if probit:
    del sys.argv[1]
run(Contestant(300, (20, 30, 50, 300), fit) if probit else Contestant(200, (12, 15, 20, 30), fit, sweeps))
