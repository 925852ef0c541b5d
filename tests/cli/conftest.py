"""A run with a model whose predictions are known, for the commands that show what a run has learnt."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from mftui.core.data import load
from mftui.core.data.ratings import Ratings
from mftui.core.model import Factors
from mftui.core.runs.config import Config
from mftui.core.runs.directory import Dataset, Run, create
from mftui.core.runs.rows import split_of


@pytest.fixture
def data(home: Path, ratings_folder: Path) -> Ratings:
    return load(str(ratings_folder))


@pytest.fixture
def run(data: Ratings, ratings_folder: Path) -> Run:
    """A run whose model predicts 4.5 and 1.5 as planted, and never trained on the last movie."""
    return finished_run(data, ratings_folder)


def finished_run(data: Ratings, folder: Path, strength: float = 1.5, **config: Any) -> Run:
    """A run whose model predicts `3 + strength` for what was planted as liked, and `3 - strength` for the rest."""
    run = create(Config(data=str(folder), held_out="test", **config))
    dataset = Dataset(data.name, str(folder), data.fingerprint)
    run.write_record(replace(run.record(), dataset=dataset))
    train = split_of(run.record().config, data).train
    counts = np.bincount(data.items[train], minlength=data.n_items).astype(np.int32)
    counts[-1] = 0
    odd_users, odd_items = (np.array([int(i) % 2 for i in ids]) for ids in (data.user_ids, data.item_ids))
    users = np.zeros((data.n_users, 2), np.float32)
    users[:, 0] = np.where(odd_users, strength, -strength)
    items = np.stack([np.where(odd_items, 1, -1), np.linspace(-0.1, 0.1, data.n_items)], 1).astype(np.float32)
    Factors(
        mean=3.0,
        user_bias=np.zeros(data.n_users, np.float32),
        item_bias=np.zeros(data.n_items, np.float32),
        user_factors=users,
        item_factors=items,
        user_counts=np.bincount(data.users[train], minlength=data.n_users).astype(np.int32),
        item_counts=counts,
        scale=data.scale,
    ).save(run.model)
    return run
