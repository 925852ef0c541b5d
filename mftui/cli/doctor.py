"""`mftui doctor`: where things are, what is installed, what can compute, and what may end a run."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import typer

from mftui.cli.output import Json, print_json, print_table, say

_ROOM = 1 << 30
"""Bytes free below which a disk is worth a word."""


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(doctor)


def doctor(json: Json = False) -> None:
    """Say where things are, what is installed, what can compute, and what may end a run."""
    found = _findings()
    if json:
        print_json(found)
        return
    rows = [(part, name, value) for part in ("versions", "paths", "devices") for name, value in found[part].items()]
    print_table(
        ("", "", ""), [*rows, *(("free", path, f"{free / 2**30:.1f} GiB") for path, free in found["free"].items())]
    )
    for warning in found["warnings"]:
        say(warning)
    if not found["warnings"]:
        print("All is well.")


def _findings() -> dict[str, Any]:
    from mftui.core.paths import cache_dir, data_dir, runs_dir
    from mftui.core.runs.session import threat
    from mftui.core.runs.versions import OF_A_RUN, installed

    places = {"data": data_dir(), "runs": runs_dir(), "cache": cache_dir()}
    free = {str(place): shutil.disk_usage(_existing(place)).free for place in places.values()}
    unwritable = [f"{place} can't be written." for place in places.values() if not os.access(_existing(place), os.W_OK)]
    full = [f"There is little room left for {place}." for place, left in free.items() if left < _ROOM]
    devices, trouble = _devices()
    return {
        "versions": installed((*OF_A_RUN, "numba", "scikit-learn", "textual")),
        "paths": {"python": sys.executable, **{name: str(place) for name, place in places.items()}},
        "devices": devices,
        "free": free,
        "warnings": [*unwritable, *full, *trouble, *filter(None, [threat()])],
    }


def _devices() -> tuple[dict[str, str], list[str]]:
    """Devices with their names, that which `auto` takes first, and what is wrong with torch."""
    try:
        from mftui.core.training.devices import name_of, present

        return {device: name_of(device) for device in present()}, []
    except (ImportError, OSError, RuntimeError) as error:
        return {}, [f"torch can't be loaded: {error}."]


def _existing(path: Path) -> Path:
    """The path, or the nearest directory above it that is there."""
    return path if path.exists() else _existing(path.parent)
