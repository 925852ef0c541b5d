"""Training rows with a structure that is known, and every solver of the table."""

import os

import numpy as np
import pytest
import torch

from mftui.core.data.ratings import Ratings, Scale
from mftui.core.runs.config import Config
from mftui.core.training import solvers
from mftui.core.training.solvers import TrainingRows

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # as the training process does, for CUDA's products

N_USERS, N_ITEMS = 50, 40

QUICK = {
    "gradient": {"learning_rate": "0.02", "batch_size": "32", "n_factors": "4"},
}
"""Settings with which a solver learns small data in few sweeps, where its defaults would take many."""


def planted_rows(noise: float = 0.1, seed: int = 0) -> TrainingRows:
    """Ratings around 3 from factors of rank 2, half the cells; the last user and the last item have none."""
    random = np.random.default_rng(seed)
    factors = random.normal(size=(N_USERS, 2)), random.normal(size=(N_ITEMS, 2))
    seen = random.random((N_USERS, N_ITEMS)) < 0.5
    seen[-1, :] = seen[:, -1] = False
    users, items = (side.astype(np.int32) for side in np.nonzero(seen))
    values = 3 + (factors[0] @ factors[1].T)[users, items] * 0.7 + noise * random.normal(size=len(users))
    return TrainingRows(users, items, values.clip(1, 5).astype(np.float32), N_USERS, N_ITEMS, Scale(1.0, 5.0, 0.5))


def rows_of(ratings: Ratings, kept: np.ndarray | None = None) -> TrainingRows:
    """Some rows of the ratings, or all, and what is known of users and items."""
    kept = np.arange(len(ratings)) if kept is None else kept
    return TrainingRows(
        ratings.users[kept], ratings.items[kept], ratings.values[kept], ratings.n_users, ratings.n_items, ratings.scale,
        ratings.user_info, ratings.item_info,
    )  # fmt: skip


def every_pair(table: np.ndarray, scale: Scale) -> TrainingRows:
    """A whole matrix `[U, I]` as ratings."""
    users, items = (side.ravel().astype(np.int32) for side in np.indices(table.shape))
    return TrainingRows(users, items, table.ravel().astype(np.float32), *table.shape, scale)


def shrunk(table: np.ndarray, penalty: float) -> np.ndarray:
    """The product of factors that least squares fit to a whole matrix whose penalties are `penalty` (|P|² + |Q|²): its
    singular values less the penalty, none below 0 (Srebro et al. 2004; Hastie et al. 2015, theorem 1)."""
    u, singular, v = np.linalg.svd(table, full_matrices=False)
    return (u * np.maximum(singular - penalty, 0)) @ v


def config_of(name: str, **changes: str) -> Config:
    return Config().with_changes({"solver": name, **QUICK.get(name, {}), **changes})


@pytest.fixture(autouse=True)
def one_thread():
    """On data this small, a second thread only waits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def rows() -> TrainingRows:
    return planted_rows()


@pytest.fixture(params=sorted(solvers._SOLVERS))
def name(request: pytest.FixtureRequest) -> str:
    """The name of every solver in the table."""
    return request.param
