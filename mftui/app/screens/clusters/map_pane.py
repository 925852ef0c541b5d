"""The pane of the map: it lays the movies of a run out in a thread, and knows which dot is which movie."""

from dataclasses import dataclass, field
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from mftui.app.screens.clusters.cluster_cloud import Cloud, Plane, cloud_of, plane_of
from mftui.app.screens.clusters.cluster_index import ClusterIndex, Place
from mftui.app.screens.clusters.cluster_map import ClusterMap
from mftui.app.screens.clusters.cluster_tints import Tints
from mftui.core.clusters.report import ClusteredItem
from mftui.core.errors import MftuiError
from mftui.core.runs.directory import Run
from mftui.core.text import clean


class MapPane(Vertical):
    """Draws nothing before it is shown: a model is read only for those who want to see the map."""

    @dataclass
    class Chosen(Message):
        """A dot was chosen."""

        place: Place

    @dataclass
    class LaidOut(Message):
        """The movies of a run are dots in a plane, or there is a reason why not."""

        of: tuple[Path, int, bool]
        index: ClusterIndex
        plane: Plane | None = None
        cloud: Cloud | None = None
        dots: dict[Place, int] = field(default_factory=dict)
        """The dot of each movie that has one."""
        reason: str = ""

    def __init__(self, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self.tsne = False
        """Whether near movies are near, rather than the two widest directions shown."""
        self._wanted: tuple[Path, int, bool] | None = None
        """Which model is to be drawn, and how it is laid out."""
        self._index: ClusterIndex | None = None
        self._group = 0
        self._movie: ClusteredItem | None = None
        """The movie that the cursor is to stand on."""
        self._shown: MapPane.LaidOut | None = None
        """What is on the map."""

    def compose(self) -> ComposeResult:
        """Nothing but the map."""
        yield ClusterMap(id="map")

    @property
    def map(self) -> ClusterMap:
        """The map itself."""
        return self.query_one(ClusterMap)

    def show(self, run: Run, changed: int, index: ClusterIndex, tints: Tints, group: int) -> None:
        """Draw the movies of a run as dots, laying them out first where that is still to be done.

        Args:
            run: whose model it is.
            changed: when its report was last replaced: the model is another then.
            index: the clusters.
            tints: their colours.
            group: which of them is lit.
        """
        wanted, before = (run.path, changed, self.tsne), (self._wanted, self._index)
        self._wanted, self._index = wanted, index
        if before != (wanted, index):
            plane = self._shown.plane if self._shown is not None and self._shown.of == wanted else None
            if plane is None:
                self._shown = None
                self.map.show(None, "Laying out the movies…")
            self._lay_out(run, wanted, index, tints, plane)
        self._group, lit = group, index.groups[group]
        self.border_title = Content(clean(f"{lit.title}  {lit.label}"))
        self.map.light(group)

    def go_to(self, movie: ClusteredItem) -> None:
        """Put the cursor on a movie's dot, where it has one."""
        self._movie = movie
        if self._shown is not None:
            place = self._shown.index.places.get(movie.item_id)
            if place in self._shown.dots:
                self.map.go_to(self._shown.dots[place])

    @work(thread=True, exclusive=True, group="layout", exit_on_error=False)
    def _lay_out(
        self, run: Run, wanted: tuple[Path, int, bool], index: ClusterIndex, tints: Tints, plane: Plane | None
    ) -> None:
        try:
            plane = plane or plane_of(run, wanted[2])
            cloud, places = cloud_of(plane, index, tints)
            news = self.LaidOut(wanted, index, plane, cloud, {place: dot for dot, place in enumerate(places)})
        except (MftuiError, OSError) as error:
            news = self.LaidOut(wanted, index, reason=str(error))
        self.post_message(news)

    @on(LaidOut)
    def _take(self, message: LaidOut) -> None:
        message.stop()
        if (message.of, message.index) != (self._wanted, self._index):
            return
        if message.cloud is None:
            self.map.show(None, f"No map: {clean(message.reason)}")
            return
        self.map.show(message.cloud, keep_view=self._shown is not None)
        self.map.light(self._group)
        self._shown = message
        if self._movie is not None:
            self.go_to(self._movie)

    @on(ClusterMap.Chosen)
    def _go_to_dot(self, message: ClusterMap.Chosen) -> None:
        message.stop()
        if self._shown is not None:
            self.post_message(self.Chosen(list(self._shown.dots)[message.dot]))
