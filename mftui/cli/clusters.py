"""The movies that a model finds alike: `clusters` and `similar`."""

from typing import TYPE_CHECKING, Annotated

import typer

from mftui.cli.output import Json, RunName, print_json, print_table, progress_bar, say
from mftui.cli.reports import is_fresh
from mftui.cli.titles import item_called
from mftui.core.errors import RunError, UnknownItem
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.clusters.report import Clusters
    from mftui.core.clusters.space import Space
    from mftui.core.runs.directory import Run

_FEWEST = 4
"""Movies that a t-SNE needs."""
_LISTED = 10
"""Movies of a cluster that are listed, as in the notebook."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(clusters)
    app.command()(similar)


def clusters(
    run: RunName,
    k: Annotated[int, typer.Option("-k", min=1, help="How many clusters.")] = 10,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of KMeans.")] = 0,
    space: Annotated[
        str, typer.Option(metavar="raw|product", help="Compare item factors, or what they do to the users.")
    ] = "",
    unit: Annotated[
        bool | None, typer.Option("--unit/--no-unit", help="Whether only the directions of movies count.")
    ] = None,
    tsne: Annotated[
        bool, typer.Option("--tsne", help="Lay the movies out by t-SNE instead, and keep that in the run directory.")
    ] = False,
    json: Json = False,
) -> None:
    """List the ten most-rated movies of each cluster of movies that the model finds alike."""
    from mftui.core.runs.directory import find

    if tsne:
        _lay_out(find(run), seed, space, unit, json)
        return
    found = _clusters(find(run), k, seed, space, unit)
    if json:
        print_json(found)
        return
    print_clusters(found)
    if found.structure is not None:
        say(f"KMeans, seed {seed}, on {found.space} factors{', unit length' * found.unit}; {found.structure}.")
    if found.untrained:
        say(f"In no cluster, since the model never trained on them: {len(found.untrained):,} movies.")


def similar(
    run: RunName,
    title: Annotated[str, typer.Argument(help="A movie's title, with or without its year.")],
    n: Annotated[int, typer.Option("-n", min=1, help="How many movies.")] = 10,
    json: Json = False,
) -> None:
    """List the movies whose factors lie closest to a movie's, by cosine."""
    from mftui.core.runs.directory import find
    from mftui.core.runs.rows import model_and_ratings

    found = find(run)
    with progress_bar() as progress:
        factors, ratings = model_and_ratings(found, progress)
    item = item_called(title, ratings)
    if factors.item_counts[item] == 0:
        raise UnknownItem(f"The model never trained on {ratings.titles[item]}.", "Its ratings are all held out.")
    items, cosines = factors.similar(item, n)
    rows = [
        (str(ratings.item_ids[i]), str(ratings.titles[i]), float(cosine), int(factors.item_counts[i]))
        for i, cosine in zip(items.tolist(), cosines.tolist(), strict=True)
    ]
    if json:
        keys = ("item_id", "title", "cosine", "training_ratings")
        movie = {"item_id": str(ratings.item_ids[item]), "title": str(ratings.titles[item])}
        print_json({**movie, "similar": [dict(zip(keys, row, strict=True)) for row in rows]})
        return
    print(f"Closest to {clean(str(ratings.titles[item]))} by the cosine of their {factors.n_factors} factors:")
    print_table(("title", "cosine", "training ratings"), [row[1:] for row in rows])


def print_clusters(found: "Clusters") -> None:
    """Print clusters as the notebook listed them."""
    for group in found.clusters:
        print(f"Cluster #{group.cluster}")
        for movie in group.movies[:_LISTED]:
            print("\t", clean(movie.title))


def _lay_out(run: "Run", seed: int, kind: str, unit: bool | None, json: bool) -> None:
    """Make the t-SNE of a run, or find it made, and say where it is."""
    import numpy as np

    from mftui.core.clusters.layout import tsne
    from mftui.core.clusters.neighbourhoods import Neighbourhoods, kept
    from mftui.core.runs.parts import model_of
    from mftui.core.runs.rows import model_and_ratings

    space = _space(run, kind, unit)

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


def _space(run: "Run", kind: str, unit: bool | None) -> "Space":
    """The space of the run's preset, but for what the person says."""
    from mftui.core.clusters.space import Space

    own = Space.of_preset(run.record().config.preset)
    return Space.named(kind or own.kind, own.unit if unit is None else unit)


def _clusters(run: "Run", k: int, seed: int, kind: str, unit: bool | None) -> "Clusters":
    """The run's clusters where they are of this k, seed and space; else made now, and not kept."""
    from mftui.core.clusters import cluster, report
    from mftui.core.runs.parts import model_of
    from mftui.core.runs.rows import model_and_ratings

    space = _space(run, kind, unit)
    if is_fresh(run.path / "clusters.json", model_of(run)):
        try:
            found = report.read(run.path)
            if found and (found.k, found.seed, found.space, found.unit) == (k, seed, space.kind, space.unit):
                return found
        except RunError as error:
            say(f"{error.message} The clusters are made anew.")
    with progress_bar() as progress:
        return cluster(*model_and_ratings(run, progress), k, seed, space)
