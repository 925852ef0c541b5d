"""The settings of each solver, as checked data, apart from the solvers so that no torch is needed to show them.

Each setting's description and range are what the form, the command line and the errors show.
"""

from typing import Annotated

from msgspec import Meta, Struct


class Gradient(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="name", tag="gradient"):
    """Matrix factorization by stochastic gradient descent with Adam: the notebook's model."""

    n_factors: Annotated[int, Meta(ge=1, le=4096, description="numbers that describe each user and each movie")] = 8
    learning_rate: Annotated[float, Meta(gt=0, le=10, description="step size of Adam")] = 1e-3
    batch_size: Annotated[int, Meta(ge=1, description="ratings per gradient step")] = 128
    weight_decay: Annotated[float, Meta(ge=0, description="L2 penalty on the factors")] = 0.0
    biases: Annotated[bool, Meta(description="also fit a mean and a bias per user and movie")] = False
    initial_scale: Annotated[float, Meta(gt=0, le=10, description="factors start uniform between 0 and this")] = 0.05


Options = Gradient
"""The options of any solver: a union, told apart by `name`."""

SOLVERS: dict[str, type[Options]] = {"gradient": Gradient}
