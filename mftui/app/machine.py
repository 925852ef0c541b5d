"""What a training process costs the machine: processor and memory, and the GPU where it computes on one."""

import contextlib
import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KEPT = 240
"""Looks that are remembered: two minutes."""


@dataclass(frozen=True)
class Load:
    """A look at the machine; None where it can't be known."""

    cpu_percent: float | None = None
    """Of the process: 100 is one core."""
    memory_bytes: int | None = None
    """Resident memory of the process."""
    gpu_percent: int | None = None
    gpu_memory_bytes: int | None = None
    gpu_celsius: int | None = None
    gpu_watts: float | None = None
    cpu_limit: float = 100.0
    """All cores of the machine, in the same unit."""
    memory_limit: int | None = None
    """The machine's memory."""
    gpu_memory_limit: int | None = None
    gpu_watts_limit: float | None = None


class Machine:
    """Looks at one process, and at the GPU that it computes on."""

    def __init__(self, pid: int, device: str) -> None:
        """Look at this process of this machine; `device` as torch names it."""
        import psutil

        self.seen: deque[Load] = deque(maxlen=KEPT)
        """The looks so far, the newest at the end."""
        self._process = None
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        with contextlib.suppress(psutil.Error):
            self._process = psutil.Process(pid)
            self._process.cpu_percent()  # it counts from one look to the next
            visible = self._process.environ().get("CUDA_VISIBLE_DEVICES")
        self._gpu = _gpu(device, visible)

    def look(self) -> Load:
        """The load since the last look."""
        import psutil

        cpu = memory = None
        if self._process is not None:
            with contextlib.suppress(psutil.Error):
                cpu, memory = self._process.cpu_percent(), self._process.memory_info().rss
        limits = {"cpu_limit": 100.0 * (psutil.cpu_count() or 1), "memory_limit": psutil.virtual_memory().total}
        load = Load(cpu, memory, **limits, **self._look_at_gpu())
        self.seen.append(load)
        return load

    def _look_at_gpu(self) -> dict[str, Any]:
        """What the driver tells; a card that lacks a sensor tells the rest."""
        if self._gpu is None:
            return {}
        import pynvml

        gpu, found = self._gpu, {}
        asked: dict[str, Callable[[], Any]] = {
            "gpu_percent": lambda: pynvml.nvmlDeviceGetUtilizationRates(gpu).gpu,
            "gpu_memory_bytes": lambda: pynvml.nvmlDeviceGetMemoryInfo(gpu).used,
            "gpu_memory_limit": lambda: pynvml.nvmlDeviceGetMemoryInfo(gpu).total,
            "gpu_celsius": lambda: pynvml.nvmlDeviceGetTemperature(gpu, pynvml.NVML_TEMPERATURE_GPU),
            "gpu_watts": lambda: pynvml.nvmlDeviceGetPowerUsage(gpu) / 1000,
            "gpu_watts_limit": lambda: pynvml.nvmlDeviceGetEnforcedPowerLimit(gpu) / 1000,
        }
        for name, ask in asked.items():
            with contextlib.suppress(pynvml.NVMLError):
                found[name] = ask()
        return found


def _gpu(device: str, visible: str | None) -> object | None:
    """The driver's handle of a CUDA device; None for other devices and where the driver says no.

    torch counts only the devices that `CUDA_VISIBLE_DEVICES` names, in its order; the driver counts all.
    """
    if not device.startswith("cuda"):
        return None
    try:
        import pynvml
    except ImportError:
        return None
    index = int(device.partition(":")[2] or 0)
    names = [name.strip() for name in visible.split(",")] if visible else []
    name = names[index] if index < len(names) else str(index)
    try:
        pynvml.nvmlInit()
        by_index = name.isdecimal()
        find = pynvml.nvmlDeviceGetHandleByIndex if by_index else pynvml.nvmlDeviceGetHandleByUUID
        handle: object = find(int(name) if by_index else name)
    except pynvml.NVMLError:
        return None
    return handle
