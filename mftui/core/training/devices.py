"""Where to compute: what was asked for, against what this machine has."""

import platform
from pathlib import Path

import torch

from mftui.core.errors import DeviceError


def present() -> list[str]:
    """The devices of this machine as torch names them, the best first."""
    cuda = [f"cuda:{index}" for index in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    return [*cuda, *(["mps"] if torch.backends.mps.is_available() else []), "cpu"]


def resolve(asked: str) -> str:
    """The device for `auto`, `cpu`, `cuda`, `cuda:N` or `mps`, as torch names it.

    Raises:
        DeviceError: it is not here.
    """
    here = present()
    wanted = {"auto": here[0], "cuda": "cuda:0"}.get(asked, asked)
    if wanted not in here:
        raise DeviceError(f"There is no device {asked!r} here.", f"Present: {', '.join(here)}.")
    return wanted


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
