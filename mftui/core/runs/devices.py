"""Which devices a run could compute on here, as far as that can be told without torch, which takes seconds to load."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from mftui.core.errors import DeviceError


def check(asked: str) -> None:
    """Refuse a device that is surely not here; torch has the last word when the run starts.

    Args:
        asked: `auto`, `cpu`, `cuda`, `cuda:N` or `mps`.

    Raises:
        DeviceError: it is not here.
    """
    kind = asked.partition(":")[0]
    if kind in ("auto", "cpu"):
        return
    n_cuda = _count_cuda()
    if n_cuda is None and kind == "cuda":
        return
    choose(asked, in_order([f"cuda:{number}" for number in range(n_cuda or 0)], _has_mps()))


def in_order(cuda: Sequence[str], has_mps: bool) -> list[str]:
    """The devices of a machine, that which `auto` takes first.

    A Mac's GPU comes last: it has no routines for sums by row and for much of linear algebra, which torch then does on
    the CPU, where the solvers' compiled code is the quicker one.

    Args:
        cuda: its CUDA devices, as torch names them.
        has_mps: whether it has a Mac's GPU.
    """
    return [*cuda, "cpu", *(["mps"] if has_mps else [])]


def choose(asked: str, here: Sequence[str]) -> str:
    """The device for `auto`, `cpu`, `cuda`, `cuda:N` or `mps`, of those that are here, as torch names it.

    Args:
        asked: which one.
        here: all that there are, that which `auto` takes first.

    Raises:
        DeviceError: it is not among them.
    """
    wanted = {"auto": here[0], "cuda": "cuda:0"}.get(asked, asked)
    if wanted not in here:
        raise DeviceError(f"There is no device {asked!r} here.", f"Present: {', '.join(here)}.")
    return wanted


def _count_cuda() -> int | None:
    """How many CUDA devices torch will find; None where only torch can tell."""
    try:
        build = version("torch").partition("+")[2]
    except PackageNotFoundError:
        build = ""
    if build.startswith("rocm"):
        return None  # AMD's cards go by the name of CUDA, and NVIDIA's driver knows nothing of them
    if build == "cpu":
        return 0
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    try:
        import pynvml

        pynvml.nvmlInit()
        count = int(pynvml.nvmlDeviceGetCount())
    except ImportError:
        return None
    except pynvml.NVMLError:
        return 0
    return count if visible is None else min(count, len([name for name in visible.split(",") if name.strip()]))


def _has_mps() -> bool:
    return platform.system() == "Darwin" and platform.machine() == "arm64"
