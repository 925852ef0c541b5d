"""A run's model with its movies where they are compared: made once for as long as its file stays the same."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mftui.core.clusters.space import Space
    from mftui.core.model import Factors
    from mftui.core.runs.directory import Run


def space_of(run: "Run") -> "Space":
    """Where the clusters of a run, its map and its cards compare movies."""
    from mftui.core.clusters.space import Space

    return Space.of_preset(run.record().config.preset)


def compared(run: "Run") -> "Factors":
    """The model, with the points of the run's space as the factors of its movies.

    Raises:
        MftuiError: the model or the run's record is damaged.
        OSError: there is no model.
    """
    return _compared(run.model, run.model.stat().st_mtime_ns, space_of(run))


@lru_cache(maxsize=1)
def _compared(model: Path, changed: int, space: "Space") -> "Factors":
    from mftui.core.model import Factors

    return space.compared(Factors.load(model))
