"""How factors are fitted: a file each. `runs/options.py` holds their settings."""

from importlib import import_module

from mftui.core.runs.config import Config
from mftui.core.training.solvers.base import Solver, TrainingRows

_SOLVERS = {
    "gradient": "GradientSolver",
    "sgd": "SgdSolver",
    "als": "AlsSolver",
    "ials": "IalsSolver",
    "bayes": "BayesSolver",
}
"""The class of each solver, in the module of the solver's name."""


def build(config: Config, rows: TrainingRows, device: str) -> Solver:
    """The solver that a config asks for, at its starting point, on a device as torch names it."""
    module = import_module(f"{__name__}.{config.solver_name}")
    solver: Solver = getattr(module, _SOLVERS[config.solver_name])(rows, config.solver, config.seed, device)
    return solver


__all__ = ["Solver", "TrainingRows", "build"]
