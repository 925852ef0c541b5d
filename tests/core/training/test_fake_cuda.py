"""Solvers on a device that isn't there: tensors of two devices that meet are found without a GPU, and what makes one
wait."""

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from mftui.core.training import solvers
from mftui.core.training.solvers import Solver, TrainingRows

from .conftest import config_of
from .fake_device import fake_cuda

READING = {"__bool__", "__float__", "__int__", "cpu", "item", "nonzero", "numpy", "tolist"}
"""What makes the host wait until the device has done all that it was asked for."""
SAMPLED = 30
"""An epoch in which the sampler averages and keeps its samples."""


class Watching(TorchFunctionMode):
    """Notes what the host reads from the device."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[str] = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        if name in READING and args[0].device.type == "cuda":
            self.reads.append(name)
        return func(*args, **(kwargs or {}))


class Counting(TorchDispatchMode):
    """Counts the operators that a device is asked for."""

    count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.count += func.namespace == "aten"
        return func(*args, **(kwargs or {}))


@pytest.fixture(params=[name for name in sorted(solvers._SOLVERS) if not config_of(name).only_cpu])
def name(request: pytest.FixtureRequest) -> str:
    """Every solver that knows another device than the CPU."""
    return request.param


def swept_there(name: str, rows: TrainingRows, **changes: str) -> Solver:
    solver = solvers.build(config_of(name, **changes), rows, "cuda:0")
    for epoch in (1, 2, 6, SAMPLED):
        solver.sweep(epoch)
    return solver


def test_the_fake_device_finds_a_mixture():
    with fake_cuda(), pytest.raises(Exception, match="device"):
        torch.ones(3, device="cuda:0") + torch.ones(3)


def test_a_sweep_stays_on_its_device(name, rows):
    with fake_cuda():
        swept_there(name, rows)


@pytest.mark.parametrize("steps", ["0", "2"])
@pytest.mark.parametrize("name", ["als", "ials"])
def test_exact_and_stepwise_solutions_stay_on_their_device(name, steps, rows):
    with fake_cuda():
        swept_there(name, rows, steps=steps)


@pytest.mark.parametrize("biases", ["false", "true"])
def test_gradient_steps_stay_on_their_device_with_biases_and_without(biases, rows):
    with fake_cuda():
        swept_there("gradient", rows, biases=biases, weight_decay="0.1")


def test_what_is_asked_of_a_model_comes_to_the_host(name, rows):
    with fake_cuda():
        solver = swept_there(name, rows)
        assert solver.predict(rows.users, rows.items).shape == (len(rows),)
        arrays = [value for value in vars(solver.factors()).values() if isinstance(value, np.ndarray)]
        arrays += solver.state().values()
        arrays += (solver.posterior() or {}).values()
        assert {type(array) for array in arrays} == {np.ndarray}


def test_a_state_given_back_is_on_the_device_again(name, rows):
    with fake_cuda():
        trained, fresh = swept_there(name, rows), solvers.build(config_of(name), rows, "cuda:0")
        fresh.restore(trained.state())
        fresh.sweep(SAMPLED + 1)


def test_a_sweep_waits_for_its_device_only_for_the_figures_it_tells(name, rows):
    with fake_cuda():
        solver = swept_there(name, rows)
        with Watching() as watching:
            told = solver.sweep(SAMPLED + 1)
    assert 1 <= len(watching.reads) <= 1 + len(told.figures)


def test_a_gradient_step_is_ten_operators(rows):
    """Each is a launch or more, which is what an epoch of small batches costs on a GPU."""
    counts = []
    with fake_cuda():
        solver = swept_there("gradient", rows)
        for steps in (1, 5):
            with Counting() as counting:
                solver.steps(1, steps)
            counts.append(counting.count)
    assert counts[1] - counts[0] == 4 * 10
