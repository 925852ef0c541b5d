"""The dots of the clusters' map: a model's plane matched with the groups of a report, made in a thread."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mftui.app.compared import compared, space_of
from mftui.app.screens.clusters.cluster_index import ClusterIndex, Place
from mftui.app.screens.clusters.cluster_map import Cloud
from mftui.app.screens.clusters.cluster_tints import Tints
from mftui.core.runs.directory import Run

if TYPE_CHECKING:
    from mftui.core.clusters.neighbourhoods import Neighbourhoods
    from mftui.core.model.factors import FloatArray


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
    return Cloud(plane.points[known], groups, np.array(of_groups, np.uint8), titles, plane.words), found
