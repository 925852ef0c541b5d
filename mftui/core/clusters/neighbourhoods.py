"""Items laid out in a plane so that near ones stay near; it takes seconds to minutes, so a run directory keeps it."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from mftui.core.documents import read_document, write_document
from mftui.core.errors import RunError

_FILE = "map-tsne.json"


class Neighbourhoods(Struct, frozen=True):
    """What `map-tsne.json` holds."""

    seed: int
    space: str
    """Where the items were compared, in words."""
    item_ids: list[str]
    """Of the trained items."""
    points: list[tuple[float, float]]
    """Their coordinates, centred."""


def read(directory: Path, model: Path, seed: int, space: str) -> Neighbourhoods | None:
    """The map of a run directory; None where there is none of this seed and space, or it is older than the model."""
    path = directory / _FILE
    try:
        found = read_document(path, Neighbourhoods)
        is_it = found is not None and (found.seed, found.space) == (seed, space)
        return found if is_it and path.stat().st_mtime_ns >= model.stat().st_mtime_ns else None
    except (RunError, OSError):
        return None


def kept(directory: Path, model: Path, seed: int, space: str, make: Callable[[], Neighbourhoods]) -> Neighbourhoods:
    """The map of a run directory if it is of this seed and space, else made and kept."""
    if (found := read(directory, model, seed, space)) is not None:
        return found
    made = make()
    write_document(directory / _FILE, made)
    return made
