"""The dots of the clusters' map: a model's plane matched with the groups of a report, made in a thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mftui.app.compared import compared, space_of
from mftui.app.screens.clusters.cluster_index import ClusterIndex, Place
from mftui.app.screens.clusters.cluster_tints import Tints
from mftui.app.screens.clusters.map_numbers import middles
from mftui.core.runs.directory import Run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mftui.core.clusters.neighbourhoods import Neighbourhoods
    from mftui.core.model.factors import FloatArray


@dataclass(frozen=True, eq=False)
class Cloud:
    """The dots, and what is told of them."""

    points: "NDArray[np.float32]"
    """Where each lies, y upwards, `[n, 2]`."""
    groups: "NDArray[np.intp]"
    """Which group each belongs to, `[n]`."""
    tints: "NDArray[np.uint8]"
    """The tint of each group, below `N_TINTS`."""
    numbers: Sequence[str]
    """What each group is called on the map."""
    titles: Sequence[str]
    words: str
    """How it was made: "PCA, 42% of the variance"."""

    @cached_property
    def middles(self) -> dict[int, int]:
        """The dot in the middle of each group that has any."""
        return middles(self.points, self.groups)


@dataclass(frozen=True, eq=False)
class Plane:
    """A run's movies in a plane, before they have groups."""

    points: "FloatArray"
    """`[n, 2]`"""
    item_ids: list[str]
    """Of the movies in the plane, `[n]`."""
    words: str
    """How it was made."""


def kept_tsne(run: Run) -> "Neighbourhoods | None":
    """The t-SNE that `mftui clusters RUN --tsne` has made of the run's model; None where it has not."""
    from mftui.core.clusters import neighbourhoods

    return neighbourhoods.read(run.path, run.model, 0, str(space_of(run)))


def plane_of(run: Run, tsne: bool) -> Plane:
    """Lay out the movies of a run's model; imports NumPy and reads the model and the ratings.

    By t-SNE where that is asked for and the run directory has it, else by the two principal components.

    Raises:
        MftuiError: one of them is missing, damaged, or does not fit the other.
    """
    import numpy as np

    from mftui.core.clusters.layout import principal_plane
    from mftui.core.clusters.space import Space
    from mftui.core.runs.rows import model_and_ratings

    if tsne and (kept := kept_tsne(run)) is not None:
        return Plane(np.array(kept.points, np.float32), kept.item_ids, f"t-SNE, seed {kept.seed}")
    _, ratings = model_and_ratings(run)
    layout = principal_plane(compared(run), Space())
    ids = [str(item) for item in ratings.item_ids[layout.items].tolist()]
    return Plane(layout.points, ids, f"PCA, {layout.explained:.0%} of the variance")


def cloud_of(plane: Plane, index: ClusterIndex, tints: Tints) -> tuple[Cloud, list[Place]]:
    """The dots with the groups and titles of a report, and where each dot's movie is in it."""
    import numpy as np

    places = index.places
    known = [dot for dot, item in enumerate(plane.item_ids) if item in places]
    found = [places[plane.item_ids[dot]] for dot in known]
    titles = [index.groups[place.group].movies[place.movie].title for place in found]
    groups = np.array([place.group for place in found], np.intp)
    of_groups = [tints.of.get(group.number, 0) for group in index.groups if group.number is not None]
    numbers = ["" if group.number is None else str(group.number) for group in index.groups]
    return Cloud(plane.points[known], groups, np.array(of_groups, np.uint8), numbers, titles, plane.words), found
