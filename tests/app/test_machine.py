"""What a run costs the machine: the GPU by a driver that the test plays, the process by a real one, and their lines."""

import os
import sys
from types import SimpleNamespace

import pytest
from textual.app import App, ComposeResult

from mftui.app.machine import KEPT, Load, Machine
from mftui.app.screens.train.machine_panel import MachinePanel
from mftui.app.screens.train.sparkline import sparkline
from mftui.app.widgets.braille import ASCII, BLOCKS, BRAILLE


class NVMLError(Exception):
    pass


class FakeDriver(SimpleNamespace):
    """Two cards; the second has no power sensor."""

    NVMLError = NVMLError
    NVML_TEMPERATURE_GPU = 0

    def nvmlInit(self) -> None:
        pass

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        if index > 1:
            raise NVMLError
        return index

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> int:
        return ["GPU-a", "GPU-b"].index(uuid)

    def nvmlDeviceGetUtilizationRates(self, gpu: int) -> SimpleNamespace:
        return SimpleNamespace(gpu=40 + gpu)

    def nvmlDeviceGetMemoryInfo(self, gpu: int) -> SimpleNamespace:
        return SimpleNamespace(used=2_000_000_000, total=8_000_000_000)

    def nvmlDeviceGetTemperature(self, gpu: int, sensor: int) -> int:
        return 61

    def nvmlDeviceGetPowerUsage(self, gpu: int) -> int:
        if gpu == 1:
            raise NVMLError
        return 180_500

    def nvmlDeviceGetEnforcedPowerLimit(self, gpu: int) -> int:
        return 300_000


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", FakeDriver())


def gpu_of(device: str) -> tuple[float | None, ...]:
    load = Machine(os.getpid(), device).look()
    return load.gpu_percent, load.gpu_memory_bytes, load.gpu_celsius, load.gpu_watts


def test_a_gpu_tells_its_use_memory_temperature_and_power(driver: None) -> None:
    assert gpu_of("cuda:0") == (40, 2_000_000_000, 61, 180.5)


def test_a_card_that_lacks_a_sensor_tells_the_rest(driver: None) -> None:
    assert gpu_of("cuda:1") == (41, 2_000_000_000, 61, None)


@pytest.mark.parametrize("device", ["cpu", "mps", "cuda:7"])
def test_where_there_is_no_such_gpu_nothing_is_told(driver: None, device: str) -> None:
    assert gpu_of(device) == (None, None, None, None)


def test_without_a_driver_module_the_process_is_still_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    load = Machine(os.getpid(), "cuda").look()
    assert load.gpu_percent is None
    assert load.memory_bytes is not None
    assert load.cpu_percent is not None


@pytest.mark.parametrize("visible", ["1,0", "GPU-b,GPU-a"])
def test_devices_are_counted_as_the_process_sees_them(
    driver: None, monkeypatch: pytest.MonkeyPatch, visible: str
) -> None:
    monkeypatch.setattr("psutil.Process.environ", lambda self: {"CUDA_VISIBLE_DEVICES": visible})
    assert gpu_of("cuda:0")[0] == 41


def test_looks_are_remembered_for_a_while() -> None:
    machine = Machine(os.getpid(), "cpu")
    for _ in range(KEPT + 5):
        machine.look()
    assert len(machine.seen) == KEPT


def test_a_line_has_its_newest_value_at_the_right_and_gaps_where_nothing_is_known() -> None:
    assert sparkline([0, 50, None, 100], 3, BRAILLE, 100) == " ⣠⢸"
    assert sparkline([0, 50, None, 100], 5, BLOCKS, 100) == " ▄▄ █"
    assert sparkline([0, 50, None, 100], 5, ASCII, 100) == " 04 9"
    assert sparkline([1] * 100, 2, BRAILLE) == "⣿⣿"
    assert sparkline([], 3, BRAILLE) == "   "


class PanelApp(App[None]):
    def compose(self) -> ComposeResult:
        yield MachinePanel()


async def test_the_panel_has_a_line_for_each_figure_that_is_known() -> None:
    async with PanelApp().run_test(size=(30, 8)) as pilot:
        panel = pilot.app.query_one(MachinePanel)
        panel.show([Load(50.0, 4 * 10**8, memory_limit=8 * 10**8), Load(100.0, 8 * 10**8, memory_limit=8 * 10**8)])
        lines = [line.rstrip() for line in str(panel.content).splitlines()]
        assert [line.split()[0] for line in lines] == ["cpu", "memory"]
        assert lines[0].split()[1:3] == ["100", "%"]
        assert lines[1].endswith("⣰") or lines[1].endswith("⣼")
