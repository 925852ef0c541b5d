"""Solver steps on a device that isn't there: tensors of two devices that meet are found without a GPU."""

import pytest
import torch

from mftui.core.training import solvers

from .conftest import config_of
from .fake_device import fake_cuda

COMPILED = {"sgd"}
"""Solvers that are compiled for the CPU and know no other device."""


def test_the_fake_device_finds_a_mixture():
    with fake_cuda(), pytest.raises(Exception, match="device"):
        torch.ones(3, device="cuda:0") + torch.ones(3)


def test_a_sweep_stays_on_its_device(name, rows):
    if name in COMPILED:
        pytest.skip("compiled for the CPU")
    sweep_there(config_of(name), rows)


@pytest.mark.parametrize("steps", ["0", "2"])
@pytest.mark.parametrize("name", ["als", "ials"])
def test_exact_and_stepwise_solutions_stay_on_their_device(name, steps, rows):
    sweep_there(config_of(name, steps=steps), rows)


def sweep_there(config, rows):
    with fake_cuda():
        solver = solvers.build(config, rows, "cuda:0")
        for epoch in (1, 2, 6, 30):
            solver.sweep(epoch)
