"""LIBMF, built with AVX and OpenMP: SGD without biases, by FPSGD."""

import numpy as np
from libmf import mf
from protocol import Contestant, clocked, run

SETTINGS = {"nr_threads": 2, "nr_bins": 26, "quiet": True, "lambda_p1": 0.0, "lambda_q1": 0.0}


def table(users, items, values):
    return np.ascontiguousarray(np.array([users, items, values], np.float32).T)


def fit(data, part, epochs):
    users, items, values = data.rows(part)
    model = mf.MF(k=40, nr_iters=epochs, lambda_p2=0.08, lambda_q2=0.08, eta=0.03, **SETTINGS)
    seconds = clocked(lambda: model.fit(table(users, items, values)))
    # The wrapper's predict() reads its array in another order than fit() and returns nonsense.
    user_factors, item_factors = model.p_factors(), model.q_factors()
    seen = np.zeros(data.n_items, bool)
    seen[items] = True

    def predict(users, items):
        known = np.minimum(items, len(item_factors) - 1)
        dots = np.einsum("nk,nk->n", user_factors[users], item_factors[known])
        return np.where(seen[items] & np.isfinite(dots), dots, values.mean())

    return seconds, predict


def sweeps(data, k, epochs):
    model = mf.MF(k=k, nr_iters=epochs, lambda_p2=0.05, lambda_q2=0.05, **SETTINGS)
    made = table(data.users, data.items, data.values)
    return clocked(lambda: model.fit(made))


run(Contestant(60, (5, 8, 10, 12, 15, 20, 25, 30, 35, 40, 50, 60), fit, sweeps))
