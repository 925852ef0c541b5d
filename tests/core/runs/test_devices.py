"""Which devices are refused before there is a run, told from what the driver and the build of torch say."""

import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from mftui.core.errors import DeviceError
from mftui.core.runs import devices


class NVMLError(Exception):
    pass


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Play a machine with so many cards (None: no driver) and this build of torch."""

    def play(count: int | None, torch: str = "2.9.0+cu128", visible: str | None = None) -> None:
        def init() -> None:
            if count is None:
                raise NVMLError

        driver = SimpleNamespace(NVMLError=NVMLError, nvmlInit=init, nvmlDeviceGetCount=lambda: count)
        monkeypatch.setitem(sys.modules, "pynvml", driver)
        monkeypatch.setattr(devices, "version", lambda package: torch)
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        if visible is not None:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)

    return play


@pytest.mark.parametrize("asked", ["auto", "cpu"])
def test_what_is_everywhere_is_never_refused(cards: Callable[..., None], asked: str):
    cards(None)
    devices.check(asked)


@pytest.mark.parametrize(
    ("machine", "asked", "present"),
    [
        ({"count": None}, "cuda", "cpu"),
        ({"count": 2}, "cuda:2", "cuda:0, cuda:1, cpu"),
        ({"count": 2, "visible": "1"}, "cuda:1", "cuda:0, cpu"),
        ({"count": 2, "visible": ""}, "cuda", "cpu"),
        ({"count": 2, "torch": "2.9.0+cpu"}, "cuda:0", "cpu"),
    ],
)
def test_a_device_that_is_not_here_is_refused_with_those_that_are(
    cards: Callable[..., None], machine: dict[str, object], asked: str, present: str
):
    cards(**machine)
    with pytest.raises(DeviceError, match=f"no device '{asked}' here") as refused:
        devices.check(asked)
    assert refused.value.hint == f"Present: {present}."


@pytest.mark.parametrize(
    ("machine", "asked"),
    [({"count": 2}, "cuda"), ({"count": 2}, "cuda:1"), ({"count": None, "torch": "2.9.0+rocm6.4"}, "cuda")],
)
def test_a_device_that_is_here_or_that_only_torch_can_tell_is_not_refused(
    cards: Callable[..., None], machine: dict[str, object], asked: str
):
    cards(**machine)
    devices.check(asked)


@pytest.mark.parametrize(
    ("cuda", "has_mps", "taken"),
    [(["cuda:0", "cuda:1"], False, "cuda:0"), ([], True, "cpu"), ([], False, "cpu")],
)
def test_auto_takes_a_cuda_device_or_else_the_cpu_and_a_macs_gpu_only_when_it_is_named(
    cuda: list[str], has_mps: bool, taken: str
):
    here = devices.in_order(cuda, has_mps)
    assert devices.choose("auto", here) == taken
    assert ("mps" in here) == has_mps
    if has_mps:
        assert devices.choose("mps", here) == "mps"
