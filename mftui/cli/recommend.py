"""What a model would show somebody: `recommend`."""

import signal
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mftui.cli.output import Json, RunName, print_json, print_table, progress_bar, say
from mftui.cli.recommend_text import ChosenText, in_order
from mftui.cli.titles import item_called
from mftui.core.errors import SettingError, UnknownItem
from mftui.core.text import clean

if TYPE_CHECKING:
    from mftui.core.data.ratings import Ratings
    from mftui.core.recommend import Recommender, Wishes


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
    dislike: Annotated[
        list[str] | None,
        typer.Option("--dislike", metavar="TITLE", help="A movie you dislike, where the data has clicks; repeat it."),
    ] = None,
    all_users: Annotated[bool, typer.Option("--all-users", help="Every user of the dataset, into a file.")] = False,
    n: Annotated[int, typer.Option("-n", "-k", min=1, help="How many movies.")] = 10,
    genre: Annotated[str, typer.Option(help="Only movies of this genre.")] = "",
    decade: Annotated[int, typer.Option(min=0, metavar="YEAR", help="Only movies of these ten years, as 1990.")] = 0,
    min_ratings: Annotated[int, typer.Option(min=0, help="Only movies with so many training ratings.")] = 10,
    hide_popular: Annotated[float, typer.Option(help="Leave out this share of the movies, the most rated.")] = 0.0,
    diversity: Annotated[float, typer.Option(help="From 0, the best, to 1, as varied as can be.")] = 0.0,
    order: Annotated[
        str,
        typer.Option(
            help="Where the model knows how sure it is: cautious, by the rating less one deviation of what it doesn't "
            "know, or mean, by the rating alone, which for --all-users takes far less time.",
            show_default=True,
        ),
    ] = "cautious",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="For --all-users: a .csv, .jsonl or .parquet file.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what a model recommends to a user of the dataset, or to you by a few ratings of yours, and why."""
    from mftui.core.recommend import Recommender, Wishes
    from mftui.core.runs.directory import find

    if sum(map(bool, (user, rate or dislike, all_users))) != 1:
        raise SettingError(
            "user", "Say for whom: either --user, --rate (or --dislike) or --all-users.", 'As in: --rate "Star Wars=5".'
        )
    if all_users != (output is not None):
        raise SettingError("output", "--all-users and --output go together.", "As in: --all-users -o recs.parquet.")
    wishes = Wishes(genre, decade // 10 * 10 or None, min_ratings, hide_popular, diversity, order).checked()
    with progress_bar() as progress:
        recommender = Recommender.of(find(run), progress)
    if genre:
        _check_genre(genre, recommender.ratings)
    if output is not None:
        _for_all(output, recommender, wishes, n, json)
    elif user:
        _for_a_user(user, recommender, wishes, n, json)
    else:
        _for_you(rate or [], dislike or [], recommender, wishes, n, json)


def _for_all(output: Path, recommender: "Recommender", wishes: "Wishes", n: int, json: bool) -> None:
    """The best n of every trained user, written as they are found."""
    from mftui.core.recommend.batch import write_all

    # The app cancels a command by SIGTERM: like ctrl-c, it must leave nothing half written.
    before, order = signal.signal(signal.SIGTERM, signal.default_int_handler), recommender.order(wishes)
    try:
        with progress_bar() as progress:
            n_users = write_all(output, recommender, wishes, n, progress)
    finally:
        signal.signal(signal.SIGTERM, before)
    if json:
        print_json({"file": str(output), "users": n_users, "order": order})
    else:
        print(f"{clean(str(output))} holds up to {n} movies for each of {n_users:,} users{in_order(order)}.")


def _for_a_user(user: str, recommender: "Recommender", wishes: "Wishes", n: int, json: bool) -> None:
    """By the factors that the model has of them; beside it, what they gave where a test row tells."""
    from mftui.core.recommend.history import in_words

    ratings = recommender.ratings
    at = _user_called(user, ratings)
    history = recommender.history(at)
    items, values, tested = history.items.tolist(), history.values.tolist(), history.is_test.tolist()
    gave = {item: value for item, value, test in zip(items, values, tested, strict=True) if test}
    n_rated = sum(one.n for one in history.reproduced if one.part == "training")
    chosen = recommender.for_user(at, recommender.choice(wishes, n))
    order = recommender.order(wishes)
    text = ChosenText(recommender.factors, ratings)
    if json:
        reproduced = [asdict(one) for one in history.reproduced]
        movies = [{**text.entry(one), "test_rating": gave.get(one.item)} for one in chosen]
        head = {"user": user, "kind": recommender.factors.kind, "order": order, "rated": n_rated}
        print_json({**head, "reproduced": reproduced, "recommended": movies})
        return
    print(f"For user {clean(user)}, by {n_rated:,} training rating{'s' * (n_rated != 1)}{in_order(order)}:")
    if words := in_words(history.reproduced):
        print(f"The model beside what they gave: {words}.")
    rows = [(*text.cells(one), one.by_ratings, gave.get(one.item), text.reasons(one)) for one in chosen]
    _print_chosen((*text.headings(chosen), "by their ratings", "test rating", "because of"), rows)


def _for_you(
    rate: Sequence[str], dislike: Sequence[str], recommender: "Recommender", wishes: "Wishes", n: int, json: bool
) -> None:
    """By folding in the ratings that were given."""
    factors, ratings = recommender.factors, recommender.ratings
    given = dict(_rating(text, ratings) for text in rate)
    disliked = _disliked(dislike, ratings)
    if both := [str(ratings.titles[item]) for item in disliked if item in given]:
        raise SettingError("dislike", f"{both[0]} is liked and disliked at once.", "Name it under one of the two.")
    for item in (*given, *disliked):
        if factors.item_counts[item] == 0:
            say(f"{ratings.titles[item]} tells nothing: the model never trained on it.")
    chosen = recommender.for_you(given, recommender.choice(wishes, n), disliked)
    order = recommender.order(wishes)
    text = ChosenText(factors, ratings)
    if json:
        print_json(
            {
                "rated": [{**text.movie(item), "rating": value} for item, value in given.items()],
                "disliked": [text.movie(item) for item in disliked],
                "kind": factors.kind,
                "order": order,
                "recommended": [text.entry(one) for one in chosen],
            }
        )
        return
    told = len(given) + len(disliked)
    print(f"For you, by {told} rating{'s' * (told > 1)}, and how much each speaks for it{in_order(order)}:")
    rows = [(*text.cells(one), text.reasons(one)) for one in chosen]
    _print_chosen((*text.headings(chosen), "because of"), rows)


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
    scale = f"from {lowest:g} to {highest:g}" if lowest < highest else f"of {highest:g}, as all of {ratings.name}"
    try:
        rating = float(value)
    except ValueError:
        rating = float("nan")
    if not title.strip() or not lowest <= rating <= highest:
        raise SettingError("rate", f"--rate {text!r} has no rating {scale}.", f'Write --rate "Star Wars={highest:g}".')
    return item_called(title.strip(), ratings), rating


def _disliked(titles: Sequence[str], ratings: "Ratings") -> list[int]:
    """The movies of every `--dislike`, each once.

    Raises:
        SettingError: the data has a scale, which says so.
        UnknownItem: no title fits, or several fit equally well.
    """
    lowest, highest, _ = ratings.scale
    if titles and lowest < highest:
        raise SettingError(
            "dislike", f"{ratings.name} has a scale from {lowest:g} to {highest:g}.", f'Write --rate "{titles[0]}=…".'
        )
    return list(dict.fromkeys(item_called(title, ratings) for title in titles))
