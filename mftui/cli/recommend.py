"""What a model would show somebody: `recommend`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mftui.cli.output import Json, RunName, print_json, print_table, progress_bar, say
from mftui.cli.titles import item_called
from mftui.core.errors import SettingError, UnknownItem
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.data.ratings import Ratings
    from mftui.core.model import Factors
    from mftui.core.recommend import Recommendation, Recommender, Wishes


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
    all_users: Annotated[bool, typer.Option("--all-users", help="Every user of the dataset, into a file.")] = False,
    n: Annotated[int, typer.Option("-n", "-k", min=1, help="How many movies.")] = 10,
    genre: Annotated[str, typer.Option(help="Only movies of this genre.")] = "",
    decade: Annotated[int, typer.Option(metavar="YEAR", help="Only movies of these ten years, as 1990.")] = 0,
    min_ratings: Annotated[int, typer.Option(min=0, help="Only movies with so many training ratings.")] = 10,
    hide_popular: Annotated[float, typer.Option(help="Leave out this share of the movies, the most rated.")] = 0.0,
    diversity: Annotated[float, typer.Option(help="From 0, the best, to 1, as varied as can be.")] = 0.0,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="For --all-users: a .csv, .jsonl or .parquet file.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what a model recommends to a user of the dataset, or to you by a few ratings of yours, and why."""
    from mftui.core.recommend import Recommender, Wishes
    from mftui.core.runs.directory import find

    if sum(map(bool, (user, rate, all_users))) != 1:
        raise SettingError(
            "user", "Say for whom: either --user, --rate or --all-users.", 'As in: --rate "Star Wars=5".'
        )
    if all_users != (output is not None):
        raise SettingError("output", "--all-users and --output go together.", "As in: --all-users -o recs.parquet.")
    wishes = Wishes(genre, decade // 10 * 10 or None, min_ratings, hide_popular, diversity).checked()
    with progress_bar() as progress:
        recommender = Recommender.of(find(run), progress)
    if genre:
        _check_genre(genre, recommender.ratings)
    if output is not None:
        _for_all(output, recommender, wishes, n, json)
    elif user:
        _for_a_user(user, recommender, wishes, n, json)
    else:
        _for_you(rate or [], recommender, wishes, n, json)


def _for_all(output: Path, recommender: "Recommender", wishes: "Wishes", n: int, json: bool) -> None:
    """The best n of every trained user, written as they are found."""
    from mftui.core.recommend.batch import write_all

    with progress_bar() as progress:
        n_users = write_all(output, recommender, wishes, n, progress)
    if json:
        print_json({"file": str(output), "users": n_users})
    else:
        print(f"{clean(str(output))} holds up to {n} movies for each of {n_users:,} users.")


def _for_a_user(user: str, recommender: "Recommender", wishes: "Wishes", n: int, json: bool) -> None:
    """By the factors that the model has of them; beside it, what they gave where a test row tells."""
    factors, ratings = recommender.factors, recommender.ratings
    at = _user_called(user, ratings)
    history = recommender.history(at)
    items, values, tested = history.items.tolist(), history.values.tolist(), history.is_test.tolist()
    gave = {item: value for item, value, test in zip(items, values, tested, strict=True) if test}
    n_rated = len(items) - sum(tested)
    chosen = recommender.for_user(at, recommender.choice(wishes, n))
    if json:
        movies = [{**_entry(one, factors, ratings), "test_rating": gave.get(one.item)} for one in chosen]
        print_json({"user": user, "kind": factors.kind, "rated": n_rated, "recommended": movies})
        return
    print(f"For user {clean(user)}, who has rated {n_rated:,} movies of the training rows:")
    rows = [(*_cells(one, factors, ratings), gave.get(one.item)) for one in chosen]
    _print_chosen((*_headings(factors, chosen), "test rating"), rows)


def _for_you(rate: Sequence[str], recommender: "Recommender", wishes: "Wishes", n: int, json: bool) -> None:
    """By folding in the ratings that were given."""
    factors, ratings = recommender.factors, recommender.ratings
    given = dict(_rating(text, ratings) for text in rate)
    for item in given:
        if factors.item_counts[item] == 0:
            say(f"{ratings.titles[item]} tells nothing: the model never trained on it.")
    chosen = recommender.for_you(given, recommender.choice(wishes, n))
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
    _print_chosen((*_headings(factors, chosen), "because of"), rows)


def _print_chosen(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if rows:
        print_table(headings, rows)
    else:
        say("No movie is left by these filters.")


def _check_genre(genre: str, ratings: "Ratings") -> None:
    """Refuse a genre that the data doesn't name.

    Raises:
        SettingError: with those that it does.
    """
    from mftui.core.recommend.wishes import genres_of

    known = genres_of(ratings)
    if genre.casefold() not in map(str.casefold, known):
        hint = f"Choose one of: {', '.join(known)}." if known else "The data names no genres."
        raise SettingError("genre", f"{ratings.name} has no genre {genre!r}.", hint)


def _headings(factors: "Factors", chosen: "Sequence[Recommendation]") -> tuple[str, ...]:
    predicted = "score" if factors.kind == "score" else "predicted rating"
    deviation = ("deviation",) if chosen and chosen[0].deviation is not None else ()
    return ("title", predicted, *deviation, "training ratings")


def _cells(one: "Recommendation", factors: "Factors", ratings: "Ratings") -> tuple[object, ...]:
    deviation = () if one.deviation is None else (one.deviation,)
    return (str(ratings.titles[one.item]), one.predicted, *deviation, int(factors.item_counts[one.item]))


def _entry(one: "Recommendation", factors: "Factors", ratings: "Ratings") -> dict[str, object]:
    """A recommendation as JSON has it."""
    because = [
        {"item_id": str(ratings.item_ids[r.item]), "title": str(ratings.titles[r.item]), "adds": r.adds}
        for r in one.because
    ]
    movie = {"item_id": str(ratings.item_ids[one.item]), "title": str(ratings.titles[one.item])}
    trained = int(factors.item_counts[one.item])
    figures = {"predicted": one.predicted, "deviation": one.deviation, "training_ratings": trained}
    return {**movie, **figures, "because": because}


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
