"""Chunked normal equations against the plain formula."""

import numpy as np
import pytest
import torch

from mftui.core.training.solvers.normal_equations import ByRow, Side

N_ROWS, N_COLUMNS, K = 40, 25, 3


@pytest.fixture
def problem():
    random = np.random.default_rng(0)
    rows = np.minimum(random.geometric(0.1, 600) - 1, N_ROWS - 2).astype(np.int32)  # the last row stays empty
    columns = random.integers(0, N_COLUMNS, 600).astype(np.int32)
    draw = lambda *shape: torch.from_numpy(random.normal(size=shape).astype(np.float32))  # noqa: E731
    return rows, columns, draw(N_COLUMNS, K), draw(600), draw(N_COLUMNS), draw(600).abs()


def _all_equations(side, features, targets, offsets, weights):
    gram, moment = torch.zeros(N_ROWS, K, K), torch.zeros(N_ROWS, K)
    for chunk in side.chunks:
        gram[chunk.rows], moment[chunk.rows] = side.normal_equations(chunk, features, targets, offsets, weights)
    return gram, moment


@pytest.mark.parametrize("memory_budget", [1, 500, 1 << 20])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_equations_are_those_of_weighted_least_squares(problem, memory_budget, weighted):
    rows, columns, x, y, offsets, w = problem
    side = Side(ByRow.sort(rows, columns, N_ROWS), N_COLUMNS, K, "cpu", memory_budget)
    gram, moment = _all_equations(side, side.padded(x), side.sorted(y), offsets, side.sorted(w) if weighted else None)
    for row in range(N_ROWS):
        mine = torch.from_numpy(rows == row)
        design, target = x[columns[mine]], (y - offsets[columns])[mine]
        weight = w[mine] if weighted else torch.ones(int(mine.sum()))
        torch.testing.assert_close(gram[row], design.T @ (weight[:, None] * design), rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(moment[row], design.T @ (weight * target), rtol=1e-4, atol=1e-5)


def test_every_row_with_ratings_is_in_one_chunk_and_padding_and_memory_are_bounded(problem):
    rows, columns, *_ = problem
    budget = 400 * K
    side = Side(ByRow.sort(rows, columns, N_ROWS), N_COLUMNS, K, "cpu", budget)
    covered = torch.cat([chunk.rows for chunk in side.chunks])
    assert sorted(covered.tolist()) == np.unique(rows).tolist()
    for chunk in side.chunks:
        assert chunk.length == chunk.counts.max() <= 1.25 * chunk.counts.min() + 2
        features, gram_and_factor = chunk.length * K, 2 * K * K
        assert len(chunk.rows) == 1 or 4 * len(chunk.rows) * (features + gram_and_factor) <= budget
    assert len(side.chunks) < len(covered)
