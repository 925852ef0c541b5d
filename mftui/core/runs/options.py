"""The settings of each solver, as checked data, apart from the solvers so that no torch is needed to show them.

Each setting's description and limits are what the form, the command line and the errors show; a `Range` or
`Choice` says what `mftui tune` tries of it, where it does.
"""

from typing import Annotated

from msgspec import Meta, Struct

from mftui.core.runs.ranges import Choice, Range


class Gradient(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="name", tag="gradient"):
    """Matrix factorization by stochastic gradient descent with Adam: the notebook's model."""

    n_factors: Annotated[
        int,
        Meta(ge=1, le=4096, description="numbers that describe each user and each movie"),
        Range(4, 64, log=True),
    ] = 8
    learning_rate: Annotated[float, Meta(gt=0, le=10, description="step size of Adam"), Range(3e-4, 0.03, log=True)] = (
        1e-3
    )
    batch_size: Annotated[int, Meta(ge=1, description="ratings per gradient step"), Range(64, 1024, log=True)] = 128
    weight_decay: Annotated[float, Meta(ge=0, description="L2 penalty on the factors"), Range(0.0, 1e-3)] = 0.0
    biases: Annotated[bool, Meta(description="also fit a mean and a bias per user and movie"), Choice()] = False
    initial_scale: Annotated[float, Meta(gt=0, le=10, description="factors start uniform between 0 and this")] = 0.05


class Bayes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="name", tag="bayes"):
    """Bayesian matrix factorization by Gibbs sampling, with side information: the most accurate."""

    n_factors: Annotated[
        int,
        Meta(ge=1, le=256, description="numbers that describe each user and each movie"),
        Range(8, 32, log=True),
    ] = 16
    burn_in: Annotated[int, Meta(ge=0, description="sweeps whose samples are not yet averaged"), Range(5, 60)] = 20
    attributes: Annotated[bool, Meta(description="learn from what the data says of users and movies"), Choice()] = True
    links: Annotated[bool, Meta(description="learn from who rated what, whatever the rating"), Choice()] = True
    noise: Annotated[
        bool, Meta(description="a noise precision for every user and movie, not one for all"), Choice()
    ] = True


class Sgd(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="name", tag="sgd"):
    """Matrix factorization with biases by stochastic gradient descent, compiled for the CPU: the fastest."""

    n_factors: Annotated[
        int,
        Meta(ge=1, le=4096, description="numbers that describe each user and each movie"),
        Range(16, 256, log=True),
    ] = 128
    learning_rate: Annotated[
        float, Meta(gt=0, le=1, description="step size of the first epoch"), Range(0.003, 0.1, log=True)
    ] = 0.018
    decay: Annotated[
        float, Meta(gt=0, le=1, description="what each epoch multiplies the step size by"), Range(0.9, 1.0)
    ] = 0.97
    regularization: Annotated[
        float,
        Meta(ge=0, le=10, description="L2 penalty on the factors, per rating"),
        Range(0.01, 0.3, log=True),
    ] = 0.065
    bias_regularization: Annotated[
        float,
        Meta(ge=0, le=10, description="L2 penalty on the biases, per rating"),
        Range(0.003, 0.3, log=True),
    ] = 0.03
    initial_scale: Annotated[float, Meta(ge=0, le=10, description="deviation of the factors at the start")] = 0.005


class Als(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="name", tag="als"):
    """Matrix factorization with biases by alternating least squares."""

    n_factors: Annotated[
        int,
        Meta(ge=1, le=1024, description="numbers that describe each user and each movie"),
        Range(8, 128, log=True),
    ] = 64
    regularization: Annotated[
        float, Meta(gt=0, le=10, description="L2 penalty, per rating"), Range(0.02, 0.5, log=True)
    ] = 0.12
    steps: Annotated[int, Meta(ge=0, le=100, description="conjugate-gradient steps for a row; 0 solves exactly")] = 3


class Ials(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="name", tag="ials"):
    """Implicit-feedback ALS: it ranks what each user is likely to choose and like, and predicts no ratings."""

    n_factors: Annotated[
        int,
        Meta(ge=1, le=1024, description="numbers that describe each user and each movie"),
        Range(16, 128, log=True),
    ] = 64
    regularization: Annotated[
        float,
        Meta(gt=0, le=10, description="L2 penalty on the factors, per weight"),
        Range(0.002, 0.1, log=True),
    ] = 0.016
    unobserved_weight: Annotated[
        float,
        Meta(gt=0, le=10, description="weight of each unrated pair's target of 0, a rating's weight being 1"),
        Range(0.05, 1.0, log=True),
    ] = 0.35
    lowest_target: Annotated[
        float,
        Meta(ge=0, le=10, description="the score to learn for the scale's lowest rating"),
        Range(0.0, 0.7),
    ] = 0.2
    highest_target: Annotated[
        float, Meta(ge=0, le=10, description="the score to learn for its highest"), Range(0.8, 2.0)
    ] = 1.4
    threshold: Annotated[
        float,
        Meta(ge=0, le=1, description="ratings below this share of the scale count as unrated"),
        Range(0.0, 0.8),
    ] = 0.0
    steps: Annotated[int, Meta(ge=0, le=100, description="conjugate-gradient steps for a row; 0 solves exactly")] = 3


Options = Gradient | Bayes | Sgd | Als | Ials
"""The options of any solver: a union, told apart by `name`."""

ONLY_RANK = (Ials,)
"""Options of the solvers that predict no ratings, so that their loss is none of ratings and no rows' loss is followed.
"""

ONLY_CPU = (Sgd,)
"""Options of the solvers that are compiled for the CPU and know no other device."""

SOLVERS: dict[str, type[Options]] = {"gradient": Gradient, "bayes": Bayes, "sgd": Sgd, "als": Als, "ials": Ials}
