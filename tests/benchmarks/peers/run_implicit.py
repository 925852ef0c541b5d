"""implicit's ALS by conjugate gradients: it ranks, from ratings of 4 and more."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from protocol import Contestant, clocked, run
from scipy.sparse import csr_matrix


def matrix(data, part):
    users, items, _ = data.rows(part)
    return csr_matrix((np.ones(len(users), np.float32), (users, items)), shape=(data.n_users, data.n_items))


def fit(data, part, epochs):
    model = AlternatingLeastSquares(factors=64, regularization=20.0, alpha=4.0, iterations=epochs, random_state=0)
    made = matrix(data, part)
    seconds = clocked(lambda: model.fit(made, show_progress=False))
    scores = model.user_factors @ model.item_factors.T
    return seconds, lambda users, items: scores[users, items]


def sweeps(data, k, epochs):
    made = matrix(data, slice(None))
    model = AlternatingLeastSquares(factors=k, iterations=epochs, random_state=0)
    return clocked(lambda: model.fit(made, show_progress=False))


run(Contestant(15, (), fit, sweeps, rates=False, positives_only=True))
