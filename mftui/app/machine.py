"""What a training process costs the machine: processor and memory, and the GPU where it computes on one."""

import contextlib
from dataclasses import dataclass


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


class Machine:
    """Looks at one process, and at the GPU that it computes on."""

    def __init__(self, pid: int, device: str) -> None:
        """Look at this process of this machine; `device` as torch names it."""
        import psutil

        self._process = None
        with contextlib.suppress(psutil.Error):
            self._process = psutil.Process(pid)
        self._gpu = _gpu(device)

    def look(self) -> Load:
        """The load since the last look."""
        import psutil

        cpu = memory = None
        if self._process is not None:
            with contextlib.suppress(psutil.Error):
                cpu, memory = self._process.cpu_percent(), self._process.memory_info().rss
        return Load(cpu, memory, *self._look_at_gpu())

    def _look_at_gpu(self) -> tuple[int | None, int | None, int | None, float | None]:
        if self._gpu is None:
            return None, None, None, None
        import pynvml

        try:
            return (
                pynvml.nvmlDeviceGetUtilizationRates(self._gpu).gpu,
                pynvml.nvmlDeviceGetMemoryInfo(self._gpu).used,
                pynvml.nvmlDeviceGetTemperature(self._gpu, pynvml.NVML_TEMPERATURE_GPU),
                pynvml.nvmlDeviceGetPowerUsage(self._gpu) / 1000,
            )
        except pynvml.NVMLError:
            return None, None, None, None


def _gpu(device: str) -> object | None:
    """The driver's handle of a CUDA device; None for other devices and where the driver says no."""
    if not device.startswith("cuda"):
        return None
    import pynvml

    try:
        pynvml.nvmlInit()
        handle: object = pynvml.nvmlDeviceGetHandleByIndex(int(device.partition(":")[2] or 0))
    except pynvml.NVMLError:
        return None
    return handle
