"""Biased matrix factorization by stochastic gradient descent on the CPU, compiled: the fastest way to a good model.

A rating is predicted as mean + b_u + b_i + p_u·q_i, and each rating in turn moves its user and its item against the
gradient of e² + λ(|p_u|² + |q_i|²) + λ_b(b_u² + b_i²), as in Koren et al. 2009, eq. 5. Ratings are visited block by
block: those of a diagonal of the grid at once, a thread each, since they share no parameter (DSGD, Gemulla et al.
2011; FPSGD, Chin et al. 2015). So the result depends neither on timing nor on the number of threads.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mftui.core.model.factors import Factors
from mftui.core.runs.options import Sgd
from mftui.core.training.solvers.base import Arrays, Solver, Sweep, TrainingRows
from mftui.core.training.solvers.blocks import Blocks, Side, arrange, blocks_a_side, deal, writable
from mftui.core.training.solvers.code_cache import must_compile
from mftui.core.training.solvers.compiled import compiled, prange, use_threads
from mftui.core.training.solvers.draws import For, Of, generator

_PART = 4096
"""Rows drawn at a time."""

_WIDTH = np.float32(12**0.5)
"""Of the uniform distribution whose deviation is 1."""


class SgdSolver(Solver):
    """Users and items without training ratings keep a bias of 0 and factors of 0: they predict what is left."""

    def __init__(self, rows: TrainingRows, options: Sgd, seed: int, device: str) -> None:
        rows = writable(rows)
        self._rows, self._options, self._seed = rows, options, seed
        self._mean = float(rows.values.mean(dtype=np.float64)) if len(rows) else 0.0
        self._n_blocks = blocks_a_side(rows.n_users, rows.n_items, options.n_factors)
        with ThreadPoolExecutor(2) as pool:
            users = pool.submit(self._start, Of.USERS, rows.users, rows.n_users)
            items = pool.submit(self._start, Of.ITEMS, rows.items, rows.n_items)
        self._users, self._user_bias, self._user_factors = users.result()
        self._items, self._item_bias, self._item_factors = items.result()

    def _start(
        self, of: Of, positions: NDArray[np.int32], n: int
    ) -> tuple[Side, NDArray[np.float32], NDArray[np.float32]]:
        """A side, its biases, 0, and its factors, uniform around 0, in the side's own rows."""
        k, deviation = self._options.n_factors, np.float32(self._options.initial_scale)
        side = deal(positions, n, self._n_blocks)
        n_rows = side.rows_per_block * self._n_blocks
        factors, random = _aligned(n_rows, k), generator(self._seed, 0, of, For.START)
        for first in range(0, n, _PART):
            part = side.rows[first : first + _PART]
            factors[part] = deviation * (_WIDTH * random.random((len(part), k), np.float32) - _WIDTH / 2)
        factors[side.rows[side.counts == 0]] = 0
        return side, np.zeros(n_rows, np.float32), factors

    @cached_property
    def _blocks(self) -> Blocks:
        use_threads()
        return arrange(self._rows, self._users, self._items, self._n_blocks, self._mean, self._seed)

    def prepare(self, say: Callable[[str], None]) -> None:
        """Compile, where this machine has not done so yet, and lay the ratings out in blocks."""
        if must_compile(_sweep):
            say("compiling the solver, once for this machine")
        self._pass(np.zeros_like(self._blocks.starts), epoch=1)

    def sweep(self, epoch: int) -> Sweep:
        """Visit every rating once, the diagonals of the grid in an order of the epoch's own."""
        squared = self._pass(self._blocks.starts, epoch)
        return Sweep(float(squared.sum()) / max(len(self._rows), 1))

    def _pass(self, starts: NDArray[np.int64], epoch: int) -> NDArray[np.float64]:
        """The squared errors met in each block, `[n_blocks²]`."""
        options, blocks = self._options, self._blocks
        rate = options.learning_rate * options.decay ** (epoch - 1)
        diagonals = generator(self._seed, epoch, Of.RATINGS, For.ROWS).permutation(self._n_blocks)
        use_threads()
        squared: NDArray[np.float64] = _sweep(
            self._user_factors, self._item_factors, self._user_bias, self._item_bias,
            blocks.ratings, starts, diagonals,
            np.float32(rate), np.float32(options.regularization), np.float32(options.bias_regularization),
        )  # fmt: skip
        return squared

    def factors(self) -> Factors:
        """The model as it stands."""
        return Factors(
            mean=self._mean,
            user_counts=self._users.counts.astype(np.int32),
            item_counts=self._items.counts.astype(np.int32),
            scale=self._rows.scale,
            user_bias=self._user_bias[self._users.rows],
            item_bias=self._item_bias[self._items.rows],
            user_factors=self._user_factors[self._users.rows],
            item_factors=self._item_factors[self._items.rows],
        )

    def state(self) -> Arrays:
        """Biases and factors by the positions of users and items; the layout is made anew."""
        users, items = self._users.rows, self._items.rows
        return {
            "user_bias": self._user_bias[users],
            "item_bias": self._item_bias[items],
            "user_factors": self._user_factors[users],
            "item_factors": self._item_factors[items],
        }

    def restore(self, state: Arrays) -> None:
        """Put biases and factors back into their rows."""
        users, items = self._users.rows, self._items.rows
        self._user_bias[users], self._user_factors[users] = state["user_bias"], state["user_factors"]
        self._item_bias[items], self._item_factors[items] = state["item_bias"], state["item_factors"]

    def parameters(self) -> dict[str, tuple[int, ...]]:
        """Two biases and two tables of factors."""
        n_users, n_items, k = self._rows.n_users, self._rows.n_items, self._options.n_factors
        return {
            "user_bias": (n_users,),
            "item_bias": (n_items,),
            "user_factors": (n_users, k),
            "item_factors": (n_items, k),
        }


def _aligned(n_rows: int, n_columns: int) -> NDArray[np.float32]:
    """Zeros that begin at a cache line, for a row that straddles lines costs twice the loads."""
    room = np.zeros(n_rows * n_columns * 4 + 64, np.uint8)
    start = -room.ctypes.data % 64
    return room[start : start + n_rows * n_columns * 4].view(np.float32).reshape(n_rows, n_columns)


@compiled(parallel=True)
def _sweep(  # type: ignore[no-untyped-def]
    user_factors, item_factors, user_bias, item_bias, ratings, starts, diagonals, rate, reg, bias_reg
):
    """Visit the blocks, those of a diagonal side by side; the squared errors met in each, `[n_blocks²]`."""
    n_blocks = len(diagonals)
    n_users, n_items = len(user_bias) // n_blocks, len(item_bias) // n_blocks
    squared = np.zeros(n_blocks * n_blocks)
    for diagonal in diagonals:
        for row in prange(n_blocks):
            column = (row + diagonal) % n_blocks
            block, user, item = row * n_blocks + column, row * n_users, column * n_items
            squared[block] = _visit(
                user_factors[user : user + n_users], item_factors[item : item + n_items],
                user_bias[user : user + n_users], item_bias[item : item + n_items],
                ratings[starts[block] : starts[block + 1]], rate, reg, bias_reg,
            )  # fmt: skip
    return squared


@compiled()
def _visit(user_factors, item_factors, user_bias, item_bias, ratings, rate, reg, bias_reg):  # type: ignore[no-untyped-def]
    """One gradient step for each rating of a block; the sum of their squared errors before it."""
    n_factors = user_factors.shape[1]
    keep, keep_bias = np.float32(1) - rate * reg, np.float32(1) - rate * bias_reg
    squared = 0.0
    for j in range(len(ratings)):
        user, item = ratings[j].user, ratings[j].item
        dot = np.float32(0)
        for f in range(n_factors):
            dot += user_factors[user, f] * item_factors[item, f]
        error = ratings[j].value - user_bias[user] - item_bias[item] - dot
        squared += error * error
        step = rate * error
        user_bias[user] = keep_bias * user_bias[user] + step
        item_bias[item] = keep_bias * item_bias[item] + step
        for f in range(n_factors):
            p, q = user_factors[user, f], item_factors[item, f]
            user_factors[user, f] = keep * p + step * q
            item_factors[item, f] = keep * q + step * p
    return squared
