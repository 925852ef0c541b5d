"""What a model would show somebody: `recommend`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from mftui.cli.output import Json, RunName, print_json, print_table, progress_bar, say
from mftui.cli.titles import item_called
from mftui.core.errors import ModelError, SettingError, UnknownItem
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.data.ratings import Ratings
    from mftui.core.model import Factors
    from mftui.core.recommend import Recommendation
    from mftui.core.runs.config import Config


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(recommend)


def recommend(
    run: RunName,
    user: Annotated[str, typer.Option("--user", metavar="ID", help="A user of the dataset.")] = "",
    rate: Annotated[
        list[str] | None,
        typer.Option("--rate", metavar="TITLE=RATING", help='A rating of yours, as in "Star Wars=5"; repeat it.'),
    ] = None,
    n: Annotated[int, typer.Option("-n", min=1, help="How many movies.")] = 10,
    json: Json = False,
) -> None:
    """Show what a model recommends to a user of the dataset, or to you by a few ratings of yours, and why."""
    from mftui.core.model import Factors
    from mftui.core.runs.directory import find
    from mftui.core.runs.rows import ratings_of

    if bool(user) == bool(rate):
        raise SettingError("user", "Say for whom: either --user or --rate.", 'As in: --rate "Star Wars=5".')
    found = find(run)
    record = found.record()
    with progress_bar() as progress:
        factors, ratings = Factors.load(found.model), ratings_of(record, progress)
    if factors.n_items != ratings.n_items or factors.n_users != ratings.n_users:
        raise ModelError(f"The model of {found.name} was trained on other ratings than {ratings.name}.")
    if user:
        _for_a_user(user, factors, ratings, record.config, n, json)
    else:
        _for_you(rate or [], factors, ratings, record.config, n, json)


def _for_a_user(user: str, factors: "Factors", ratings: "Ratings", config: "Config", n: int, json: bool) -> None:
    """By the factors that the model has of them; beside it, what they gave where a test row tells."""
    import numpy as np

    from mftui.core.recommend import for_user
    from mftui.core.runs.rows import split_of

    at = _user_called(user, ratings)
    parts = split_of(config, ratings)
    known, held_out = np.concatenate([parts.train, parts.validation]), parts.test
    seen = ratings.items[known[ratings.users[known] == at]]
    tested = held_out[ratings.users[held_out] == at]
    gave = dict(zip(ratings.items[tested].tolist(), ratings.values[tested].tolist(), strict=True))
    chosen = for_user(factors, at, n, seen)
    if json:
        movies = [{**_entry(one, factors, ratings), "test_rating": gave.get(one.item)} for one in chosen]
        print_json({"user": user, "kind": factors.kind, "rated": len(seen), "recommended": movies})
        return
    print(f"For user {clean(user)}, who has rated {len(seen):,} movies of the training rows:")
    rows = [(*_cells(one, factors, ratings), gave.get(one.item)) for one in chosen]
    print_table((*_headings(factors), "test rating"), rows)


def _for_you(rate: Sequence[str], factors: "Factors", ratings: "Ratings", config: "Config", n: int, json: bool) -> None:
    """By folding in the ratings that were given."""
    import numpy as np

    from mftui.core.recommend import fold_in, for_new_user

    given = dict(_rating(text, ratings) for text in rate)
    items, values = np.array(list(given), np.int64), np.array(list(given.values()), np.float32)
    for item in items[factors.item_counts[items] == 0].tolist():
        say(f"{ratings.titles[item]} tells nothing: the model never trained on it.")
    person = fold_in(factors, config.solver, items, values)
    chosen = for_new_user(person, n, exclude=items)
    if json:
        rated = [
            {"item_id": str(ratings.item_ids[item]), "title": str(ratings.titles[item]), "rating": value}
            for item, value in given.items()
        ]
        recommended = [_entry(one, factors, ratings) for one in chosen]
        print_json({"rated": rated, "kind": factors.kind, "recommended": recommended})
        return
    print(f"For you, by {len(given)} rating{'s' if len(given) > 1 else ''}, and how much each speaks for it:")
    rows = [(*_cells(one, factors, ratings), _reasons(one, ratings)) for one in chosen]
    print_table((*_headings(factors), "because of"), rows)


def _headings(factors: "Factors") -> tuple[str, str, str]:
    return "title", "score" if factors.kind == "score" else "predicted rating", "training ratings"


def _cells(one: "Recommendation", factors: "Factors", ratings: "Ratings") -> tuple[str, float, int]:
    return str(ratings.titles[one.item]), one.predicted, int(factors.item_counts[one.item])


def _entry(one: "Recommendation", factors: "Factors", ratings: "Ratings") -> dict[str, object]:
    """A recommendation as JSON has it."""
    because = [
        {"item_id": str(ratings.item_ids[r.item]), "title": str(ratings.titles[r.item]), "adds": r.adds}
        for r in one.because
    ]
    movie = {"item_id": str(ratings.item_ids[one.item]), "title": str(ratings.titles[one.item])}
    trained = int(factors.item_counts[one.item])
    return {**movie, "predicted": one.predicted, "training_ratings": trained, "because": because}


def _reasons(one: "Recommendation", ratings: "Ratings") -> str:
    return "; ".join(f"{ratings.titles[reason.item]} +{reason.adds:.2f}" for reason in one.because)


def _user_called(user: str, ratings: "Ratings") -> int:
    """The position of a user by their id.

    Raises:
        UnknownItem: there is none.
    """
    import numpy as np

    found = np.flatnonzero(ratings.user_ids.astype(np.str_) == user)
    if not len(found):
        raise UnknownItem(f"{ratings.name} has no user {user!r}.", f"Its first is {ratings.user_ids[0]}.")
    return int(found[0])


def _rating(text: str, ratings: "Ratings") -> tuple[int, float]:
    """The movie and the rating of one `--rate`.

    Raises:
        SettingError: it holds no rating on the scale.
        UnknownItem: no title fits, or several fit equally well.
    """
    title, _, value = text.rpartition("=")
    lowest, highest, _ = ratings.scale
    try:
        rating = float(value)
    except ValueError:
        rating = float("nan")
    if not title.strip() or not lowest <= rating <= highest:
        raise SettingError(
            "rate", f"--rate {text!r} has no rating from {lowest:g} to {highest:g}.", 'Write --rate "Star Wars=5".'
        )
    return item_called(title.strip(), ratings), rating
