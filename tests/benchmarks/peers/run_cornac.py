"""cornac's MF: SGD with biases."""

import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
from cornac.data import Dataset  # noqa: E402
from cornac.models import MF  # noqa: E402
from protocol import Contestant, clocked, run  # noqa: E402


def dataset(users, items, values):
    return Dataset.from_uir(list(zip(users.tolist(), items.tolist(), values.tolist(), strict=True)), seed=1)


def fit(data, part, epochs):
    made = dataset(*data.rows(part))
    model = MF(k=64, max_iter=epochs, learning_rate=0.01, lambda_reg=0.09, seed=1)
    seconds = clocked(lambda: model.fit(made))
    scores = np.full((data.n_users, data.n_items), data.values[part].mean())
    columns, numbers = np.array(list(made.iid_map)), np.array(list(made.iid_map.values()))
    for user, number in made.uid_map.items():
        scores[user, columns] = np.asarray(model.score(number))[numbers]
    return seconds, lambda users, items: scores[users, items]


def sweeps(data, k, epochs):
    global _made
    if _made is None:
        _made = dataset(data.users, data.items, data.values)
    return clocked(lambda: MF(k=k, max_iter=epochs, seed=1).fit(_made))


_made = None
run(Contestant(50, (5, 10, 15, 20, 25, 30, 35, 40, 45, 50), fit, sweeps))
