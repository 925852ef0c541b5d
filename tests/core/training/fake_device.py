"""A GPU that isn't there: tensors on `cuda:0` with shapes and no values, for finding those that meet one of the CPU."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.overrides import TorchFunctionMode

aten = torch.ops.aten


@contextmanager
def fake_cuda() -> Iterator[None]:
    """Within it, `cuda:0` is there, and whatever is made is fake."""
    mode, real = FakeTensorMode(allow_non_fake_inputs=True), torch.from_numpy
    # What comes from NumPy would be real, and a real tensor can't go to a device that isn't there.
    with (
        patch.object(torch, "from_numpy", lambda array: mode.from_tensor(real(array))),
        mode,
        _Python(),
        torch.no_grad(),
    ):
        yield


class _Python(TorchFunctionMode):
    """What Python itself asks of a tensor, answered without the device's driver, which torch has none of here.

    Square brackets become operators; and a value that is read is 1, since a fake tensor has none.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        match getattr(func, "__name__", ""):
            case "__getitem__":
                part, chosen = _part(*args)
                return aten.index(part, chosen) if chosen else part
            case "__setitem__":
                _set(*args)
                return None
            case "copy_":
                return _copy(*args)
            case "contiguous":
                return args[0].clone(memory_format=torch.contiguous_format)
            case "__float__" | "item":
                return 1.0
            case "numpy":
                return np.ones(tuple(args[0].shape), str(args[0].dtype).removeprefix("torch."))
        return func(*args, **(kwargs or {}))


def _copy(there: Tensor, source: Tensor) -> Tensor:
    source.expand(there.shape)  # from another device is allowed, of another shape is not
    return there


def _set(tensor: Tensor, index: Any, value: Any) -> None:
    part, chosen = _part(tensor, index)
    if not isinstance(value, Tensor):
        value = torch.full((), value, dtype=part.dtype, device=part.device)
    if chosen:
        aten.index_put_(part, chosen, value)
    else:
        _copy(part, value)


def _part(tensor: Tensor, index: Any) -> tuple[Tensor, list[Tensor | None]]:
    """The view that the plain parts of an index give, and the tensors that choose from it, by dimension."""
    chosen: list[Tensor | None] = []
    dimension = 0
    parts = index if isinstance(index, tuple) else (index,)
    for position, part in enumerate(parts):
        if part is Ellipsis:
            dimension = tensor.dim() - sum(p is not None for p in parts[position + 1 :])
        elif part is None:
            tensor, dimension = tensor.unsqueeze(dimension), dimension + 1
        elif isinstance(part, slice):
            tensor = aten.slice(tensor, dimension, part.start, part.stop, part.step or 1)
            dimension += 1
        elif isinstance(part, Tensor):
            chosen += [None] * (dimension - len(chosen)) + [part]
            dimension += 1
        else:
            tensor = tensor.select(dimension, int(part))
    return tensor, chosen
