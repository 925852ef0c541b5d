"""What is kept of a sampler's draws: their mean at a fixed rank, and some of them, evenly spaced."""

from collections.abc import Mapping

import torch
from torch import Tensor


class LowRankMean:
    """The running mean of `b_u + b_i + p_u·q_i` over samples, as two biases and two tables of at most `rank` factors.

    The mean of dot products is a dot product of all samples' factors side by side; each sample is joined to what is
    kept and the two are compressed to the best approximation of that rank: a QR decomposition of either table and the
    singular values of the product of their triangles.
    """

    def __init__(self, n_users: int, n_items: int, rank: int, device: torch.device) -> None:
        self.user_bias = torch.zeros(n_users, device=device)
        self.item_bias = torch.zeros(n_items, device=device)
        self.user_factors = torch.zeros(n_users, rank, device=device)
        self.item_factors = torch.zeros(n_items, rank, device=device)

    def restart(self, users: Tensor, items: Tensor) -> None:
        """Forget what there was, and take one sample for the mean; rows are `(bias, factors)`."""
        k = users.shape[1] - 1
        self.user_bias, self.item_bias = users[:, 0].clone(), items[:, 0].clone()
        self.user_factors[:, :k], self.item_factors[:, :k] = users[:, 1:], items[:, 1:]
        self.user_factors[:, k:], self.item_factors[:, k:] = 0, 0

    def add(self, users: Tensor, items: Tensor, count: int) -> None:
        """Take one more sample into the mean, the `count`-th; rows are `(bias, factors)`."""
        if count == 1:
            return self.restart(users, items)
        self.user_bias += (users[:, 0] - self.user_bias) / count
        self.item_bias += (items[:, 0] - self.item_bias) / count
        rank = self.user_factors.shape[1]
        left, left_triangle = torch.linalg.qr(
            torch.cat([self.user_factors * ((count - 1) / count), users[:, 1:] / count], dim=1)
        )
        right, right_triangle = torch.linalg.qr(torch.cat([self.item_factors, items[:, 1:]], dim=1))
        u, singular, v = torch.linalg.svd(left_triangle @ right_triangle.T)
        n = min(rank, len(singular))
        root = singular[:n].sqrt()
        self.user_factors[:, :n] = left @ (u[:, :n] * root)
        self.item_factors[:, :n] = right @ (v[:n].T * root)
        self.user_factors[:, n:], self.item_factors[:, n:] = 0, 0  # the first sample's, where there are fewer items

    def predict(self, users: Tensor, items: Tensor) -> Tensor:
        """The mean for pairs of positions, `[n]`."""
        dots = (self.user_factors.index_select(0, users) * self.item_factors.index_select(0, items)).sum(1)
        return dots + self.user_bias[users] + self.item_bias[items]

    def tensors(self) -> dict[str, Tensor]:
        """All of it by name."""
        return {
            "mean_user_bias": self.user_bias,
            "mean_item_bias": self.item_bias,
            "mean_user_factors": self.user_factors,
            "mean_item_factors": self.item_factors,
        }


class Thinned:
    """Every so many samples of some tensors: all at first, and every second of them dropped whenever room runs out.

    So there are always evenly spaced ones, from half the capacity on, however long the sampler will run.
    """

    def __init__(self, like: Mapping[str, Tensor], capacity: int) -> None:
        self._capacity = capacity + capacity % 2
        self.tensors = {name: tensor.new_zeros(self._capacity, *tensor.shape) for name, tensor in like.items()}
        """By name, `[capacity, …]`; zeros where there is no sample yet."""

    def _stride(self, count: int) -> int:
        stride = 1
        while (count - 1) // stride >= self._capacity:
            stride *= 2
        return stride

    def add(self, sample: Mapping[str, Tensor], count: int) -> None:
        """Take the `count`-th sample (from 1), if it is one of those to keep."""
        stride = self._stride(count)
        if count > 1 and stride > self._stride(count - 1):
            for kept in self.tensors.values():
                kept[: self._capacity // 2] = kept[::2].clone()
        if (count - 1) % stride == 0:
            for name, tensor in sample.items():
                self.tensors[name][(count - 1) // stride] = tensor

    def n_kept(self, count: int) -> int:
        """How many there are after `count` samples."""
        return (count - 1) // self._stride(count) + 1 if count else 0
