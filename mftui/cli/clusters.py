"""Groups of movies that a model finds alike: `clusters`, with its scan over k and its map."""

from typing import TYPE_CHECKING, Annotated

import typer

from mftui.cli.output import Json, RunName, print_json, print_table, progress_bar, say
from mftui.cli.reports import is_fresh
from mftui.core.clusters import USUAL_K, USUAL_SEED
from mftui.core.errors import RunError, SettingError, UnknownItem
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.clusters.report import Clusters
    from mftui.core.clusters.scan import Scan
    from mftui.core.clusters.space import Space
    from mftui.core.runs.directory import Run

SpaceName = Annotated[
    str, typer.Option("--space", metavar="raw|product", help="Compare item factors, or what they do to the users.")
]

_FEWEST = 4
"""Movies that a t-SNE needs."""
_LISTED = 10
"""Movies of a cluster that are listed, as in the notebook."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(clusters)


def clusters(
    run: RunName,
    k: Annotated[
        int | None, typer.Option("-k", min=1, help=f"How many clusters; at most {USUAL_K}, if not given.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of KMeans.")] = USUAL_SEED,
    space: SpaceName = "",
    unit: Annotated[
        bool | None, typer.Option("--unit/--no-unit", help="Whether only the directions of movies count.")
    ] = None,
    weighted: Annotated[
        bool, typer.Option("--weighted", help="Count each movie as often as it was rated in training.")
    ] = False,
    scan: Annotated[
        str, typer.Option(metavar="2..20", help="Try these numbers of clusters instead, and say how each does.")
    ] = "",
    tsne: Annotated[
        bool, typer.Option("--tsne", help="Lay the movies out by t-SNE instead, and keep that in the run directory.")
    ] = False,
    json: Json = False,
) -> None:
    """List the ten most-rated movies of each cluster of movies that the model finds alike."""
    from mftui.core.runs.directory import find

    if scan and tsne:
        raise SettingError("scan", "--scan and --tsne are two different things to do.", "Ask for one after the other.")
    from_run = find(run)
    where = space_of(from_run, space, unit)
    if tsne:
        _lay_out(from_run, seed, where, json)
        return
    if scan:
        _scan(from_run, _range(scan), seed, where, weighted, json)
        return
    found = _clusters(from_run, k, seed, where, weighted)
    if json:
        print_json(found)
        return
    print_clusters(found)
    if found.structure is not None:
        say(f"{_how_made(found)}, {_order(found)}; {found.structure}.")
    if found.untrained:
        say(f"In no cluster, since the model never trained on them: {len(found.untrained):,} movies.")


def print_clusters(found: "Clusters") -> None:
    """Print clusters as the notebook listed them."""
    for group in found.clusters:
        print(f"Cluster #{group.cluster}")
        for movie in group.movies[:_LISTED]:
            print("\t", clean(movie.title))


def space_of(run: "Run", kind: str, unit: bool | None) -> "Space":
    """The space of the run's preset, but for what the person says."""
    from mftui.core.clusters.space import Space

    own = Space.of_preset(run.record().config.preset)
    return Space.named(kind or own.kind, own.unit if unit is None else unit)


def _how_made(made: "Clusters | Scan") -> str:
    """By what, and in which space."""
    from mftui.core.clusters.space import Space

    by = "KMeans weighted by popularity" if made.weighted else "KMeans"
    return f"{by}, seed {made.seed}, on the {Space.named(made.space, made.unit)}"


def _order(made: "Clusters") -> str:
    """How they are numbered."""
    from mftui.core.clusters.report import is_by_size

    return "the largest first" if is_by_size(made.space) else "in its own order"


def _range(words: str) -> range:
    """The numbers from the first to the last.

    Raises:
        SettingError: that is not what the words say.
    """
    first, dots, last = words.partition("..")
    if dots and first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last):
        return range(int(first), int(last) + 1)
    raise SettingError("scan", f"--scan {words} is not a range of numbers of clusters.", "Write it as 2..20.")


def _scan(run: "Run", ks: range, seed: int, space: "Space", weighted: bool, json: bool) -> None:
    """Cluster into each of these numbers, and say how they do beside chance."""
    from mftui.core.clusters.points import Points
    from mftui.core.clusters.scan import scan
    from mftui.core.runs.rows import model_and_ratings

    with progress_bar() as progress:
        points = Points.of(*model_and_ratings(run, progress), space, weighted)
        found = scan(points, ks, seed, progress)
    if json:
        print_json(found)
        return
    rows = [
        (t.k, t.inertia, *((t.structure.silhouette, t.structure.random) if t.structure else (None, None)))
        for t in found.trials
    ]
    print_table(("k", "inertia", "silhouette", "random points"), rows)
    say(f"{found.movies:,} movies, {_how_made(found)}.")
    say(f"A suggestion, never a decision: {found}.")


def _lay_out(run: "Run", seed: int, space: "Space", json: bool) -> None:
    """Make the t-SNE of a run, or find it made, and say where it is."""
    import numpy as np

    from mftui.core.clusters.layout import tsne
    from mftui.core.clusters.neighbourhoods import Neighbourhoods, kept
    from mftui.core.runs.parts import model_of
    from mftui.core.runs.rows import model_and_ratings

    def make() -> Neighbourhoods:
        with progress_bar() as progress:
            factors, ratings = model_and_ratings(run, progress)
            items = np.flatnonzero(factors.item_counts > 0)
            if len(items) < _FEWEST:
                raise UnknownItem(f"{run.name} has {len(items)} trained movies, too few to lay out.")
            progress(f"laying out {len(items):,} movies", None)
            points = tsne(space.points(factors)[items], seed)
        ids = [str(item) for item in ratings.item_ids[items].tolist()]
        return Neighbourhoods(seed, str(space), ids, [(float(x), float(y)) for x, y in points])

    made = kept(run.path, model_of(run), seed, str(space), make)
    if json:
        print_json(made)
    else:
        print(f"{len(made.points):,} movies are laid out by t-SNE (seed {seed}, {space}): map-tsne.json of {run.name}.")


def _clusters(run: "Run", k: int | None, seed: int, space: "Space", weighted: bool) -> "Clusters":
    """The run's clusters where they are just these; else made now, and kept only where a run lacks its own."""
    from mftui.core.clusters import cluster, report
    from mftui.core.runs.parts import model_of
    from mftui.core.runs.rows import model_and_ratings

    if is_fresh(run.path / "clusters.json", model_of(run)):
        try:
            found = report.read(run.path)
            wanted = (seed, space.kind, space.unit, weighted)
            is_made = found and (found.seed, found.space, found.unit, found.weighted) == wanted
            if found and is_made and k in (None, found.k):
                return found
        except RunError as error:
            say(f"{error.message} The clusters are made anew.")
    with progress_bar() as progress:
        made = cluster(*model_and_ratings(run, progress), k, seed, space, weighted)
    own = (None, USUAL_SEED, space_of(run, "", None), False)
    if (k, seed, space, weighted) == own and not (run.path / "clusters.json").exists():
        report.write(run.path, made)
    return made
