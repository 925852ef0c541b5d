"""Where mftui keeps things. Two environment variables move everything, which is also how tests stay apart."""

import os
from pathlib import Path

import platformdirs


def data_dir() -> Path:
    """What must not be lost: runs, and a person's own ratings and presets. `MFTUI_DATA_DIR` moves it."""
    return _told("MFTUI_DATA_DIR") or platformdirs.user_data_path("mftui", appauthor=False)


def cache_dir() -> Path:
    """What can be made again: downloads and binary copies of datasets. `MFTUI_CACHE_DIR` moves it."""
    return _told("MFTUI_CACHE_DIR") or platformdirs.user_cache_path("mftui", appauthor=False)


def runs_dir() -> Path:
    """The directory of run directories."""
    return data_dir() / "runs"


def presets_dir() -> Path:
    """A person's own presets, a document each."""
    return data_dir() / "presets"


def downloads_dir() -> Path:
    """Archives as their mirrors served them, verified."""
    return cache_dir() / "downloads"


def ratings_cache_dir() -> Path:
    """Binary copies of datasets that were read once."""
    return cache_dir() / "ratings"


def _told(variable: str) -> Path | None:
    """The folder that a variable names, wherever a process works that inherits it; a service's `~` is no shell's."""
    folder = os.environ.get(variable)
    return Path(folder).expanduser().absolute() if folder else None
