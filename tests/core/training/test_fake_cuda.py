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
    with fake_cuda():
        solver = solvers.build(config_of(name), rows, "cuda:0")
        for epoch in (1, 2, 6, 30):
            solver.sweep(epoch)
