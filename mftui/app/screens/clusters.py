"""The Clusters screen: what the current run's model has learnt, as groups of movies that it finds alike."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import msgspec
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from mftui.app import jobs
from mftui.app.actions import CLUSTERS, bindings
from mftui.app.cluster_cloud import Plane, cloud_of, kept_tsne, plane_of
from mftui.app.cluster_index import ClusterIndex, Group, Place
from mftui.app.reports import Report
from mftui.app.screens.factor_export import FactorExport
from mftui.app.verdicts import not_yet
from mftui.app.widgets.cluster_map import ClusterMap
from mftui.app.widgets.filter_line import FilterLine
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.rows import Column
from mftui.app.widgets.table import Table
from mftui.core.clusters import report
from mftui.core.clusters.report import Clusters
from mftui.core.errors import MftuiError
from mftui.core.runs.directory import Run
from mftui.core.text import clean


def _or_last(value: float | None) -> float:
    """For sorting: movies that are in no cluster come last."""
    return float("inf") if value is None else value


def _or_dash(form: str) -> Callable[[float | None], str]:
    return lambda value: "-" if value is None else format(value, form)


_GROUPS = (
    Column("#", width=4, numeric=True, ascending=True, show=_or_dash("d"), key=_or_last),
    Column("Movies", width=6, numeric=True, show="{:,}".format),
    Column("Spread", width=6, numeric=True, ascending=True, show=_or_dash(".3f"), key=_or_last),
    Column("Set apart by", muted=True),
)
_MOVIES = (
    Column("Movie"),
    Column("Ratings", width=9, numeric=True, show="{:,}".format),
    Column("Distance", width=10, numeric=True, ascending=True, show="{:.3f}".format),
    Column("Mean", width=6, numeric=True, show="{:.2f}".format),
)
_RATINGS = 1
_LAYING = "Laying out the movies"


class ClustersScreen(FactorExport):
    """Clusters on the left, the movies of the one under the cursor on the right."""

    TITLE = "Clusters"
    CSS_PATH = "clusters.tcss"
    ACTIONS = CLUSTERS
    BINDINGS = bindings(CLUSTERS)
    AUTO_FOCUS = "#groups"
    PAUSE = 0.3
    """Seconds after the last + or - until clustering begins, so that several at once are one."""
    HELP = (
        "Groups of movies whose factors lie close together (KMeans). A cluster is called after the genres, decades and "
        "other attributes that are more frequent there than among all movies, 3.1 times in Sci-Fi ×3.1, if chance "  # noqa: RUF001
        "doesn't explain it; else after two known movies near its centre. Spread is the mean distance of a cluster's "
        "movies from the centre: small means much alike. Movies are listed by how often they were rated, the "
        "notebook's top ten first; s sorts by closeness to the centre, mean rating or title. Movies the model never "
        "trained on are in no cluster: their factors mean nothing. / finds a movie and goes to its cluster. "
        "The map (m) is a flat picture of many dimensions: dots far apart differ, dots close together may differ too. "
        "By t-SNE (t) near movies are near, and how far groups lie apart means little."
    )

    @dataclass
    class LaidOut(Message):
        """The movies of a run have places in a plane, or there is a reason why not."""

        path: Path
        changed: int
        plane: Plane | None
        reason: str = ""

    def __init__(self) -> None:
        super().__init__()
        self._report = Report[Clusters]("clusters.json", report.read)
        self._made: dict[tuple[Path, int, int], Clusters] = {}
        """Clusters that were made here, by run, change of its report, and k."""
        self._index: ClusterIndex | None = None
        self._group: int | None = None
        """Which of the groups has its movies on the screen."""
        self._k = 0
        """How many clusters were asked for; those on the screen may be others until they are made."""
        self._found: list[Place] = []
        self._at = 0
        self._tsne = False
        """Whether the map shows near movies near, rather than the two widest directions."""
        self._plane: Plane | None = None
        self._plane_of: tuple[Path, int] | None = None
        """Which model the plane is of, or will be."""
        self._places: list[Place] = []
        """Where the movie of each dot is."""

    def compose_body(self) -> ComposeResult:
        """The panes, and what is said while there are no clusters."""
        with Horizontal(id="panes"):
            with Vertical(id="side"):
                with Vertical(id="left", classes="pane"):
                    yield Static(id="making", markup=False)
                    yield Table(*_GROUPS, id="groups")
                with Vertical(id="map-pane", classes="pane"):
                    yield ClusterMap(id="map")
            with Vertical(id="right", classes="pane"):
                yield FilterLine("a part of the title", id="find")
                yield Table(*_MOVIES, sort=_RATINGS, empty="There are no movies here.", id="cluster-movies")
        yield Offer()

    def show_run(self) -> None:
        """Draw the clusters when there are some, else say what to do."""
        app = self.workbench
        changed = self._report.look(app.current_run)
        content = self._report.content
        self.query_one("#panes").display = content is not None
        offer = self.query_one(Offer)
        offer.display = content is None
        if content is None:
            self._index = None
            title, words, keys = not_yet(app.history, app.state, "clusters")
            offer.show(title, words, keys, self._report.error or None)
        elif changed:
            self.workers.cancel_node(self)
            self._draw(content)

    def _draw(self, clusters: Clusters) -> None:
        self._index = ClusterIndex(clusters)
        self._k, self._group = clusters.k, None
        groups = self._index.groups
        table = self.query_one("#groups", Table)
        table.load(
            [
                [group.number for group in groups],
                [len(group.movies) for group in groups],
                [group.spread for group in groups],
                [group.label for group in groups],
            ]
        )
        self.query_one("#left", Vertical).border_title = f"{clusters.k} clusters"
        self.query_one("#left", Vertical).border_subtitle = _how_made(clusters)
        self._say("")
        self.query_one(FilterLine).clear()
        self._draw_map()

    # A cluster and its movies

    @on(Table.Highlighted, "#groups")
    def _take_group(self, message: Table.Highlighted) -> None:
        if self._index is not None and message.position not in (None, self._group):
            self._show_group(message.position)

    def _show_group(self, position: int) -> None:
        assert self._index is not None
        self._group = position
        group: Group = self._index.groups[position]
        pane = self.query_one("#right", Vertical)
        pane.border_title = Content(f"{group.title}  {len(group.movies):,} movies")
        pane.border_subtitle = Content(clean(group.label))
        self.query_one("#map-pane", Vertical).border_title = Content(clean(f"{group.title}  {group.label}"))
        self.query_one(ClusterMap).light(position)
        movies = group.movies
        self.query_one("#cluster-movies", Table).load(
            [
                [movie.title for movie in movies],
                [movie.ratings for movie in movies],
                [movie.distance for movie in movies],
                [movie.mean_rating for movie in movies],
            ]
        )

    def action_cluster(self, step: int) -> None:
        """To the next or the previous cluster."""
        self.query_one("#groups", Table).action_move(step)

    def action_sort(self) -> None:
        """Order the movies by the next column: ratings, closeness, mean rating, title."""
        self.query_one("#cluster-movies", Table).action_sort_next()

    def action_reverse(self) -> None:
        """Turn the order around."""
        self.query_one("#cluster-movies", Table).action_reverse()

    # Finding a movie

    def action_find(self) -> None:
        """Open the line to type into."""
        self.query_one(FilterLine).open()

    @on(FilterLine.Changed)
    def _find(self, message: FilterLine.Changed) -> None:
        self._found = self._index.find(message.text) if self._index is not None else []
        self._go_to_found(0)
        if message.text.strip() and not self._found:
            self.query_one(FilterLine).say("no movie")

    @on(FilterLine.Step)
    def _find_next(self, message: FilterLine.Step) -> None:
        self._go_to_found(self._at + message.rows)

    def _go_to_found(self, at: int) -> None:
        line = self.query_one(FilterLine)
        if not self._found:
            return line.say("")
        self._at = at % len(self._found)
        place = self._found[self._at]
        self._go_to(place)
        if place in self._places:
            self.query_one(ClusterMap).go_to(self._places.index(place))
        line.say(f"{self._at + 1:,} of {len(self._found):,}")

    def _go_to(self, place: Place) -> None:
        self.query_one("#groups", Table).go_to(place.group)
        if place.group != self._group:
            self._show_group(place.group)
        self.query_one("#cluster-movies", Table).go_to(place.movie)

    @on(FilterLine.Closed)
    def _close_find(self) -> None:
        self.query_one(FilterLine).clear()
        movies = self.query_one("#cluster-movies", Table)
        (self.query_one(ClusterMap) if self._map_alone else movies).focus()

    # The map

    @property
    def _map_alone(self) -> bool:
        """Whether the map stands in place of the lists."""
        return self.has_class("-map") and self.has_class("-narrow")

    def action_map(self) -> None:
        """Show the map, or put it away."""
        self.toggle_class("-map")
        self._draw_map()
        shown = self.has_class("-map")
        (self.query_one(ClusterMap) if shown else self.query_one("#groups", Table)).focus()
        self.refresh_bindings()

    def action_back(self) -> None:
        """Put the map away."""
        self.action_map()

    def action_zoom(self, steps: int) -> None:
        """Look closer, or see more."""
        self.query_one(ClusterMap).zoom(steps)

    def action_tsne(self) -> None:
        """Show the map by t-SNE, made in a child process if need be, or by the two widest directions again."""
        if (run := self.workbench.current_run) is None:
            return
        self._tsne = not self._tsne
        if self._tsne and kept_tsne(run) is None:
            self._say("Laying the movies out by t-SNE…")
            self.workbench.start_job(_LAYING, ["clusters", str(run.path), "--tsne"], lambda _: self._lay_out_anew())
        else:
            self._lay_out_anew()

    def _lay_out_anew(self) -> None:
        self._say("")
        self._plane_of = None
        self._draw_map()

    def show_job(self) -> None:
        """Say why an export or a map could not be made."""
        super().show_job()
        job = self.workbench.job
        if job is not None and job.error is not None and job.title == _LAYING and self._tsne:
            self._tsne = False
            self._say("")
            self.notify(job.error, title="No t-SNE", severity="error", markup=False)

    def _draw_map(self) -> None:
        """Draw the movies of the run as dots, laying them out first where that is still to be done."""
        run, wanted = self.workbench.current_run, self._report.changed
        if not self.has_class("-map") or self._index is None or run is None:
            return
        if self._plane_of != (run.path, wanted):
            self._plane_of, self._plane, self._places = (run.path, wanted), None, []
            self.query_one(ClusterMap).show(None, "Laying out the movies…")
            self._lay_out(run, wanted, self._tsne)
        elif self._plane is not None:
            cloud, self._places = cloud_of(self._plane, self._index)
            self.query_one(ClusterMap).show(cloud)
            self.query_one(ClusterMap).light(self._group or 0)

    @work(thread=True, exclusive=True, group="layout", exit_on_error=False)
    def _lay_out(self, run: Run, changed: int, tsne: bool) -> None:
        try:
            news = self.LaidOut(run.path, changed, plane_of(run, tsne))
        except (MftuiError, OSError) as error:
            news = self.LaidOut(run.path, changed, None, str(error))
        self.post_message(news)

    @on(LaidOut)
    def _take_plane(self, message: LaidOut) -> None:
        if self._plane_of != (message.path, message.changed):
            return
        self._plane = message.plane
        if message.plane is None:
            self.query_one(ClusterMap).show(None, f"No map: {clean(message.reason)}")
        else:
            self._draw_map()

    @on(ClusterMap.Chosen)
    def _go_to_dot(self, message: ClusterMap.Chosen) -> None:
        self._go_to(self._places[message.dot])

    # Another number of clusters

    def action_change_k(self, step: int) -> None:
        """Ask for one cluster more or fewer."""
        content, run = self._report.content, self.workbench.current_run
        if content is None or run is None:
            return
        n_movies = sum(cluster.size for cluster in content.clusters)
        self._k = max(1, min(self._k + step, n_movies))
        self.workers.cancel_node(self)
        made = content if self._k == content.k else self._made.get((run.path, self._report.changed, self._k))
        if made is not None:
            self._draw(made)
        else:
            self._say(f"Clustering into {self._k:,}…")
            self._cluster(run.path, self._report.changed, self._k)

    @work(exclusive=True, group="clustering", exit_on_error=False)
    async def _cluster(self, path: Path, changed: int, k: int) -> None:
        await asyncio.sleep(self.PAUSE)
        job = jobs.Job("")
        async with aclosing(jobs.follow("Clustering", ["clusters", str(path), "-k", str(k)])) as news:
            async for told in news:
                job = told
        try:
            clusters = msgspec.convert(job.result, Clusters) if job.error is None else None
        except msgspec.ValidationError as error:
            clusters, job = None, jobs.Job("", error=str(error))
        if clusters is not None:
            self._made[path, changed, k] = clusters
            self._draw(clusters)
        else:
            self._say("")
            self._k = len([g for g in self._index.groups if g.spread is not None]) if self._index else self._k
            self.notify(job.error or "", title="Not clustered", severity="error", markup=False)

    def _say(self, words: str) -> None:
        making = self.query_one("#making", Static)
        making.update(words)
        making.display = bool(words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to browse before there are clusters."""
        browsing = ("find", "cluster", "change_k", "sort", "reverse", "map", "export")
        if action in ("zoom", "back", "tsne"):
            return self.has_class("-map") and not isinstance(self.focused, Input)
        if action in browsing:
            return self._report.content is not None and not isinstance(self.focused, Input)
        return True


def _how_made(clusters: Clusters) -> str:
    """How the clusters came about, and whether they are more than chance."""
    words = f"KMeans, seed {clusters.seed}"
    if (structure := clusters.structure) is None:
        return words
    if not structure.is_there:
        return f"{words} · no more structure than chance"
    return f"{words} · silhouette {structure.silhouette:.2f}, chance {structure.random:.2f}"
