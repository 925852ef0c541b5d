"""The movies that a model finds most like one: `similar`."""

from typing import Annotated

import typer

from mftui.cli.clusters import SpaceName, space_of
from mftui.cli.output import Json, RunName, print_json, print_table, progress_bar
from mftui.cli.titles import item_called
from mftui.core.errors import UnknownItem
from mftui.core.text import clean


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(similar)


def similar(
    run: RunName,
    title: Annotated[str, typer.Argument(help="A movie's title, with or without its year.")],
    n: Annotated[int, typer.Option("-n", min=1, help="How many movies.")] = 10,
    space: SpaceName = "",
    json: Json = False,
) -> None:
    """List the movies that the model finds closest to a movie, by cosine."""
    from mftui.core.clusters.space import Space
    from mftui.core.runs.directory import find
    from mftui.core.runs.rows import model_and_ratings

    found = find(run)
    where = space_of(found, space, None)
    with progress_bar() as progress:
        factors, ratings = model_and_ratings(found, progress)
    item = item_called(title, ratings)
    if factors.item_counts[item] == 0:
        raise UnknownItem(f"The model never trained on {ratings.titles[item]}.", "Its ratings are all held out.")
    items, cosines = where.compared(factors).similar(item, n)
    rows = [
        (str(ratings.item_ids[i]), str(ratings.titles[i]), float(cosine), int(factors.item_counts[i]))
        for i, cosine in zip(items.tolist(), cosines.tolist(), strict=True)
    ]
    if json:
        keys = ("item_id", "title", "cosine", "training_ratings")
        movie = {"item_id": str(ratings.item_ids[item]), "title": str(ratings.titles[item])}
        print_json({**movie, "space": where.kind, "similar": [dict(zip(keys, row, strict=True)) for row in rows]})
        return
    print(f"Closest to {clean(str(ratings.titles[item]))} by cosine, {Space(where.kind)}:")
    print_table(("title", "cosine", "training ratings"), [row[1:] for row in rows])
