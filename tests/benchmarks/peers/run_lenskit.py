"""LensKit's BiasedMF: exact ALS on what the biases leave."""

import warnings

warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from lenskit.als import BiasedMFConfig, BiasedMFScorer  # noqa: E402
from lenskit.data import from_interactions_df  # noqa: E402
from lenskit.training import TrainingOptions  # noqa: E402
from protocol import Contestant, clocked, run  # noqa: E402


def dataset(users, items, values):
    return from_interactions_df(pd.DataFrame({"user_id": users, "item_id": items, "rating": values}))


def fit(data, part, epochs):
    made = dataset(*data.rows(part))
    model = BiasedMFScorer(BiasedMFConfig(embedding_size=40, epochs=epochs, regularization=0.12))
    seconds = clocked(lambda: model.train(made, TrainingOptions(rng=0)))
    user_factors, item_factors = np.asarray(model.user_embeddings), np.asarray(model.item_embeddings)

    def predict(users, items):
        user, item = model.users.numbers(users), model.items.numbers(items, missing="negative")
        known, item = item >= 0, np.maximum(item, 0)
        dots = np.einsum("nk,nk->n", user_factors[user], item_factors[item]) + model.bias.item_biases[item]
        return model.bias.global_bias + model.bias.user_biases[user] + np.where(known, dots, 0)

    return seconds, predict


def sweeps(data, k, epochs):
    global _made
    if _made is None:
        _made = dataset(data.users, data.items, data.values)
    model = BiasedMFScorer(BiasedMFConfig(embedding_size=k, epochs=epochs))
    return clocked(lambda: model.train(_made, TrainingOptions(rng=0)))


_made = None
run(Contestant(20, (1, 2, 3, 4, 5, 6, 8, 10, 15, 20), fit, sweeps))
