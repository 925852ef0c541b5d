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


RATINGS_PER_THREAD = 100_000
"""With fewer, threads save nothing, and waiting for each other on a busy machine costs them many times the work."""


def build(config: Config, rows: TrainingRows, device: str) -> Solver:
    """The solver that a config asks for, at its starting point, on a device as torch names it.

    On a CPU it also tells torch to use no more threads than there is work for, unless the config says how many.
    """
    import torch

    if torch.device(device).type == "cpu" and not config.threads:
        torch.set_num_threads(max(1, min(torch.get_num_threads(), len(rows) // RATINGS_PER_THREAD)))
    module = import_module(f"{__name__}.{config.solver_name}")
    solver: Solver = getattr(module, _SOLVERS[config.solver_name])(rows, config.solver, config.seed, device)
    return solver


__all__ = ["Solver", "TrainingRows", "build"]
