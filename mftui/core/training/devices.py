"""Where to compute: what was asked for, against what this machine has."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from mftui.core.errors import DeviceError
from mftui.core.runs.config import Config
from mftui.core.runs.devices import choose, in_order
from mftui.core.runs.directory import Record

RATINGS_PER_THREAD = 100_000
"""With fewer, threads save nothing, and waiting for each other on a busy machine costs them many times the work."""

TO_ROUNDING = "its results are equal to rounding, no longer to the bit."
"""What it costs to go on otherwise than a run began."""

_MACHINE = torch.get_num_threads()
"""How many threads torch takes by itself, read before a run in this process has set another number."""


@dataclass(frozen=True)
class Place:
    """Where a run computes."""

    device: str
    """As torch names it."""
    threads: int


def take(record: Record, warn: Callable[[str], None]) -> str:
    """Have torch compute where the run began to, so that the same run gives the same bits; returns the device.

    Args:
        record: what the run was told, and where it began if it did.
        warn: told where its device is no longer here and another one takes its place.

    Raises:
        DeviceError: the device that was asked for by name is not here.
    """
    asked = record.config.device
    if record.config.only_cpu:
        return "cpu"
    try:
        device = resolve(record.device or asked)
    except DeviceError:
        if asked != "auto" or record.device is None:
            raise
        device = resolve("auto")
        warn(f"The run began on {record.device}, which is not here: it goes on on {device}, and {TO_ROUNDING}")
    sum_in_fixed_order(device)
    return device


def sum_in_fixed_order(device: str) -> None:
    """Have a GPU add up in one order, as a CPU does, where torch has a routine that can."""
    if device.startswith("cuda"):
        torch.use_deterministic_algorithms(True, warn_only=True)
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]


def use_threads(config: Config, device: str, n_ratings: int, recorded: int | None = None) -> int:
    """Have torch use as many CPU threads as a run is to have; returns how many.

    Args:
        config: which says how many, or leaves it to the machine: then a CPU takes no more than there is work for.
        device: where it computes, as torch names it.
        n_ratings: how many ratings it trains on.
        recorded: with how many it began, where it did.
    """
    threads = recorded or config.threads or _MACHINE
    if device == "cpu" and not config.threads:
        threads = max(1, min(threads, n_ratings // RATINGS_PER_THREAD))
    torch.set_num_threads(threads)
    return threads


def present() -> list[str]:
    """The devices of this machine as torch names them, that which `auto` takes first."""
    cuda = [f"cuda:{index}" for index in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    return in_order(cuda, torch.backends.mps.is_available())


def resolve(asked: str) -> str:
    """The device for `auto`, `cpu`, `cuda`, `cuda:N` or `mps`, as torch names it.

    Raises:
        DeviceError: it is not here.
    """
    return choose(asked, present())


def name_of(device: str) -> str:
    """What the hardware calls itself."""
    if device.startswith("cuda"):
        return torch.cuda.get_device_name(device)
    if device == "cpu":
        return _processor() or platform.processor() or platform.machine()
    return platform.processor() or device


def _processor() -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), None)
