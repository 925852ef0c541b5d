"""Config: everything that decides what a run computes, checked when it is made."""

import contextlib
import math
import shlex
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal, Self, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from mftui.core.errors import SettingError
from mftui.core.runs.options import ONLY_CPU, ONLY_RANK, SOLVERS, Gradient, Options

LOSS: Final = "loss"
"""What a run watches where it watches no ranking metric."""
_SHOWN = 40
"""Characters of a refused value that its error repeats."""


class Setting(Struct, frozen=True):
    """One setting as a form shows it."""

    key: str
    value: Any
    description: str
    allowed: str
    """Its range or choices, in words."""
    choices: tuple[str, ...] = ()


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a run trains on, how, and what it holds out. Solver settings are in `solver`."""

    data: Annotated[str, Meta(min_length=1, description="a dataset's name, or a path to ratings")] = "ml-100k"
    columns: Annotated[
        str,
        Meta(
            pattern=r"^((user|item|rating|timestamp)\s*=[^=,]+(,\s*|$))*$",
            description="which column is which, as user=…,item=…,rating=…,timestamp=…; empty where the file tells",
        ),
    ] = ""
    preset: Annotated[str, Meta(description="the named settings that this began as")] = "notebook"
    split: Annotated[
        str,
        Meta(
            pattern=r"^(random|(random-)?fold:([1-5]|[1-9]\d*/[1-9]\d*)|temporal|leave-last-out)$",
            description="the test rows: random, fold:1 to fold:5 (fold:N/K for K folds, which are stretches of the "
            "file; random-fold:N/K for folds of rows at random), temporal or leave-last-out",
        ),
    ] = "random"
    test_fraction: Annotated[float, Meta(gt=0, lt=1, description="share of the ratings held out for the test")] = 0.2
    split_seed: Annotated[int, Meta(ge=0, le=2**32 - 1, description="seed of random splits, folds and samples")] = 42
    held_out: Annotated[
        Literal["validation", "test", "none"],
        Meta(description="whose loss is followed: a part of the training rows, or the test rows, only watched"),
    ] = "validation"
    validation: Annotated[
        float, Meta(gt=0, lt=1, description="share of the training rows set aside for validation")
    ] = 0.1
    sample: Annotated[
        float, Meta(gt=0, le=1, description="share of the users to take, with all their ratings; 1 for all")
    ] = 1.0
    min_user: Annotated[int, Meta(ge=0, description="leave out users with fewer ratings than this")] = 0
    min_item: Annotated[int, Meta(ge=0, description="leave out movies with fewer ratings than this")] = 0
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1, description="seed of the model")] = 0
    device: Annotated[
        str, Meta(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$", description="auto, cpu, cuda, cuda:N or mps")
    ] = "auto"
    threads: Annotated[int, Meta(ge=0, le=1024, description="CPU threads; 0 for as many as help")] = 0
    epochs: Annotated[int, Meta(ge=1, le=10**7, description="passes over the training ratings")] = 128
    patience: Annotated[
        int, Meta(ge=0, description="stop after this many epochs without a better watched figure; 0 never")
    ] = 0
    watch: Annotated[
        Literal["loss", "ndcg@10", "recall@10", "precision@10", "map@10", "mrr@10", "hit_rate@10"],
        Meta(description="the figure of the validation rows that chooses the epoch to keep and when to stop"),
    ] = LOSS
    solver: Options = msgspec.field(default_factory=Gradient)

    def with_changes(self, changes: Mapping[str, object]) -> Self:
        """The same with some settings changed; `solver=NAME` takes that solver's defaults first.

        Args:
            changes: values by key; text is read as the setting's own type (`"16"`, `"1e-3"`, `"yes"`).

        Raises:
            SettingError: a key is unknown or a value is not allowed; its `field` is the key.
        """
        tree = msgspec.to_builtins(self)
        changes = dict(changes)
        if "solver" in changes:
            tree["solver"] = {"name": str(changes.pop("solver"))}
            if tree["solver"]["name"] not in SOLVERS:
                raise SettingError("solver", f"There is no solver {tree['solver']['name']!r}.", _one_of(SOLVERS))
        options = SOLVERS[tree["solver"]["name"]]
        for key, value in changes.items():
            if key in options.__struct_fields__:
                tree["solver"][key] = _checked(options, key, value)
            elif key in self.__struct_fields__:
                tree[key] = _checked(type(self), key, value)
            else:
                known = (*self.__struct_fields__[:-1], "solver", *options.__struct_fields__)
                raise SettingError(key, f"There is no setting {key!r}.", _one_of(known))
        config = msgspec.convert(tree, type(self))
        if config.patience and config.held_out != "validation":
            raise SettingError(
                "patience", "Early stopping needs validation rows.", "Set held_out=validation, or patience=0."
            )
        if config.patience and config.watch == LOSS and config.only_ranks:
            raise SettingError(
                "patience",
                f"{config.solver_name} only ranks, so there is no validation loss to stop by.",
                "Set watch=ndcg@10, or patience=0.",
            )
        if config.only_cpu and config.device not in ("auto", "cpu"):
            raise SettingError("device", f"{config.solver_name} is compiled for the CPU.", "Set device=cpu.")
        if config.watch != LOSS and config.held_out != "validation":
            raise SettingError(
                "watch", f"Watching {config.watch} needs validation rows.", "Set held_out=validation, or watch=loss."
            )
        return config

    def settings(self) -> list[Setting]:
        """Every setting with its meaning and range: the run's own, then the solver's."""
        own = [s for s in _settings(self) if s.key not in ("solver", "preset")]
        solver = Setting("solver", self.solver_name, "how the factors are fitted", "", tuple(SOLVERS))
        return [*own, solver, *_settings(self.solver)]

    @property
    def solver_name(self) -> str:
        """The solver's name in the table of solvers."""
        return str(self.solver.__struct_config__.tag)

    @property
    def only_ranks(self) -> bool:
        """Whether the model predicts no ratings."""
        return isinstance(self.solver, ONLY_RANK)

    @property
    def only_cpu(self) -> bool:
        """Whether the solver knows no other device."""
        return isinstance(self.solver, ONLY_CPU)

    def values(self) -> dict[str, Any]:
        """Every setting by its key, solver settings among them, as `with_changes` takes them."""
        return {s.key: s.value for s in self.settings()}

    def command(self, preset: "Config", verb: str = "train") -> str:
        """The command line that repeats this run, given its preset's own config."""
        theirs = preset.values()
        changed = [
            f"--set {shlex.quote(f'{key}={as_text(value)}')}"
            for key, value in self.values().items()
            if key != "data" and theirs.get(key) != value
        ]
        return " ".join([f"mftui {verb}", shlex.quote(self.data), f"--preset {self.preset}", *changed])


def as_text(value: object) -> str:
    """A setting's value as a person writes it, and `with_changes` reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def _one_of(names: Iterable[str]) -> str:
    return f"Choose one of: {', '.join(names)}."


def _checked(struct: type[Struct], key: str, value: object) -> Any:
    """The value in the setting's own type and range."""
    hint = get_type_hints(struct, include_extras=True)[key]
    if isinstance(value, str):
        value = {"yes": True, "on": True, "no": False, "off": False}.get(value.lower(), value)
    if isinstance(value, str) and (number := _inner(hint)) in (int, float):
        with contextlib.suppress(ValueError):  # also `.1`, which JSON does not know
            value = number(value)
    try:
        found = msgspec.convert(value, hint, strict=False)
        if isinstance(found, float) and not math.isfinite(found):
            raise msgspec.ValidationError(f"{found} is no number to compute with")
        return found
    except msgspec.ValidationError as error:
        shown = (value or "empty") if isinstance(value, str) else repr(value)
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
        raise SettingError(key, f"{key} can't be {shown}.", f"It takes {_allowed(hint)}.") from error


def _settings(struct: Struct) -> list[Setting]:
    hints = get_type_hints(type(struct), include_extras=True)
    found = []
    for key in struct.__struct_fields__:
        described = next((m.description for m in _limits(hints[key]) if m.description), "")
        inner = _inner(hints[key])
        choices = tuple(map(str, get_args(inner))) if get_origin(inner) is Literal else ()
        found.append(Setting(key, getattr(struct, key), described, _allowed(hints[key]), choices))
    return found


def _inner(hint: Any) -> Any:
    """A setting's type without its meaning and limits."""
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _limits(hint: Any) -> list[Meta]:
    """What a setting's type says of its meaning and limits, without the range that a search tries."""
    return [stated for stated in getattr(hint, "__metadata__", ()) if isinstance(stated, Meta)]


def _allowed(hint: Any) -> str:
    """A type and its range, in words."""
    inner = _inner(hint)
    if get_origin(inner) is Literal:
        return "one of " + ", ".join(get_args(inner))
    words = {int: "a whole number", float: "a number", bool: "yes or no", str: "text"}.get(inner, "")
    limits = []
    for meta in _limits(hint):
        if meta.pattern is not None:
            return str(meta.description)
        for limit, phrase in ((meta.ge, "from"), (meta.gt, "above"), (meta.le, "to"), (meta.lt, "below")):
            if limit is not None:
                limits.append(f"{phrase} {limit:,}")
    return " ".join([words, *limits])
