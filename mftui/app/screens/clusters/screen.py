"""The Clusters screen: what the current run's model has learnt, as groups of movies that it finds alike."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from mftui.app.actions import CLUSTERS, bindings
from mftui.app.reports import Report
from mftui.app.screens.cards.movie_panel import MoviePanel
from mftui.app.screens.clusters.card_pane import CardPane
from mftui.app.screens.clusters.cluster_cloud import kept_tsne
from mftui.app.screens.clusters.cluster_index import ClusterIndex, Place
from mftui.app.screens.clusters.cluster_tints import Tints
from mftui.app.screens.clusters.groups_pane import GroupsPane, GroupTable
from mftui.app.screens.clusters.map_pane import MapPane
from mftui.app.screens.clusters.movies_pane import MoviesPane
from mftui.app.screens.clusters.other_clusters import OtherClusters
from mftui.app.verdicts import not_yet
from mftui.app.widgets.filter_line import FilterLine
from mftui.app.widgets.offer import Offer
from mftui.app.widgets.progress import Progress
from mftui.app.widgets.table import Table
from mftui.core.clusters import report
from mftui.core.clusters.report import Clusters
from mftui.core.runs.history import State

_LAYING = "Laying out the movies"
_FOCUS = {"": "#groups", "map": "#map", "card": "#alike"}
"""What has the keys, by what is below the clusters."""
_BROWSING = (
    "find", "cluster", "change_k", "how_many", "weigh", "sort", "reverse", "look", "map", "export", "zoom", "tsne",
    "back", "cancel",
)  # fmt: skip


class ClustersScreen(OtherClusters):
    """Clusters on the left, the movies of the one under the cursor on the right, the map or a movie's card below."""

    TITLE = "Clusters"
    CSS_PATH = "screen.tcss"
    ACTIONS = CLUSTERS
    BINDINGS = bindings(CLUSTERS)
    AUTO_FOCUS = "#groups"
    HELP = (
        "Groups of movies whose factors lie close together (KMeans). A cluster is called after the genres, decades and "
        "other attributes that are more frequent there than among all movies, 3.1 times in Sci-Fi ×3.1, if chance "  # noqa: RUF001
        "doesn't explain it; else after two known movies near its centre. Most movies of one that is rarely rated have "
        "fewer than ten ratings, of which a model learns little. Clusters are numbered by size, the largest 0; "
        "those of the preset notebook as KMeans numbers them, so that they are the notebook's. Spread is the mean "
        "distance of a cluster's movies from the centre: small means much alike. Movies are listed by how often they "
        "were rated, the notebook's top ten first; s sorts by closeness to the centre, mean rating, title or year. "
        "Movies the model never trained on are in no cluster: their factors mean nothing. / finds a movie and goes to "
        "its cluster. "
        "With another number of clusters (+ and -) each keeps the colour of the one whose movies it has. n tries 2 to "
        "20 and shows how each does. p lets every movie count as often as it was rated. "
        "The map (m) is a flat picture of many dimensions: dots far apart differ, dots close together may differ too. "
        "Arrows go from dot to dot; z and Z zoom, H J K L or shift and an arrow look beside. "
        "By t-SNE (t) near movies are near, and how far groups lie apart means little. "
        "enter opens a movie's card; on it enter walks on to a movie that is alike, and backspace walks back."
    )

    def __init__(self) -> None:
        super().__init__()
        self._report = Report[Clusters]("clusters.json", report.read)
        self._group = 0
        """Which of the groups has its movies on the screen."""

    def compose_body(self) -> ComposeResult:
        """The panes, and what is said while there are no clusters."""
        with Horizontal(id="panes"):
            with Vertical(id="side"):
                yield GroupsPane(id="left")
                yield MapPane(id="map-pane")
                yield CardPane(lambda: self.workbench.current_run, id="card-pane")
            yield MoviesPane(id="right")
        yield Progress(id="job")
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
            self.index = None
            title, words, keys = not_yet(app.history, app.state, "clusters")
            run = app.current_run
            if run is not None and app.state is State.FINISHED and run.model.exists() and not self._report.error:
                self.make_own(run)
                title, words, keys = f"{run.name} has no clusters yet", "They are being made…" * (not self.why_not), {}
            offer.show(title, words, keys, self._report.error or self.why_not or None)
        elif changed and app.current_run is not None:
            self.begin(app.current_run, content, self._report.changed)
            self.refresh_bindings()

    def draw(self, clusters: Clusters, tints: Tints) -> None:
        """Draw these clusters, the cursor on the one that goes on where the cursor was."""
        before, self.index, self.tints = self.index, ClusterIndex(clusters), tints
        was = before.groups[self._group].number if before is not None else None
        numbers = [group.number for group in self.index.groups]
        goes_on = (at for at, number in enumerate(numbers) if number is not None and tints.goes_on.get(number) == was)
        self._group = next(goes_on, 0) if was is not None else 0
        self.query_one(GroupsPane).show(self.index, tints, self._group)
        self.say("")
        if before is None:
            self.query_one(CardPane).forget()
        self.query_one(MoviesPane).take(self.index, anew=before is None)
        self._show_group(self._group)

    # A cluster and its movies

    @on(Table.Highlighted, "#groups")
    def _take_group(self, message: Table.Highlighted) -> None:
        if self.index is not None and message.position not in (None, self._group):
            self._show_group(message.position)

    def _show_group(self, position: int) -> None:
        if self.index is not None:
            self._group = position
            self.query_one(MoviesPane).show(self.index.groups[position])
            self._draw_map()

    def _go_to(self, place: Place) -> None:
        self.query_one(GroupTable).go_to(place.group)
        if place.group != self._group:
            self._show_group(place.group)
        self.query_one(MoviesPane).table.go_to(place.movie)

    @on(MoviesPane.Found)
    @on(MapPane.Chosen)
    def _go_to_found(self, message: MoviesPane.Found | MapPane.Chosen) -> None:
        self._go_to(message.place)

    def action_cluster(self, step: int) -> None:
        """To the next or the previous cluster."""
        self.query_one(GroupTable).action_move(step)

    def action_sort(self) -> None:
        """Order the movies by the next column: ratings, closeness, mean rating, title, year."""
        self.query_one(MoviesPane).table.action_sort_next()

    def action_reverse(self) -> None:
        """Turn the order around."""
        self.query_one(MoviesPane).table.action_reverse()

    def action_find(self) -> None:
        """Open the line to type into."""
        self.add_class("-finding")
        self.query_one(MoviesPane).find()

    @on(FilterLine.Closed)
    def _close_find(self) -> None:
        self.remove_class("-finding")
        is_alone = self.has_class("-narrow") and self._below != ""
        (self.query_one(_FOCUS[self._below]) if is_alone else self.query_one(MoviesPane).table).focus()

    # Below: the map, or the card of a movie

    @property
    def _below(self) -> str:
        return next((name for name in ("map", "card") if self.has_class(f"-{name}")), "")

    @property
    def _map_is_shown(self) -> bool:
        """Where there is room the map always stands below, but for a card in its place."""
        has_room = self.has_class("-wide") and self.has_class("-high")
        return self._below == "map" or (has_room and self._below == "")

    def on_resize(self) -> None:
        """There may be room for the map now."""
        self.call_after_refresh(self._draw_map)

    def _show_below(self, name: str) -> None:
        """Show the map or the card, and give it the keys; the empty name shows neither."""
        came_from_card = self._below == "card"
        for pane in ("map", "card"):
            self.set_class(pane == name, f"-{pane}")
        self.query_one("#cluster-movies" if came_from_card and not name else _FOCUS[name]).focus()
        self.refresh_bindings()
        self._draw_map()

    def action_map(self) -> None:
        """Go into the map, which opens where it isn't shown, or leave it."""
        self._show_below("" if self._below == "map" else "map")

    def action_look(self) -> None:
        """From the clusters to the movies, from a movie to its card."""
        movies = self.query_one(MoviesPane)
        if self.focused is self.query_one(GroupTable):
            movies.table.focus()
        elif movies.movie is not None:
            self._show_below("card")
            self.query_one(CardPane).open(movies.movie)

    @on(Table.Selected)
    def _selected(self) -> None:
        self.action_look()

    def action_back(self) -> None:
        """Put the map or the card away."""
        self._show_below("")

    @on(MoviesPane.At)
    def _follow_movie(self, message: MoviesPane.At) -> None:
        """Let the map's cursor and the card go where the cursor of the list goes."""
        self.query_one(MapPane).go_to(message.movie)
        if self._below == "card":
            self.query_one(CardPane).follow(lambda: self.query_one(MoviesPane).movie)

    @on(MoviePanel.Turned)
    def _walk(self, message: MoviePanel.Turned) -> None:
        if self.index is not None and (place := self.index.places.get(message.item_id)) is not None:
            self._go_to(place)

    def _draw_map(self) -> None:
        run, index = self.workbench.current_run, self.index
        if self._map_is_shown and index is not None and run is not None:
            self.query_one(MapPane).show(run, self._report.changed, index, self.tints, self._group)

    def action_zoom(self, steps: int) -> None:
        """Look closer, or see more."""
        self.query_one(MapPane).map.zoom(steps)

    def action_tsne(self) -> None:
        """Show the map by t-SNE, made in a child process if need be, or by the two widest directions again."""
        if (run := self.workbench.current_run) is None:
            return
        pane = self.query_one(MapPane)
        pane.tsne = not pane.tsne
        if pane.tsne and kept_tsne(run) is None:
            self.say("Laying the movies out by t-SNE…")
            self.workbench.start_job(_LAYING, ["clusters", str(run.path), "--tsne"], lambda _: self._lay_out_anew())
        else:
            self._lay_out_anew()

    def _lay_out_anew(self) -> None:
        self.say("")
        self._draw_map()

    def show_job(self) -> None:
        """Say why an export or a map could not be made."""
        super().show_job()
        job, pane = self.workbench.job, self.query_one(MapPane)
        if job is not None and job.error is not None and job.title == _LAYING and pane.tsne:
            pane.tsne = False
            self.say("")
            self.notify(job.error, title="No t-SNE", severity="error", markup=False)

    def say(self, words: str) -> None:
        """Say above the clusters what is being done; nothing with an empty text."""
        self.query_one(GroupsPane).say(words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to browse before there are clusters."""
        if isinstance(self.focused, Input):
            return action not in _BROWSING
        if action == "cancel":
            return self.is_busy()
        if action in ("zoom", "tsne"):
            return self._map_is_shown
        if action == "back":
            return self._below != ""
        return action not in _BROWSING or self._report.content is not None
