"""Surprise's SVD: SGD with biases, on one thread."""

import numpy as np
import pandas as pd
from protocol import Contestant, clocked, run
from surprise import SVD, Dataset, Reader


def trainset(users, items, values):
    frame = pd.DataFrame({"user": users, "item": items, "rating": values.astype(float)})
    return Dataset.load_from_df(frame, Reader(rating_scale=(0.5, 5))).build_full_trainset()


def fit(data, part, epochs):
    made = trainset(*data.rows(part))
    model = SVD(n_factors=50, n_epochs=epochs, lr_all=0.005, reg_all=0.09, random_state=0)
    seconds = clocked(lambda: model.fit(made))
    user = np.array([made.to_inner_uid(u) for u in range(data.n_users)])
    item = np.array([made._raw2inner_id_items.get(i, -1) for i in range(data.n_items)])

    def predict(users, items):
        u, i = user[users], item[items]
        dots = np.einsum("nk,nk->n", model.pu[u], model.qi[i]) + model.bi[i]
        return made.global_mean + model.bu[u] + np.where(i >= 0, dots, 0)

    return seconds, predict


def sweeps(data, k, epochs):
    global _made
    if _made is None:
        _made = trainset(data.users, data.items, data.values)
    return clocked(lambda: SVD(n_factors=k, n_epochs=epochs, random_state=0).fit(_made))


_made = None
run(Contestant(80, (10, 20, 30, 35, 40, 45, 50, 60, 80), fit, sweeps))
