"""A person's own presets: documents in the data directory, checked when they are read."""

import re
from pathlib import Path

import msgspec
from msgspec import Struct

from mftui.core.documents import read_document, write_document
from mftui.core.errors import RunError, SettingError
from mftui.core.paths import presets_dir
from mftui.core.runs.config import Config

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


class Origin(Struct, frozen=True, kw_only=True):
    """Where a preset comes from: the trial of a study that found it."""

    run: str
    """The study's directory."""
    trial: int
    data: str
    """The name of the dataset."""
    metric: str
    figure: float
    """What the metric was on the validation rows."""
    created: float
    """Unix seconds."""


class Preset(Struct, frozen=True):
    """A config by name, and what it is good for, in a few words."""

    config: Config
    summary: str
    origin: Origin | None = None
    """None for one that comes with mftui."""


def check_name(name: str) -> None:
    """See that a preset may be called so.

    Raises:
        SettingError: the name has other characters than lower-case letters, digits, dots, dashes and underscores.
    """
    if not _NAME.fullmatch(name):
        raise SettingError(
            "preset",
            f"{name!r} is no name for a preset.",
            "Take up to 40 lower-case letters, digits, dots, dashes and underscores.",
        )


def names() -> list[str]:
    """The names of those that are kept, damaged ones too, in order."""
    try:
        return sorted(path.stem for path in presets_dir().glob("*.json") if _NAME.fullmatch(path.stem))
    except OSError:
        return []


def read(name: str) -> Preset | None:
    """The preset of this name, or None where there is none.

    Raises:
        RunError: its document is damaged.
    """
    if not _NAME.fullmatch(name):
        return None
    path = _path(name)
    if (preset := read_document(path, Preset)) is None:
        return None
    try:
        preset.config.with_changes({})
    except SettingError as error:
        raise RunError(f"{path} is damaged: {error.message}") from error
    return msgspec.structs.replace(preset, config=msgspec.structs.replace(preset.config, preset=name))


def write(name: str, preset: Preset) -> None:
    """Keep a preset under a name that `presets.check_free` has let pass.

    Raises:
        RunError: it can't be written.
    """
    try:
        presets_dir().mkdir(parents=True, exist_ok=True)
        write_document(_path(name), preset)
    except OSError as error:
        raise RunError(f"{_path(name)} can't be written: {error.strerror}.") from error


def remove(name: str) -> None:
    """Delete a preset of a person's own.

    Raises:
        SettingError: there is none of this name.
        RunError: it can't be removed.
    """
    none = SettingError("preset", f"There is no preset {name!r} of your own.", "mftui presets lists them.")
    if not _NAME.fullmatch(name):
        raise none
    try:
        _path(name).unlink()
    except FileNotFoundError:
        raise none from None
    except OSError as error:
        raise RunError(f"{_path(name)} can't be removed: {error.strerror}.") from error


def _path(name: str) -> Path:
    return presets_dir() / f"{name}.json"
