"""cmfrec: collective matrix factorization by ALS, with side information and implicit features."""

import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
from cmfrec import CMF  # noqa: E402
from protocol import Contestant, clocked, run  # noqa: E402
from scipy.sparse import coo_matrix  # noqa: E402


def fit(data, part, epochs):
    users, items, values = data.rows(part)
    matrix = coo_matrix((values, (users, items)), shape=(data.n_users, data.n_items))
    model = CMF(
        k=40, lambda_=12, add_implicit_features=True, niter=epochs, use_float=True, random_state=1, verbose=False
    )
    seconds = clocked(lambda: model.fit(matrix, U=data.user_attributes, I=data.item_attributes))

    def predict(users, items):
        predicted = model.predict(users, items)
        return np.where(np.isnan(predicted), values.mean(), predicted)

    return seconds, predict


def sweeps(data, k, epochs):
    matrix = coo_matrix((data.values, (data.users, data.items)), shape=(data.n_users, data.n_items))
    model = CMF(
        k=k, niter=epochs, use_cg=True, finalize_chol=False, verbose=False, lambda_=0.05, scale_lam=True,
        precompute_for_predictions=False, use_float=True,
    )  # fmt: skip
    return clocked(lambda: model.fit(matrix))


run(Contestant(10, (1, 2, 3, 4, 5, 6, 8, 10), fit, sweeps))
